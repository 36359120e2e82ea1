"""The config: its defaults, what it means, and what it refuses with which words."""

import copy

import pytest
import yaml
from normstudy import config as study
from normstudy.errors import StudyError
from places import ROOT

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
    resolved = study.check(MINIMAL, schema)
    assert resolved["training"] == default_config["training"] | {"l1": 0, "l1_reduction": "mean"}
    assert study.seeds(resolved) == [1]
    assert "training" not in MINIMAL  # the given config is left as it was


def test_config_yaml_states_every_training_default(schema):
    """config.yaml is where a person looks: what it says must be what the schema defaults to."""
    stated = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    assert study.check({"variants": stated["variants"]}, schema)["training"].items() >= (
        stated["training"].items()
    )


def test_a_variants_recipe_is_its_own_over_trainings(schema):
    config = study.check(
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


@pytest.mark.parametrize(("given", "seeds"), [(3, [1, 2, 3]), ([7, 5], [7, 5])])
def test_seeds_are_a_number_or_a_list(schema, given, seeds):
    assert study.seeds(study.check(merged(("seeds", given)), schema)) == seeds


CLAIM = {
    "id": "a", "says": "A", "metric": "test_accuracy", "variant": "gn", "against": "all",
    "direction": "higher",
}  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "direction"),
    [("test_accuracy", "higher"), ("train_accuracy_evaluated", "higher"), ("gap", "lower"),
     ("gap_evaluated", "lower"), ("test_loss", "lower")],
)  # fmt: skip
def test_a_claim_of_four_lines(schema, metric, direction):
    claim = {"id": "mine", "says": "GN is better", "metric": metric, "variant": "gn"}
    other = ("variants.ln", {"label": "LN", "norm": "layer"})
    (checked,) = study.check(merged(other, ("claims", [claim])), schema)["claims"]
    assert checked == claim | {"against": "all", "direction": direction}


BAD = [
    (("sedes", 3), "the top level: unknown key 'sedes'; did you mean 'seeds'?"),
    (("training.epoch", 3), "training: unknown key 'epoch'; did you mean 'epochs'?"),
    (("training.zzz", 3), "training: unknown key 'zzz'; known keys: epochs, batch_size"),
    (("variants.gn.nrom", 3), "variants.gn: unknown key 'nrom'; did you mean 'norm'?"),
    (("variants.gn.norm", "gruop"), "variants.gn.norm: 'gruop' is not one of ['batch', 'layer'"),
    (("variants.gn", {"norm": "group"}), "variants.gn: the key 'label' is missing"),
    (("variants.gn.label", ""), "variants.gn.label"),
    (("variants", {}), "variants"),
    (("variants", ["gn"]), "variants: ['gn'] is not of type 'object'"),
    (("variants.Gn", {"label": "x", "norm": "batch"}), "variants: 'Gn' cannot name a variant"),
    (("variants.g/n", {"label": "x", "norm": "batch"}), "'g/n' cannot name a variant"),
    (("variants.train", {"label": "x", "norm": "batch"}), "variants.train: this name is taken"),
    (("variants.gn.num_groups", 3), "num_groups 3 does not divide a layer of 8 channels"),
    (("variants.gn.channels_per_group", 8), "channels_per_group 8 does not divide a layer of 12"),
    (("variants.bn", {"label": "B", "norm": "batch", "num_groups": 2}), "goes with norm: group"),
    (("training.epochs", 0), "training.epochs: 0 is less than the minimum of 1"),
    (("training.epochs", -1), "training.epochs: -1 is less than the minimum of 1"),
    (("training.epochs", "ten"), "training.epochs: 'ten' is not of type 'integer'"),
    (("training.epochs", 1.5), "training.epochs: 1.5 is not of type 'integer'"),
    (("training.max_lr", "1e-2"), "training.max_lr: '1e-2' is read as text; write it as a number"),
    (("seeds", ["1", "2"]), "seeds.0: '1' is read as text; write it as a number, 1"),
    (("training.max_lr", 1e9), "training.max_lr"),
    (("training.max_lr", float("nan")), "training.max_lr"),
    (("training.max_lr", 0), "training.max_lr"),
    (("training.dropout", 1), "training.dropout"),
    (("training.base_momentum", 0.99), "base_momentum 0.99 is larger than max_momentum 0.95"),
    (("training.precision", "fp16"), "training.precision: 'fp16' is not one of"),
    (("training", None), "training: None is not of type 'object'"),
    (("dataset.name", "MNITS"), "dataset.name: 'MNITS' is not known (MNIST)"),
    (("dataset.train_images", 0), "dataset.train_images"),
    (("dataset.train_images", 32), "batch_size 64 is larger than dataset.train_images 32"),
    (("seeds", 0), "seeds"),
    (("seeds", []), "seeds"),
    (("seeds", [1, 1]), "seeds"),
    (("seeds", [-1]), "seeds"),
    (("seeds", [2**32]), "seeds"),
    (("seeds", "five"), "seeds"),
    (("misclassified.order", "random"), "misclassified.order: 'random' is not one of"),
    (("results", "/"), "results"),
    (("claims", [CLAIM | {"variant": "xn"}]), "claims.0 (a): there is no variant 'xn'; known: gn"),
    (("claims", [CLAIM | {"against": ["xn"]}]), "there is no variant 'xn'"),
    (("claims", [CLAIM | {"against": ["gn"]}]), "'gn' is set against itself"),
    (("claims", [CLAIM, CLAIM]), "'a' is used more than once"),
    (("claims", [{"id": "a", "says": "A", "variant": "gn"}]), "the key 'metric' is missing"),
    (("claims", [CLAIM | {"metric": "accuracy"}]), "claims.0.metric: 'accuracy' is not one of"),
]


@pytest.mark.parametrize(("change", "words"), BAD, ids=[f"{c[0]}={c[1]!r:.40}" for c, _ in BAD])
def test_a_bad_config_is_refused_with_its_key_and_the_mend(schema, change, words):
    with pytest.raises(StudyError) as error:
        study.check(merged(change), schema, reserved={"train"})
    assert words in str(error.value)


def test_everything_that_is_wrong_is_said_at_once(schema):
    with pytest.raises(StudyError) as error:
        study.check(merged(("training.epochs", 0), ("sedes", 3)), schema)
    assert "training.epochs" in str(error.value) and "sedes" in str(error.value)


def test_a_dataset_of_ones_own(schema):
    config = study.check(
        merged(
            ("dataset.name", "letters"),
            ("dataset.source", "x"),
            ("dataset.classes", list("abcdefghij")),
        ),
        schema,
    )
    assert study.dataset_facts(config).classes == tuple("abcdefghij")


def test_the_pins_of_conda_and_pip_are_the_same():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    conda = next(d["pip"] for d in environment["dependencies"] if isinstance(d, dict))
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    direct = [line for line in lines if line and not line.startswith("#")]
    assert sorted(conda) == sorted(direct)
    locked = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert all(f"\n{pin} " in f"\n{locked}" for pin in direct)
