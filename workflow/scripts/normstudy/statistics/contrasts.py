"""One contrast: a variant against a rival in one metric, over runs paired by seed.

A pair is the two variants' runs with the same seed: they saw the same images in the same
order with the same augmentation draws. d_i is the difference of pair i, variant − rival.
"""

import math

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.power import TTestPower
from statsmodels.stats.weightstats import ttost_paired

from ..errors import StudyError

EXACT_SEEDS = 16  # up to here all 2^n sign patterns are counted; 2^15 of them suffice for n = 16
RESAMPLES = 99_999  # random sign patterns beyond that: the smallest p is then 2/100,000
DECIMALS = 6  # of the metrics in the tables; differences are exact multiples of 10^-6
POWER = 0.8
MOST_SEEDS = 1000  # where the search for the number of seeds ends: this many or more


def paired_values(
    runs: pd.DataFrame, metric: str, variant: str, rival: str
) -> tuple[np.ndarray, np.ndarray]:
    """The metric of the variant and of the rival, each (n,), in the order of the seeds.

    Args:
        runs: a table of `summary.run_metrics`.

    Raises:
        StudyError: a variant without runs, a seed that only one of them has or has twice, or
            a run without a value: named, never left out in silence.
    """
    columns = {}
    for name in (variant, rival):
        own = runs[runs["variant"] == name].set_index("seed")[metric].sort_index()
        if own.empty:
            raise StudyError(f"there are no runs of variant {name!r} to compare {metric} with")
        if own.index.has_duplicates:
            twice = own.index[own.index.duplicated()][0]
            raise StudyError(f"variant {name!r} has more than one run with seed {twice}")
        if own.isna().any():
            raise StudyError(
                f"the run of {name!r} with seed {own.index[own.isna()][0]} has no {metric}"
            )
        columns[name] = own
    first, second = columns[variant], columns[rival]
    for name, lacking, having in ((variant, first, second), (rival, second, first)):
        missing = sorted(set(having.index) - set(lacking.index))
        if missing:
            listed = ", ".join(map(str, missing))
            raise StudyError(
                f"runs must be paired by seed to compare {variant!r} with {rival!r} in {metric}:"
                f" {name!r} has no run with seed {listed}"
            )
    return first.to_numpy(float), second.to_numpy(float)


def difference(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """first − second, (n,), freed of binary rounding: equal differences compare equal."""
    return np.round(first - second, DECIMALS)


def interval(differences: np.ndarray, level: float) -> tuple[float, float]:
    """Student's t-interval of the mean difference; NaN with one pair, a point without spread."""
    count, mean = len(differences), differences.mean()
    if count < 2:
        return math.nan, math.nan
    half = stats.t.ppf((1 + level) / 2, count - 1) * stats.sem(differences)
    return mean - half, mean + half


def sign_flip(differences: np.ndarray) -> float:
    """Two-sided p of the sign-flip (paired permutation) test of no difference.

    Without a difference each d_i could as well have had the other sign; p is the share of all
    2^n sign patterns whose sum is at least as far from 0 as the one observed (Fisher 1935,
    The Design of Experiments, section 21). Exact up to EXACT_SEEDS pairs: enumerated here,
    since scipy's permutation_test takes a hundred times longer over the same number. Beyond,
    it is scipy's, over RESAMPLES random patterns from a fixed seed.

    Returns:
        2/2^n at the smallest; NaN with one pair, which says nothing.
    """
    count = len(differences)
    if count < 2:
        return math.nan
    units = np.rint(differences * 10**DECIMALS)  # whole numbers: their sums have no rounding error
    if count <= EXACT_SEEDS:
        # A pattern and its negative are equally far from 0: the first sign may stay as it is.
        bits = (np.arange(2 ** (count - 1))[:, None] >> np.arange(count - 1)) & 1
        sums = units[0] + (1 - 2 * bits) @ units[1:]
        return float(np.mean(np.abs(sums) >= abs(units.sum())))
    test = stats.permutation_test(
        (units,),
        lambda values, axis: values.sum(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=10_000,
        rng=np.random.default_rng(0),
    )
    return float(test.pvalue)


def equivalence(differences: np.ndarray, margin: float) -> float:
    """p of two one-sided t-tests that the mean difference is within ±margin (Schuirmann 1987).

    NaN with one pair. Without any spread the t-tests have no value: p is then the limit of
    theirs, 0 within the margin and 1 outside.
    """
    if len(differences) < 2:
        return math.nan
    if np.ptp(differences) == 0:
        return float(abs(differences[0]) >= margin)
    return float(ttost_paired(differences, np.zeros_like(differences), -margin, margin)[0])


def ahead(first: np.ndarray, second: np.ndarray) -> float:
    """P(A > B): the share of all n² pairs of runs in which `first` is larger, ties as halves.

    This is the Mann–Whitney probability of Noether 1987: how likely one run of A with a seed
    of its own beats one run of B with another, which is what somebody who trains each once
    would see. (How often the same seed for both reverses the order is counted apart.)
    """
    comparison = np.sign(np.round(first[:, None] - second[None, :], DECIMALS))
    return float((comparison.mean() + 1) / 2)


def fewest_seeds(alpha: float) -> int:
    """The fewest pairs with which the sign-flip test can reach p <= alpha: 2/2^n <= alpha."""
    return math.ceil(math.log2(2 / alpha) - 1e-9)


def seeds_for_power(deviation: float, margin: float, alpha: float) -> int:
    """Seeds with which a true difference of `margin` would be found with 80 % power.

    By the power of the two-sided paired t-test at level alpha, and not fewer than the
    sign-flip test needs. The difference asked about is the margin, the smallest that matters,
    not the one observed: power at the observed difference only restates its p-value (Hoenig &
    Heisey 2001, "The Abuse of Power").

    Args:
        deviation: standard deviation of the paired differences, in the metric's unit.

    Returns:
        MOST_SEEDS at most, which stands for that many or more.
    """
    fewest = max(fewest_seeds(alpha), 2)
    if deviation == 0:
        return fewest

    def enough(count: int) -> bool:
        power = TTestPower().power(margin / deviation, count, alpha)
        return not power < POWER  # NaN, where scipy's noncentral t gives up, is a power of 1

    low, high = fewest - 1, MOST_SEEDS  # power grows with the number of seeds: halve the range
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
