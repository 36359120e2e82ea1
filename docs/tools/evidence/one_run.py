"""What one run per model can tell, as many seeds show it."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd


def chance_of_lead(errors: Sequence[np.ndarray], lead: int) -> float:
    """How often one of several equal models, with one run each, leads by `lead` errors or more.

    Every combination of one run per model counts, with each model's mean taken off: the models
    are then equal, and only the seed decides.

    Args:
        errors: of each model, its runs' numbers of test errors, (seeds,).
    """
    centred = [counts - np.mean(counts) for counts in errors]
    best, second, *_ = np.sort(np.array(list(product(*centred))), axis=1).T
    return float((np.round(second - best) >= lead).mean())


def spread_of_chance(errors: pd.DataFrame, seeds: int, images: int) -> float:
    """The standard deviation of test accuracy, in points, if images were missed independently.

    Each image with its own probability, estimated by the share of runs that miss it. The variance
    of a run's errors is then the sum of p(1 − p) over the images, here without bias.

    Args:
        errors: a row for each misclassified image (index) of each of the runs of one variant.
    """
    missed = errors.groupby("index").size() / seeds
    variance = (missed * (1 - missed)).sum() * seeds / (seeds - 1)
    return float(100 * variance**0.5 / images)
