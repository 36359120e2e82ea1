"""The config: its defaults, and what it means."""

import copy
import re

import pytest
import yaml
from helpers.places import ROOT
from normstudy.config import resolved as study
from normstudy.config.check import check

MINIMAL = {"variants": {"gn": {"label": "GN", "norm": "group"}}}


def merged(*changes):
    """A minimal config with (key path, value) changes put in."""
    config = copy.deepcopy(MINIMAL)
    for path, value in changes:
        *parents, last = path.split(".")
        place = config
        for key in parents:
            place = place.setdefault(key, {})
        place[last] = value
    return config


def test_defaults_are_the_studys_recipe(schema, default_config):
    resolved = check(MINIMAL, schema)
    assert resolved["training"] == default_config["training"] | {"l1": 0, "l1_reduction": "mean"}
    assert study.seeds(resolved) == [1]
    assert "training" not in MINIMAL  # the given config is left as it was


def test_a_variants_recipe_is_its_own_over_trainings(schema):
    config = check(
        merged(
            ("variants.gn.batch_size", 4),
            ("variants.gn.channels_per_group", 2),
            ("training.epochs", 3),
        ),
        schema,
    )
    recipe = study.run_parameters(config, "gn")
    assert (recipe["batch_size"], recipe["epochs"], recipe["norm"]) == (4, 3, "group")
    assert recipe["norm_options"] == {"channels_per_group": 2}
    assert "label" not in recipe  # a new label must not retrain


def test_the_order_of_keys_does_not_change_a_recipe(schema, default_config):
    def turned(keys):
        return {name: turned(keys[name]) for name in reversed(keys)} if type(keys) is dict else keys

    again = check(turned(default_config), schema)
    # As text: that is how Snakemake compares a rule's params.
    assert str(study.run_parameters(again, "gn")) == str(study.run_parameters(default_config, "gn"))


@pytest.mark.parametrize(("given", "seeds"), [(3, [1, 2, 3]), ([7, 5], [7, 5])])
def test_seeds_are_a_number_or_a_list(schema, given, seeds):
    assert study.seeds(check(merged(("seeds", given)), schema)) == seeds


@pytest.mark.parametrize(
    ("metric", "direction"),
    [("test_accuracy", "higher"), ("train_accuracy_evaluated", "higher"), ("gap", "lower"),
     ("gap_evaluated", "lower"), ("test_loss", "lower")],
)  # fmt: skip
def test_a_claim_of_four_lines(schema, metric, direction):
    claim = {"id": "mine", "says": "GN is better", "metric": metric, "variant": "gn"}
    other = ("variants.ln", {"label": "LN", "norm": "layer"})
    (checked,) = check(merged(other, ("claims", [claim])), schema)["claims"]
    assert checked == claim | {"against": "all", "direction": direction}


def test_a_dataset_of_ones_own(schema):
    config = check(
        merged(
            ("dataset.name", "letters"),
            ("dataset.source", "x"),
            ("dataset.classes", ["a", "b", 7]),
        ),
        schema,
    )
    assert study.dataset_facts(config).classes == ("a", "b", "7")
    recipe = study.run_parameters(config, "gn")
    assert recipe["num_classes"] == 3
    assert recipe["mean"] is recipe["std"] is None  # to be computed of the images


def patterns(schema):
    """Every pattern in a schema."""
    if isinstance(schema, dict):
        yield from (value for key, value in schema.items() if key == "pattern")
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            if isinstance(part, (dict, list)):
                yield from patterns(part)


def test_editors_read_the_schemas_patterns_as_python_does(schema):
    """JSON Schema's regular expressions are ECMAScript's, which know no \\A, \\Z or (?P<…>)."""
    found = [pattern for pattern in patterns(schema) if isinstance(pattern, str)]
    assert len(found) >= 5
    assert not [pattern for pattern in found if re.search(r"\\[AZ]|\(\?P", pattern)]


def test_the_schema_that_editors_read_allows_the_metrics_and_norms(schema):
    """The lists of names are put in when it is read; an empty list would allow none."""
    text = (ROOT / "workflow/schemas/config.schema.yaml").read_text(encoding="utf-8")
    assert "enum: []" not in text
    written, read = yaml.safe_load(text), copy.deepcopy(schema)
    for whole in (written, read):
        claim = whole["properties"]["claims"]["items"]["properties"]["metric"]
        variant = whole["properties"]["variants"]["additionalProperties"]["properties"]["norm"]
        assert claim.get("enum", claim["examples"]) == claim["examples"]
        assert variant.get("enum", variant["examples"]) == variant["examples"]


def test_a_number_of_seeds_begins_at_the_first_seed(schema):
    config = check(
        {"seeds": 3, "first_seed": 31, "variants": {"a": {"label": "A", "norm": "none"}}}, schema
    )
    assert study.seeds(config) == [31, 32, 33]
