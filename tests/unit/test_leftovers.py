"""Which files are leftovers of runs that the config no longer has, and that no other is deleted."""

import pytest
from normstudy.running.leftovers import delete, find_leftovers

PATTERNS = [
    "{variant}/seed-{seed}/metrics.csv",
    "{variant}/seed-{seed}/model.pt2",
    "logs/train/{variant}-seed-{seed}.log",
    "figures/curves_{variant}.svg",
    "{variant}/model-card.md",
]
KEPT = [
    "gn/seed-1/metrics.csv",  # of the config
    "gn/model-card.md",
    "figures/curves_gn.svg",
    "old/seed-1/notes.txt",  # a person's own
    "old/seed-one/metrics.csv",
    "figures/curves_.svg",
    "figures/loss.svg",
    "quick/old/seed-1/metrics.csv",  # another study's
    "OLD/seed-1/metrics.csv",  # cannot be a variant
    "logs/train/old.log",
]
LEFT = [
    "old/seed-1/metrics.csv",
    "old/seed-12/model.pt2",
    "gn/seed-7/metrics.csv",
    "logs/train/older_still-seed-3.log",
    "figures/curves_old.svg",
    "old/model-card.md",
]


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "[re]sults"  # which glob would read otherwise
    for name in (*KEPT, *LEFT):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    return folder


def test_runs_that_the_config_has_no_longer_are_found_and_nothing_else(results):
    found = find_leftovers([f"{results}/{pattern}" for pattern in PATTERNS], ["gn"], [1, 2])
    assert [str(path.relative_to(results)) for path in found.files] == sorted(LEFT)
    assert found.runs == {"gn": [7], "old": [1, 12], "older_still": [3]}
    assert str(found) == "gn (seed 7), old (seeds 1, 12), older_still (seed 3): 6 files, 0.0 MB"


def test_deleting_leaves_everything_else_and_no_empty_folder(results):
    found = find_leftovers([f"{results}/{pattern}" for pattern in PATTERNS], ["gn"], [1, 2])
    delete(found.files, results)
    left = sorted(str(p.relative_to(results)) for p in results.rglob("*") if p.is_file())
    assert left == sorted(KEPT)
    assert not (results / "gn/seed-7").exists() and not (results / "old/seed-12").exists()


def test_a_study_without_leftovers_has_none(results):
    variants, seeds = ["gn", "old", "older_still"], [1, 3, 7, 12]
    found = find_leftovers([f"{results}/{pattern}" for pattern in PATTERNS], variants, seeds)
    assert not found.files and not found.runs
