"""Runs that look like failures: far below their siblings.

The intervals assume that what differs between seeds is roughly normal. A run that failed to train
is not of that kind: it widens its variant's intervals and can hide or make a difference.
"""

import pandas as pd

FAR = 6  # robust standard deviations
FEWEST_IMAGES = 10  # by so many images at least, whatever the spread
FEWEST_SEEDS = 3  # of a variant, with which its other runs say what is usual


def looks_failed(runs: pd.DataFrame, test_images: int) -> pd.Series:
    """For each run, whether its test accuracy is far below that of its variant's other runs.

    Far is by more than FAR robust standard deviations (1.4826 times the median distance of all
    runs from their variant's median) below the median of the variant's other runs, and by
    FEWEST_IMAGES test images.

    Args:
        runs: a table of `summary.run_metrics`.
    """
    accuracy = runs["test_accuracy"]
    groups = accuracy.groupby(runs["variant"])
    judged = groups.transform("size") >= FEWEST_SEEDS
    spread = 1.4826 * (accuracy - groups.transform("median"))[judged].abs().median()
    least = max(FAR * spread, 100 * FEWEST_IMAGES / test_images)
    others = {place: own.drop(place).median() for _, own in groups for place in own.index}
    return judged & (pd.Series(others) - accuracy > least)
