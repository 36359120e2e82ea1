"""Which files are leftovers of runs that the config no longer has, and that no other is deleted."""

import pytest
from normstudy.running.leftovers import delete, find_leftovers

MADE = ["metrics.csv", "model.pt2"]
KEPT = [
    "gn/seed-1/metrics.csv",  # of the config
    "gn/model-card.md",
    "old/seed-1/notes.txt",  # a person's own
    "old/seed-one/metrics.csv",
    "figures/loss.svg",
    "quick/old/seed-1/metrics.csv",  # another study's
    "OLD/seed-1/metrics.csv",  # cannot be a variant
    "logs/train/old.log",
    "tables/summary.csv",
    "runs.csv",  # not remade in its new place yet
]
LEFT = [
    "old/seed-1/metrics.csv",
    "old/seed-12/model.pt2",
    "gn/seed-7/metrics.csv",
    "logs/train/older_still-seed-3.log",
    "benchmarks/train/gn-seed-7.tsv",
    "resume/gn-seed-12.pt",
    "old/model-card.md",
    "summary.csv",  # in its place of an earlier version
]


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "[re]sults"  # which glob would read otherwise
    for name in (*KEPT, *LEFT):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    return folder


def test_files_of_runs_that_the_config_has_no_longer_are_found_and_nothing_else(results):
    files = find_leftovers(results, MADE, ["gn"], [1, 2])
    assert [str(path.relative_to(results)) for path in files] == sorted(LEFT)
    (former,) = find_leftovers(results, MADE, ["gn", "old", "older_still"], [1, 3, 7, 12])
    assert former == results / "summary.csv"


def test_deleting_leaves_everything_else_and_no_empty_folder(results):
    delete(find_leftovers(results, MADE, ["gn"], [1, 2]), results)
    left = sorted(str(p.relative_to(results)) for p in results.rglob("*") if p.is_file())
    assert left == sorted(KEPT)
    assert not (results / "gn/seed-7").exists() and not (results / "old/seed-12").exists()
