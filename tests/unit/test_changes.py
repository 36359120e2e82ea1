"""What changed, in words, from params as Snakemake records them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from normstudy.config.changes import PlannedJob, because, causes, changes, differences, unrecorded
from normstudy.config.resolved import run_parameters

OLD, NEW = "a" * 64, "b" * 64  # digests of code


@pytest.fixture
def retrained(default_config):
    """A function: a training job of gn, and the keys of its recipe that changed."""

    def job(seed=1, variant="gn", **changed):
        recipe = run_parameters(default_config, variant)
        return PlannedJob("train", variant, str(seed), {repr(recipe)}, {"recipe": recipe | changed})

    return job


def test_a_changed_key_is_said_with_both_values_and_how_many_runs_it_retrains(retrained):
    assert changes(retrained(seed, max_lr=0.03) for seed in (1, 2, 3)) == [
        "gn: max_lr 0.015 → 0.03; retrains 3 runs and replaces their results"
    ]


def test_runs_with_other_changes_have_lines_of_their_own(retrained):
    jobs = [retrained(variant=v, epochs=3) for v in ("gn", "ln")]
    assert changes([*jobs, retrained(variant="bn_l1", epochs=3, l1=0.001)]) == [
        "gn, ln: epochs 20 → 3; retrains 2 runs and replaces their results",
        "bn_l1: epochs 20 → 3, l1 0.0001 → 0.001; retrains 1 run and replaces its results",
    ]


def test_changed_code_and_data_are_of_no_variant():
    code = [PlannedJob("train", v, "1", {repr(OLD)}, {"code": NEW}) for v in ("gn", "ln")]
    assert changes(code) == [
        "the training code changed; retrains 2 runs and replaces their results"
    ]
    data = [PlannedJob("train", v, "1", data="the data changed") for v in ("gn", "ln", "bn_l1")]
    assert changes(data) == ["the data changed; retrains 3 runs and replaces their results"]
    report = PlannedJob("report", before={repr(OLD)}, now={"code": NEW})
    assert changes([report]) == ["the code of the report changed; makes the report again"]


def test_what_another_job_makes_anew_is_no_change():
    jobs = [PlannedJob("misclassified", "gn", "1", remade=True), PlannedJob("report", remade=True)]
    assert changes(jobs) == []
    assert {because(job) for job in jobs} == {"what it is made from is remade"}
    assert because(PlannedJob("report")) == ""  # Snakemake knows


def test_new_runs_replace_nothing():
    data = "the data are fetched again"  # for the first time, as it happens
    new = [PlannedJob("train", "plain", str(seed), data=data, anew=True) for seed in (1, 2)]
    assert changes(new) == ["plain: trains 2 new runs"]
    assert because(new[0]) == "its files do not exist yet"


def test_a_missing_result_is_named():
    job = PlannedJob("train", "gn", "1", missing=("checkpoint.pt",))
    assert changes([job]) == ["gn: checkpoint.pt missing; retrains 1 run and replaces its results"]


def test_another_dataset_is_not_told_by_its_pixels(retrained):
    job = retrained(dataset="FashionMNIST", mean=0.286, std=0.353)
    assert causes(job) == ["dataset MNIST → FashionMNIST"]


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, ["a.c 2 → 3"]),
        ({"v": {"gn": {"norm": "x"}}}, {"v": {}}, ["v.gn is left out"]),
        ({"v": {}}, {"v": {"gn": {"norm": "x"}}}, ["v.gn is new"]),
        ({"norm_options": {"num_groups": 1}}, {"norm_options": {"num_groups": 2}},
         ["num_groups 1 → 2"]),
        ({"claims": [{"says": "a" * 50}]}, {"claims": []}, ["claims changed"]),
        ({"l1": 0}, {"l1": None}, ["l1 0 → null"]),
    ],
)  # fmt: skip
def test_differences(before, now, said):
    assert differences(before, now) == said


KEYS = st.sampled_from(["epochs", "max_lr", "device", "l1"])
RECIPES = st.dictionaries(KEYS, st.one_of(st.integers(), st.text(max_size=5), st.none()))


@given(RECIPES, RECIPES)
def test_each_key_that_differs_is_told_once_and_no_other(before, now):
    changed = [
        key
        for key in before | now
        if (key in before, before.get(key)) != (key in now, now.get(key))
    ]
    told = [words.split()[0] for words in differences(before, now)]
    assert sorted(told) == sorted(changed)


def test_runs_without_records_are_counted():
    assert unrecorded(0) == []
    assert "how 2 runs were made" in unrecorded(2)[0]
