"""What was asked for: where it is, or why nothing makes it."""

from pathlib import Path

import pytest
from helpers.places import STUDIES
from normstudy.config.requests import Makeable, not_made, of_single_runs, ready_made, spans, where

KNOWN = Makeable(
    variants=["gn", "ln", "bn_l1"],
    seeds=[1, 2, 3],
    rules=["all", "report", "crate", "model_cards"],
    results=Path("results"),
    files=["results/report.html", "results/gn/seed-1/metrics.csv"],
    studies={"workflow/studies/quick.yaml": Path("results/quick")},
)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("gnn", "no variant gnn; did you mean 'gn'?"),
        ("reprot", "no target reprot; did you mean 'report'?"),
        ("xyzzy", "no variant or other target xyzzy; variants: gn, ln, bn_l1; other targets: all,"),
        ("results/gn/seed-7/metrics.csv", "this study has no seed 7 (its seeds: 1 to 3); see"),
        ("results/gn/seed-01/metrics.csv", "this study has no seed 01 (its seeds: 1 to 3)"),
        ("./results/gnn/seed-1/metrics.csv", "no variant gnn; did you mean 'gn'?"),
        ("results/gn/seed-1/metrcs.csv", "did you mean 'results/gn/seed-1/metrics.csv'?"),
        ("report.html", "no rule makes report.html; did you mean 'results/report.html'?"),
        ("results/quick/gn/seed-1/metrics.csv",
         "is of another study: add --configfile workflow/studies/quick.yaml"),
        ("results/quick", "is of another study: add --configfile workflow/studies/quick.yaml"),
        ("results/mine/gn/seed-1/metrics.csv",
         "results/mine is not of this study; add the --configfile of the one that it is of"),
        ("elsewhere/file.txt", "no rule makes elsewhere/file.txt; the results of this study are"),
    ],
)  # fmt: skip
def test_what_nothing_makes_is_said_with_what_may_have_been_meant(target, said):
    assert said in not_made(target, KNOWN)


def test_a_path_may_be_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    target = str(tmp_path / "results/gnn/seed-1/metrics.csv")
    assert "did you mean 'gn'?" in not_made(target, KNOWN)


def test_the_studies_that_come_with_the_project_are_known():
    known = ready_made(STUDIES)
    assert known[str(STUDIES / "quick.yaml")] == Path("results/quick")


def test_a_rule_of_single_runs_is_no_target():
    said = of_single_runs("train", KNOWN)
    assert "such as gn, or for a file, such as results/gn/seed-1/metrics.csv" in said


def test_spans_of_seeds():
    assert spans([3, 1, 2, 7, 10, 9]) == "1 to 3, 7, 9 to 10"
    assert spans([5]) == "5"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([("all", [])], ["The report: results/report.html"]),
        ([("gn", [])], ["The results of gn: results/gn"]),
        ([("crate", ["results/study-crate.zip"])], ["The crate: results/study-crate.zip"]),
        ([("report", ["results/figures/a.svg", "results/report.html"])],
         ["The report: results/report.html"]),
        ([("model_cards", [f"results/{v}/model-card.md" for v in "abcd"]), ("all", [])],
         ["The model cards: results/a/model-card.md, results/b/model-card.md,"
          " results/c/model-card.md and 1 more", "The report: results/report.html"]),
        ([("train", ["a.csv"]), ("train", ["b.csv"])], ["The run: a.csv, b.csv"]),
    ],
)  # fmt: skip
def test_it_is_said_where_what_was_asked_for_is(asked, said):
    assert where(asked, Path("results")) == said
