"""The config: its defaults, and what it means."""

import jsonschema
import pytest
import yaml
from helpers.made_up import CONFIG
from helpers.places import ROOT
from helpers.project import python
from normstudy.config.check import check
from normstudy.config.study import compared_folders
from normstudy.errors import StudyError

GN = {"label": "GN", "norm": "group"}


def study(variant=(), **keys):
    """A study of Group Normalization with these keys, and these of the variant."""
    return check({"variants": {"gn": GN | dict(variant)}, **keys})


def test_defaults_are_the_studys_recipe(default_study):
    assert study().training == default_study.training
    assert study().all_seeds == [1]


def test_a_variants_recipe_is_its_own_over_trainings():
    config = study({"batch_size": 4, "channels_per_group": 2}, training={"epochs": 3})
    recipe = config.run_parameters("gn")
    assert (recipe["batch_size"], recipe["epochs"], recipe["norm"]) == (4, 3, "group")
    assert recipe["norm_options"] == {"channels_per_group": 2}
    assert "label" not in recipe  # a new label must not retrain


def test_the_order_of_keys_does_not_change_a_recipe_nor_do_whole_numbers_become_others():
    def turned(keys):
        return {name: turned(keys[name]) for name in reversed(keys)} if type(keys) is dict else keys

    # As text: that is how Snakemake compares a rule's params.
    recipes = [str(check(config).run_parameters("gn")) for config in (CONFIG, turned(CONFIG))]
    assert recipes[0] == recipes[1]
    assert "'rotation_degrees': 7," in recipes[0]


@pytest.mark.parametrize(
    ("keys", "seeds"),
    [
        ({"seeds": 3}, [1, 2, 3]),
        ({"seeds": [7, 5]}, [7, 5]),
        ({"seeds": 3, "first_seed": 31}, [31, 32, 33]),
    ],
)
def test_seeds_are_a_number_or_a_list(keys, seeds):
    assert study(**keys).all_seeds == seeds


@pytest.mark.parametrize(
    ("metric", "direction"),
    [("test_accuracy", "higher"), ("train_accuracy_evaluated", "higher"), ("gap", "lower"),
     ("gap_evaluated", "lower"), ("test_loss", "lower")],
)  # fmt: skip
def test_a_claim_of_four_lines(metric, direction):
    claim = {"id": "mine", "says": "GN is better", "metric": metric, "variant": "gn"}
    config = check({"variants": {"gn": GN, "ln": {"label": "LN", "norm": "layer"}},
                    "claims": [claim]})  # fmt: skip
    stated = claim | {"against": "all", "direction": direction}
    assert [one.model_dump() for one in config.claims] == [stated]


@pytest.mark.parametrize("given", ["results", 3, None, ["results"], ["a", 3]])
def test_what_is_no_list_of_folders_cannot_be_compared(given):
    with pytest.raises(StudyError, match="name the results folders of two studies or more"):
        compared_folders(given)


def test_a_dataset_of_ones_own():
    config = study(dataset={"name": "letters", "source": "x", "classes": ["a", "b", 7]})
    assert config.dataset_facts.classes == ("a", "b", "7")
    recipe = config.run_parameters("gn")
    assert recipe["num_classes"] == 3
    assert recipe["mean"] is recipe["std"] is None  # to be computed of the images


def test_the_record_of_a_config_is_that_config(default_study):
    """A study is read back from its provenance.json."""
    assert check(default_study.model_dump()) == default_study


def test_editors_read_the_keys_as_they_are():
    """After a change of the keys: make schema."""
    text = (ROOT / "workflow" / "schemas" / "config.schema.yaml").read_text(encoding="utf-8")
    assert python("-m", "normstudy.config.keys") == text
    schema = yaml.safe_load(text)
    jsonschema.validate(CONFIG, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(CONFIG | {"sedes": 3}, schema)
