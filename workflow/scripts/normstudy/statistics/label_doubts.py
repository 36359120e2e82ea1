"""Test accuracy when the doubted labels are taken as they are, corrected, or left out.

Northcutt, Athalye & Mueller 2021, "Pervasive Label Errors in Test Sets", had five people look
at each image whose label is in doubt; the table of issues has the images for which fewer than
three of the five backed the given label.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from ..errors import StudyError
from ..records.read_tables import Predictions
from ..records.tables import STUDY_TABLES
from .summary import metrics_of
from .verdicts.judging import Judgement

SCORINGS = {
    "given": "labels as given",
    "corrected": "labels replaced where at least three of five raters agree on another",
    "excluded": "disputed images left out",
}
AGREEING = 3  # raters who must back the suggestion before it replaces the label
COLUMNS = tuple(STUDY_TABLES["label_doubts"].columns)


def label_doubts(predictions: Predictions | None, issues: pd.DataFrame | None) -> pd.DataFrame:
    """Every run's test accuracy by each of SCORINGS: label_doubts.csv, columns as in COLUMNS.

    Args:
        predictions: those of the runs, of the whole test set or its first images.
        issues: test_index, given_label, suggested_label, votes_suggested; None where the dataset
            has no such table: no rows then.

    Raises:
        StudyError: the issues are those of another dataset.
    """
    if issues is None or predictions is None:
        return pd.DataFrame(columns=COLUMNS)
    labels = predictions.labels
    doubts = issues[issues["test_index"] < len(labels)]
    for doubt in doubts.itertuples():
        if doubt.given_label != labels[doubt.test_index]:
            raise StudyError(
                f"the table of label issues says that test image {doubt.test_index} is labelled"
                f" {doubt.given_label}, the predictions have {labels[doubt.test_index]}: it"
                " belongs to another dataset"
            )
    agreed, corrected = doubts[doubts["votes_suggested"] >= AGREEING], labels.copy()
    corrected[agreed["test_index"]] = agreed["suggested_label"]
    rows = []
    for run, predicted in predictions.of_runs.items():
        wrong = {
            "given": predicted != labels,
            "corrected": predicted != corrected,
            "excluded": np.delete(predicted != labels, doubts["test_index"]),
        }
        for scoring, errors in wrong.items():
            accuracy = round(100 * (1 - errors.mean()), 6)
            rows.append((*run, scoring, len(errors), errors.sum(), accuracy))
    return pd.DataFrame(rows, columns=COLUMNS)


def verdicts_by_scoring(
    claims: pd.DataFrame,
    final: pd.DataFrame,
    doubts: pd.DataFrame,
    judge: Callable[[pd.DataFrame], Judgement],
) -> pd.DataFrame:
    """The claims with the verdicts by the other scorings: how far they depend on doubted labels.

    Args:
        claims: those of a `judging.Judgement` on the labels as given.
        final: a table of `summary.final_values`, whose test accuracies are replaced.
        doubts: a table of `label_doubts`; without rows the verdicts stay as they are.
        judge: a table of `summary.metrics_of` → the judgement on it.

    Returns:
        `claims` with the columns verdict_labels_corrected and verdict_labels_excluded.
    """
    runs = pd.MultiIndex.from_frame(final[["variant", "seed"]])
    for scoring in ("corrected", "excluded"):
        verdicts = claims["verdict"]
        if len(doubts):
            scored = doubts[doubts["scoring"] == scoring].set_index(["variant", "seed"])
            test = scored["accuracy"].reindex(runs).to_numpy()
            verdicts = judge(metrics_of(final.assign(test_accuracy=test))).claims["verdict"]
        claims = claims.assign(**{f"verdict_labels_{scoring}": verdicts})
    return claims
