"""Runs that look like failures: far below their siblings.

The intervals assume that what differs between seeds is roughly normal. A run that failed to train
is not of that kind: it widens its variant's intervals and can hide or make a difference.
"""

import math

import pandas as pd

FAR = 6  # standard deviations
FEWEST_IMAGES = 10  # by so many images at least, whatever the spread
FEWEST_SEEDS = 5  # of a variant; with fewer nothing is said


def looks_failed(runs: pd.DataFrame, test_images: int) -> pd.Series:
    """For each run, whether its test accuracy is far below that of its variant's other runs.

    Far is by more than FAR standard deviations below the mean of the variant's other runs, and by
    FEWEST_IMAGES test images. The run itself is left out of the standard deviation, which is that
    of its variant or that within all variants, whichever is larger. A failure that is rare is
    usually not among few seeds: no mark does not say that a variant never fails.

    Args:
        runs: a table of `summary.metrics_of`.
    """
    failed = pd.Series(False, index=runs.index)
    groups = {name: group["test_accuracy"] for name, group in runs.groupby("variant")}
    squares = {name: ((group - group.mean()) ** 2).sum() for name, group in groups.items()}
    for name, group in groups.items():
        elsewhere = sum(square for other, square in squares.items() if other != name)
        freedom = sum(len(values) - 1 for other, values in groups.items() if other != name)
        for place in group.index if len(group) >= FEWEST_SEEDS else ():
            others = group.drop(place)
            square = ((others - others.mean()) ** 2).sum()
            pooled = (elsewhere + square) / (freedom + len(others) - 1)
            spread = math.sqrt(max(others.var(), pooled))
            least = max(FAR * spread, 100 * FEWEST_IMAGES / test_images)
            failed[place] = others.mean() - group[place] > least
    return failed
