"""The studies that come with the project: each fits the schema, and says what it should."""

import copy

import pytest
from helpers.made_up import CONFIG, study_file
from helpers.places import STUDIES
from normstudy.config.check import FITTING, check
from normstudy.config.study import group_setting
from normstudy.errors import StudyError
from snakemake.utils import update_config

NAMES = sorted(path.stem for path in STUDIES.glob("*.yaml"))


def resolved(*overlays):
    """config.yaml with the overlays laid over it, as Snakemake does."""
    config = copy.deepcopy(CONFIG)
    for overlay in overlays:
        update_config(config, overlay)
    return check(config)


@pytest.mark.parametrize("name", NAMES)
def test_each_study_fits_and_writes_to_its_own_folder(name):
    assert resolved(study_file(name)).results == f"results/{name}"


def test_the_original_s_conclusions_are_worded_and_measured_as_in_the_study_that_tests_them():
    tested = {claim.id: claim for claim in resolved(study_file("claims")).claims}
    for claim in resolved().claims:
        assert claim.model_copy(update={"against": tested[claim.id].against}) == tested[claim.id]


@pytest.mark.parametrize("name", NAMES)
def test_overfitting_is_said_of_the_evaluated_gap_only(name):
    for claim in resolved(study_file(name)).claims:
        assert ("overfit" in claim.says) == (claim.metric == "gap_evaluated")


def test_the_claims_are_tested_on_seeds_that_did_not_suggest_them():
    config, explored = (resolved(study_file(n)) for n in ("claims", "exploratory"))
    assert config.all_seeds == list(range(31, 121))
    assert not set(config.all_seeds) & set(explored.all_seeds)
    assert config.looks == [30, 60, 90] and config.until_decided


def test_the_controls_differ_from_the_models_in_what_they_control():
    config = resolved(study_file("controls"))
    recipes = {name: config.run_parameters(name) for name in ("bn", "bn_l1_sum", "none")}
    penalty = {"l1": 1e-4, "l1_reduction": "sum"}
    assert recipes["bn_l1_sum"] == recipes["bn"] | penalty
    assert recipes["none"] == recipes["bn"] | {"norm": "none"}
    claims = resolved(study_file("claims"))
    assert recipes["bn"] == claims.run_parameters("bn")


def test_learning_rates_scale_with_the_batch_size():
    config = resolved(study_file("batch_size"))
    sizes = [variant.batch_size for variant in config.variants.values()]
    assert sizes == [64, 16, 8, 4, 2] * 2
    for variant in config.variants.values():
        assert variant.max_lr == pytest.approx(0.015 * variant.batch_size / 64)
    assert config.varied("max_lr") == {}
    assert len(config.varied("batch_size")) == 10


def test_rates_are_chosen_by_images_that_are_held_out():
    config = resolved(study_file("tuning"))
    rates = (0.0075, 0.015, 0.03, 0.06, 0.12)
    further = {"layer": (0.24, 0.48)}  # since a rate at the end of those above was the best
    assert list(config.varied("max_lr").values()) == [
        (norm, rate)
        for norm in ("group", "layer", "batch", "none")
        for rate in (*rates, *further.get(norm, ()))
    ]
    assert config.dataset.source and config.dataset_facts.mean == 0.1307


def test_the_tuned_models_are_compared_on_seeds_that_chose_nothing():
    config, chosen = (resolved(study_file(name)) for name in ("tuned", "tuning"))
    others = [resolved(study_file(name)).all_seeds for name in ("claims", "exploratory")]
    assert not {*config.all_seeds} & {*chosen.all_seeds}.union(*others)
    recipes = {name: config.run_parameters(name) for name in config.variants}
    assert {recipe["norm"] for recipe in recipes.values()} == {
        norm for norm, _ in chosen.varied("max_lr").values()
    }
    assert config.dataset.name == "MNIST" and config.varied("max_lr") == {}


def test_the_groups_study_has_every_number_that_fits():
    config = resolved(study_file("groups"))
    settings = [group_setting(variant) for variant in config.variants.values()]
    assert settings == [(option, n) for option, order in
                        (("num_groups", FITTING), ("channels_per_group", FITTING[::-1]))
                        for n in order]  # fmt: skip


def test_fashion_tests_none_of_the_claims_about_mnist():
    config = resolved(study_file("fashion"))
    assert config.claims == []
    assert config.run_parameters("gn")["mean"] == 0.286


def test_all_the_rivals_must_be_some():
    with pytest.raises(StudyError, match="no other variant to set it against"):
        resolved({"variants": dict.fromkeys(("ln", "bn_l1"))})
