"""Test accuracy with doubted labels as given, corrected and left out."""

from types import SimpleNamespace

import pandas as pd
import pytest
from helpers.made_up import issues, predictions
from helpers.places import ROOT
from normstudy.errors import StudyError
from normstudy.records.metrics import RUN_METRICS
from normstudy.records.read_tables import Predictions
from normstudy.statistics.label_doubts import label_doubts, verdicts_by_scoring

LABELS = [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
# Image 3 (labelled 0) has four raters for 6; image 5 (labelled 1) two for 7; 100 is not tested.
ISSUES = issues((3, 0, 6, 4), (5, 1, 7, 2), (100, 1, 2, 5))
# As all labels are given, and as the raters say.
RUNS = Predictions.of(
    [(("gn", 1), predictions(LABELS)), (("gn", 2), predictions(LABELS, {3: 6, 5: 7, 8: 3}))]
)


def test_every_run_is_scored_three_ways():
    assert label_doubts(RUNS, ISSUES).to_numpy().tolist() == [
        ["gn", 1, "given", 10, 0, 100],
        ["gn", 1, "corrected", 10, 1, 90],  # image 3 is a 6 by four raters
        ["gn", 1, "excluded", 8, 0, 100],
        ["gn", 2, "given", 10, 3, 70],
        ["gn", 2, "corrected", 10, 2, 80],  # two raters do not replace the label of image 5
        ["gn", 2, "excluded", 8, 1, 87.5],
    ]
    assert label_doubts(RUNS, None).empty and label_doubts(None, ISSUES).empty


def test_issues_of_another_dataset_are_refused():
    with pytest.raises(StudyError, match="test image 3 is labelled 8"):
        label_doubts(RUNS, issues((3, 8, 6, 4)))


def test_claims_are_judged_again_with_the_other_accuracies_and_gaps():
    final = {"variant": "gn", "seed": [2, 1], "test_accuracy": [70.0, 100], "test_loss": 0.5}
    final |= {"train_accuracy": 95.0, "train_accuracy_evaluated": 98.0}
    given, asked = pd.DataFrame({"claim": ["c"], "verdict": ["holds"]}), []

    def judge(runs):
        asked.append(runs)
        return SimpleNamespace(claims=pd.DataFrame({"verdict": [f"{len(asked)}"]}))

    table = verdicts_by_scoring(given, pd.DataFrame(final), label_doubts(RUNS, ISSUES), judge)
    assert table.to_numpy().tolist() == [["c", "holds", "1", "2"]]
    assert asked[0]["test_accuracy"].tolist() == [80, 90] and list(asked[0])[2:] == [*RUN_METRICS]
    assert asked[0]["gap"].tolist() == [15, 5] and asked[1]["gap_evaluated"].tolist() == [10.5, -2]
    table = verdicts_by_scoring(given, pd.DataFrame(final), label_doubts(RUNS, None), judge)
    assert table.to_numpy().tolist() == [["c", "holds", "holds", "holds"]]


def test_the_issues_of_mnist():
    """15 test labels in doubt; for 10 of them three raters or more agree on another."""
    table = pd.read_csv(ROOT / "workflow" / "resources" / "mnist_label_issues.csv")
    votes = table[["votes_given", "votes_suggested", "votes_neither"]]
    assert (votes.sum(axis=1) == 5).all() and (table["votes_given"] < 3).all()
    assert len(table) == 15 and (table["votes_suggested"] >= 3).sum() == 10
