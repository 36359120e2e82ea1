"""Test accuracy when the doubted labels are taken as they are, corrected, or left out.

Northcutt, Athalye & Mueller 2021, "Pervasive Label Errors in Test Sets", had five people look
at each image whose label is in doubt; the table of issues has the images for which fewer than
three of the five backed the given label.
"""

from collections.abc import Callable, Mapping

import pandas as pd

from ..errors import StudyError
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


def score_three_ways(predictions: pd.DataFrame, issues: pd.DataFrame) -> pd.DataFrame:
    """One run's test accuracy by each of SCORINGS.

    Args:
        predictions: a table of `predictions.predictions_table`; it may be of the first images
            of the test set only.
        issues: test_index, given_label, suggested_label, votes_suggested.

    Returns:
        A row per scoring: scoring, images, errors, accuracy (percent).

    Raises:
        StudyError: the issues are those of another dataset.
    """
    doubts = issues.set_index("test_index")
    doubts = doubts[doubts.index.isin(predictions["index"])]
    labels = predictions.set_index("index")["label"]
    other = labels[doubts.index] != doubts["given_label"]
    if other.any():
        raise StudyError(
            f"the table of label issues says that test image {other.idxmax()} is labelled"
            f" {doubts['given_label'][other.idxmax()]}, the predictions have"
            f" {labels[other.idxmax()]}: it belongs to another dataset"
        )
    agreed = doubts[doubts["votes_suggested"] >= AGREEING]
    corrected = labels.copy()
    corrected[agreed.index] = agreed["suggested_label"]
    by_index = predictions.set_index("index")["prediction"]
    wrong = {
        "given": by_index != labels,
        "corrected": by_index != corrected,
        "excluded": (by_index != labels).drop(doubts.index),
    }
    return pd.DataFrame(
        [
            {
                "scoring": scoring,
                "images": len(wrong[scoring]),
                "errors": int(wrong[scoring].sum()),
                "accuracy": round(100 * (1 - wrong[scoring].mean()), 6),
            }
            for scoring in SCORINGS
        ]
    )


def label_doubts(
    predictions: Mapping[tuple[str, int], pd.DataFrame], issues: pd.DataFrame | None
) -> pd.DataFrame:
    """Every run scored three ways: label_doubts.csv, columns as in COLUMNS.

    Args:
        predictions: (variant, seed) → the run's predictions.csv.
        issues: the table of label issues, or None where the dataset has none: no rows then.
    """
    if issues is None:
        return pd.DataFrame(columns=COLUMNS)
    tables = []
    for (variant, seed), table in predictions.items():
        scored = score_three_ways(table, issues)
        scored.insert(0, "variant", variant)
        scored.insert(1, "seed", seed)
        tables.append(scored)
    return pd.concat(tables, ignore_index=True)


def rescored(final: pd.DataFrame, doubts: pd.DataFrame, scoring: str) -> pd.DataFrame:
    """The runs' metrics with test accuracy, and what is computed of it, by another scoring.

    The verdicts on these show how far a verdict depends on the doubted labels.

    Args:
        final: a table of `summary.final_values`.
        doubts: a table of `label_doubts`.
        scoring: one of SCORINGS.
    """
    accuracy = doubts[doubts["scoring"] == scoring].set_index(["variant", "seed"])["accuracy"]
    keys = pd.MultiIndex.from_frame(final[["variant", "seed"]])
    test = accuracy.reindex(keys).to_numpy()
    return metrics_of(final.assign(test_accuracy=test))


def verdicts_by_scoring(
    claims: pd.DataFrame,
    final: pd.DataFrame,
    doubts: pd.DataFrame,
    judge: Callable[[pd.DataFrame], Judgement],
) -> pd.DataFrame:
    """The claims with the verdicts that the other scorings give: claims.csv.

    Args:
        claims: those of a `judging.Judgement` on the labels as given.
        final: a table of `summary.final_values`.
        doubts: a table of `label_doubts`; without rows the verdicts stay as they are.
        judge: runs → the judgement on them.

    Returns:
        `claims` with the columns verdict_labels_corrected and verdict_labels_excluded.
    """
    others = {
        f"verdict_labels_{scoring}": claims["verdict"]
        if doubts.empty
        else judge(rescored(final, doubts, scoring)).claims["verdict"]
        for scoring in SCORINGS
        if scoring != "given"
    }
    return claims.assign(**others)
