"""Which test images which runs get wrong, and what they take them for."""

import numpy as np
import pandas as pd

from ..records.read_tables import Predictions
from ..records.tables import STUDY_TABLES

COLUMNS = list(STUDY_TABLES["shared_errors"].columns)


def shared_errors(predictions: Predictions | None, issues: pd.DataFrame | None) -> pd.DataFrame:
    """Every test image that any run misclassifies, the most often missed first.

    Args:
        issues: the table of label issues (test_index), or None where the dataset has none.

    Returns:
        A row per image and wrong prediction, columns as in COLUMNS: images by the number of runs
        in error, then in the order of the test set; an image's predictions by number of runs.
    """
    if predictions is None:
        return pd.DataFrame(columns=COLUMNS)
    wrong = []
    for predicted in predictions.of_runs.values():
        index = np.flatnonzero(predicted != predictions.labels)
        of_run = {"index": index, "label": predictions.labels[index]}
        wrong.append(pd.DataFrame({**of_run, "prediction": predicted[index]}))
    keys = ["index", "label", "prediction"]
    counts = pd.concat(wrong).groupby(keys).size().rename("runs").reset_index()
    counts["errors"] = counts.groupby("index")["runs"].transform("sum")
    disputed = set() if issues is None else set(issues["test_index"])
    counts["disputed"] = counts["index"].isin(disputed)
    order = ["errors", "index", "runs", "prediction"]
    counts = counts.sort_values(order, ascending=[False, True, False, True])
    return counts.reset_index(drop=True)[COLUMNS]
