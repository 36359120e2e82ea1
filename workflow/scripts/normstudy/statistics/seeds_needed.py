"""How many seeds an undecided contrast would take, as a range.

The standard deviation of the differences is itself known from few seeds only, so a single number
would say more than is known: with eight seeds where 23 are needed, such a number lies between 10
and 43 in nine of ten studies. The range is that of the standard deviation's 90 % interval.
"""

import math
from functools import cache

import numpy as np
import scipy

POWER = 0.8
MOST_SEEDS = 1000  # where the search ends: this many or more
SPREAD_CONFIDENCE = 0.9  # of the interval of the standard deviation
SLICES = 100  # of the distribution of the standard deviation that n seeds will show


@cache
def _shown_spreads(freedom: int) -> np.ndarray:
    """What n seeds may show of a standard deviation of 1: √(χ²/ν) at equally likely slices."""
    middles = (np.arange(SLICES) + 0.5) / SLICES
    return np.sqrt(2 * scipy.special.gammaincinv(freedom / 2, middles) / freedom)


def spread_range(deviation: float, count: int) -> tuple[float, float]:
    """The 90 % interval of a standard deviation estimated from `count` normal values."""
    tail, freedom = (1 - SPREAD_CONFIDENCE) / 2, count - 1
    quantiles = 2 * scipy.special.gammaincinv(freedom / 2, [1 - tail, tail])  # of χ²
    low, high = (freedom / quantiles) ** 0.5
    return deviation * low, deviation * high


def chance(count: int, deviation: float, alpha: float, margin: float, difference: bool) -> float:
    """How likely the t-intervals of levels 1 − alpha and 1 − 2 alpha show what is true.

    Args:
        deviation: true standard deviation of the paired differences.
        count: of seeds.
        difference: whether the true mean is `margin` and the wider interval has to lie above 0;
            else the true mean is 0 and the narrower one has to lie within ±margin.
    """
    freedom = count - 1
    # All in units of the mean's standard error.
    tail = alpha / 2 if difference else alpha
    half = scipy.special.stdtrit(freedom, 1 - tail) * _shown_spreads(freedom)
    distance = margin * math.sqrt(count) / deviation
    if difference:
        return float(scipy.special.ndtr(distance - half).mean())
    return float(np.maximum(2 * scipy.special.ndtr(distance - half) - 1, 0).mean())


def fewest_seeds(deviation: float, alpha: float, margin: float, difference: bool) -> int:
    """The fewest seeds for a chance of 80 %, as `chance` has it; MOST_SEEDS for that or more.

    The difference asked about is the margin, the smallest that matters, not the one observed:
    power at the observed difference only restates its p-value (Hoenig & Heisey 2001, "The Abuse
    of Power").
    """
    if deviation == 0:
        return 2
    low, high = 1, MOST_SEEDS  # the chance grows with the number of seeds: halve the range
    while high - low > 1:
        middle = (low + high) // 2
        enough = chance(middle, deviation, alpha, margin, difference) >= POWER
        low, high = (low, middle) if enough else (middle, high)
    return high


def seeds_needed(deviations: tuple[float, float], alpha: float, margin: float) -> dict[str, int]:
    """The ranges for both outcomes: seeds_for_difference_… and seeds_for_equivalence_low, _high.

    The standard deviation of the paired differences is given as the least and the most that it may
    be, alpha as a of the look at which the verdict will be read (verdicts/__init__.py).
    """
    return {
        f"seeds_for_{name}_{end}": fewest_seeds(spread, alpha, margin, name == "difference")
        for name in ("difference", "equivalence")
        for end, spread in zip(("low", "high"), deviations, strict=True)
    }
