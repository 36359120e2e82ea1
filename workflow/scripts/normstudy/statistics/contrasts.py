"""One contrast: a variant against a rival in one metric, over runs paired by seed.

A pair is the two variants' runs with the same seed: they saw the same images in the same
order with the same augmentation draws. d_i is the difference of pair i, variant − rival.
"""

import math

import numpy as np
import scipy

DECIMALS = 6  # of the metrics in the tables; differences are exact multiples of 10^-6
FINEST = 1_000_000  # steps that the sign-flip test divides the range of its sums into, at most


def resolutions(test_images: int, train_images: int) -> dict[str, float]:
    """metric → the least standard deviation that its differences over seeds are taken to have.

    An accuracy is a count: between two seeds it moves in steps of one image. Where a few seeds
    happen to agree to the image, the spread is not 0 but too small to be seen on this grid, and
    one step stands for it. A gap has the coarser grid, that of the test images. A loss has no
    grid; its step is what one image contributes that goes from certain to a blind guess among
    ten classes.
    """
    test, train = 100 / test_images, 100 / train_images
    return {
        "test_accuracy": test,
        "test_loss": math.log(10) / test_images,
        "train_accuracy": train,
        "train_accuracy_evaluated": train,
        "gap": max(test, train),
        "gap_evaluated": max(test, train),
    }


def difference(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """first − second, (n,), freed of binary rounding: equal differences compare equal."""
    return np.round(first - second, DECIMALS)


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
        resolution: the least standard deviation, see `resolutions`.

    Returns:
        NaN with one pair, which has no interval.
    """
    count = np.shape(differences)[-1]
    mean = np.mean(differences, axis=-1)
    if count < 2:
        return mean * math.nan, mean * math.nan
    half = scipy.stats.t.ppf((1 + level) / 2, count - 1)
    half = half * deviation(differences, resolution) / math.sqrt(count)
    return mean - half, mean + half


def sign_flip(differences: np.ndarray) -> float:
    """Two-sided p of the sign-flip (paired permutation) test, exact.

    If the differences are distributed symmetrically about 0, each d_i could as well have had the
    other sign; p is the share of all 2^n sign patterns whose sum is at least as far from 0 as the
    one observed (Fisher 1935, The Design of Experiments, section 21). It assumes no normality, but
    it tests symmetry about 0, which is more than a mean of 0: a check beside the interval, no
    verdict. The distribution of the sums is built up difference by difference, on the grid of
    their common unit, which takes n steps instead of 2^n. Where that grid has more than FINEST
    steps a coarser one is taken, and what might be a tie counts as one.

    Returns:
        2/2^n at the smallest; NaN with one pair, which says nothing.
    """
    count = len(differences)
    if count < 2:
        return math.nan
    units = np.rint(differences * 10**DECIMALS).astype(np.int64)
    step = math.gcd(*units.tolist()) or 1
    coarse = math.ceil(np.abs(units).sum() / FINEST)
    tolerance = 0
    if step < coarse:
        step, tolerance = coarse, count
    units = np.rint(units / step).astype(np.int64)
    shares = np.ones(1)  # of the sums −total, −total + 2, …, total of the differences so far
    for unit in np.abs(units):
        wider = np.zeros(len(shares) + unit)
        wider[: len(shares)] = shares / 2
        wider[unit:] += shares / 2
        shares = wider
    total = len(shares) - 1
    sums = 2 * np.arange(total + 1) - total
    return float(shares[np.abs(sums) >= abs(units.sum()) - tolerance].sum())


def probability_of_superiority(first: np.ndarray, second: np.ndarray) -> float:
    """How likely a run of A is above a run of B with another seed, ties as halves.

    The share of all n(n − 1) pairs of runs with different seeds in which A, `first`, is larger
    than B, `second` (Noether 1987). Pairs with the same seed are left out: their runs saw the same
    data in the same order and are not independent. What happens within them is counted apart.

    Args:
        first, second: (n,), in the order of the seeds.

    Returns:
        NaN with one seed.
    """
    count = len(first)
    if count < 2:
        return math.nan
    comparison = np.sign(np.round(first[:, None] - second[None, :], DECIMALS))
    np.fill_diagonal(comparison, 0)
    return float((comparison.sum() / (count * (count - 1)) + 1) / 2)
