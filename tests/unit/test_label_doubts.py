"""Test accuracy with doubted labels as given, corrected and left out."""

import pandas as pd
import pytest
from helpers.made_up import issues, predictions
from helpers.places import ROOT
from normstudy.errors import StudyError
from normstudy.statistics.label_doubts import label_doubts, rescored, score_three_ways

LABELS = [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


# Image 3 (labelled 0) has four raters for 6; image 5 (labelled 1) two for 7; 100 is not tested.
ISSUES = issues((3, 0, 6, 4), (5, 1, 7, 2), (100, 1, 2, 5))


def run(said=None):
    return predictions(LABELS, said)


def scores(table):
    return {row.scoring: (row.images, row.errors, row.accuracy) for row in table.itertuples()}


def test_all_as_given():
    assert scores(score_three_ways(run(), ISSUES)) == {
        "given": (10, 0, 100),
        "corrected": (10, 1, 90),  # image 3 is a 6 by four raters
        "excluded": (8, 0, 100),
    }


def test_the_networks_of_the_raters_opinion():
    assert scores(score_three_ways(run({3: 6, 5: 7, 8: 3}), ISSUES)) == {
        "given": (10, 3, 70),
        "corrected": (10, 2, 80),  # two raters do not replace the label of image 5
        "excluded": (8, 1, 87.5),
    }


def test_issues_of_another_dataset_are_refused():
    with pytest.raises(StudyError, match="test image 3 is labelled 8"):
        score_three_ways(run(), issues((3, 8, 6, 4)))


def test_every_run_is_scored_and_none_without_a_table_of_issues():
    runs = {("gn", 1): run(), ("gn", 2): run({3: 6})}
    table = label_doubts(runs, ISSUES)
    assert len(table) == 6 and table["seed"].tolist() == [1, 1, 1, 2, 2, 2]
    assert label_doubts(runs, None).empty


def test_rescored_runs_have_the_other_accuracy_and_gaps():
    doubts = label_doubts({("gn", 1): run(), ("gn", 2): run({3: 6})}, ISSUES)
    runs = pd.DataFrame(
        {
            "variant": "gn",
            "seed": [2, 1],
            "test_accuracy": [90.0, 100],
            "test_loss": 0.5,
            "train_accuracy": 95.0,
            "train_accuracy_evaluated": 98.0,
            "gap": [5.0, -5],
            "gap_evaluated": [8.0, -2],
        }
    )
    other = rescored(runs, doubts, "corrected")
    assert other["test_accuracy"].tolist() == [100, 90]
    assert other["gap"].tolist() == [-5, 5]
    assert other["gap_evaluated"].tolist() == [-2, 8]
    assert other["test_loss"].equals(runs["test_loss"])
    pd.testing.assert_frame_equal(rescored(runs, doubts, "given"), runs)


def test_the_issues_of_mnist():
    """15 test labels in doubt; for 10 of them three raters or more agree on another."""
    table = pd.read_csv(ROOT / "workflow" / "resources" / "mnist_label_issues.csv")
    votes = table[["votes_given", "votes_suggested", "votes_neither"]]
    assert (votes.sum(axis=1) == 5).all() and (table["votes_given"] < 3).all()
    assert len(table) == 15 and (table["votes_suggested"] >= 3).sum() == 10
