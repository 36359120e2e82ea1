"""One contrast: a variant against a rival in one metric, over runs paired by seed.

A pair is the two variants' runs with the same seed: they saw the same images in the same
order with the same augmentation draws. d_i is the difference of pair i, variant − rival.
"""

import math
from dataclasses import dataclass

import numpy as np
import scipy

from ..records.metrics import RUN_METRICS

DIGITS = 13  # of a number: the last few of a binary one are chance
DECIMALS = 6  # of the metrics in the tables; differences are exact multiples of 10^-6


@dataclass(frozen=True)
class Scale:
    """What differences in a metric are measured by, in its unit.

    Attributes:
        margin: the largest difference that does not matter.
        resolution: the least standard deviation that differences over seeds are taken to have.
        near_zero: whether "lower" means that the mean is nearer to 0, as of a gap.
        decimals: of differences and intervals. Values have no more; None: they have `DIGITS`.
    """

    margin: float
    resolution: float = 0
    near_zero: bool = False
    decimals: int | None = DECIMALS


def decimals_of(values: np.ndarray) -> int:
    """Decimals of numbers that have DIGITS digits."""
    largest = np.abs(values).max()
    return DIGITS - 1 - math.floor(math.log10(largest)) if largest else DIGITS


def study_scales(settings: dict, test_images: int, train_images: int) -> dict[str, Scale]:
    """The scale of each metric of this project's runs; `settings` is config["verdicts"]."""
    return {
        name: Scale(
            settings[metric.margin] if isinstance(metric.margin, str) else metric.margin,
            metric.step(test_images, train_images),
            metric.near_zero,
        )
        for name, metric in RUN_METRICS.items()
    }


def difference(first: np.ndarray, second: np.ndarray, decimals: int = DECIMALS) -> np.ndarray:
    """first − second, (n,), freed of binary rounding: equal differences compare equal."""
    return np.round(first - second, decimals)


def deviation(differences: np.ndarray, resolution: float) -> np.ndarray:
    """Their standard deviation (n − 1) along the last axis, `resolution` at the least."""
    return np.maximum(np.std(differences, axis=-1, ddof=1), resolution)


def interval(
    differences: np.ndarray, level: float | np.ndarray, resolution: float = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Student's t-interval of the mean difference along the last axis: paired, (low, high).

    Args:
        differences: (…, n), of two pairs or more.
        level: its confidence, of any shape that fits the leading axes.
        resolution: the least standard deviation, see `Scale`.

    Returns:
        NaN with one pair, which has no interval.
    """
    count = np.shape(differences)[-1]
    mean = np.mean(differences, axis=-1)
    if count < 2:
        return mean * math.nan, mean * math.nan
    half = scipy.special.stdtrit(count - 1, (1 + level) / 2)  # scipy.stats takes 1 s to import
    half = half * deviation(differences, resolution) / math.sqrt(count)
    return mean - half, mean + half


def size_interval(
    differences: np.ndarray, totals: np.ndarray, level: float, resolution: float = 0
) -> tuple[np.ndarray, np.ndarray]:
    """The interval of |mean of one| − |mean of another|: how much further from 0 one mean is.

    With D and S the means of differences and totals, the difference in size is
    sign(D·S) · min(|D|, |S|). It is monotone in each, so over the paired t-intervals of D and S,
    each with half of 1 − level, its range is reached at their ends; by Bonferroni's inequality
    that range covers with the level. The mean of each run's |value| is another quantity: where
    means are near 0, it measures the spread between seeds.

    Args:
        differences, totals: the one − the other and the one + the other by seed: (…, n), n ≥ 2.
    """
    half = (1 + level) / 2
    sizes = [
        np.sign(apart * total) * np.minimum(abs(apart), abs(total))
        for apart in interval(differences, half, resolution)
        for total in interval(totals, half, resolution)
    ]
    return np.min(sizes, axis=0), np.max(sizes, axis=0)


def size_differences(differences: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """By seed, (n,), what has the mean of `size_interval`: ±differences or ±totals."""
    if abs(differences.mean()) <= abs(totals.mean()):
        return differences * (1 if totals.mean() >= 0 else -1)
    return totals * (1 if differences.mean() >= 0 else -1)
