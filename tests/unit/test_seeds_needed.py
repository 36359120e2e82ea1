"""The number of seeds an undecided contrast would take."""

import math

import numpy as np
import pytest
from normstudy.statistics import seeds_needed as module
from normstudy.statistics.seeds_needed import chance, fewest_seeds, seeds_needed, spread_range
from scipy import stats


@pytest.mark.parametrize("count", [3, 10, 40])
@pytest.mark.parametrize("alpha", [0.05, 0.005])
def test_the_chance_of_a_difference_is_the_noncentral_ts(count, alpha):
    t = stats.t.ppf(1 - alpha / 2, count - 1)
    power = stats.nct.sf(t, count - 1, 0.06 * math.sqrt(count) / 0.07)
    assert chance(count, 0.07, alpha, 0.06, True) == pytest.approx(power, abs=2e-3)


def test_the_chance_of_none_that_matters_is_that_of_drawn_studies():
    drawn = np.random.default_rng(2).normal(0, 0.07, (20_000, 20))
    half = stats.t.ppf(0.95, 19) * drawn.std(axis=1, ddof=1) / math.sqrt(20)
    shown = abs(drawn.mean(axis=1)) + half < 0.05
    assert chance(20, 0.07, 0.05, 0.05, False) == pytest.approx(shown.mean(), abs=0.012)


def test_the_needed_seeds_are_those_of_both_ends_of_the_spread():
    """The spread's interval by the quantiles of χ² with 7 degrees: 2.16735 and 14.06714."""
    ends = {"low": 0.07 * math.sqrt(7 / 14.06714), "high": 0.07 * math.sqrt(7 / 2.16735)}
    assert spread_range(0.07, 8) == pytest.approx(tuple(ends.values()), rel=1e-5)
    assert seeds_needed(spread_range(0.07, 8), 0.05, 0.06) == {
        f"seeds_for_{name}_{end}": fewest_seeds(spread, 0.05, 0.06, name == "difference")
        for name in ("difference", "equivalence")
        for end, spread in ends.items()
    }


@pytest.mark.parametrize("difference", [True, False])
@pytest.mark.parametrize("alpha", [0.05, 0.005])
def test_one_seed_less_is_not_enough(difference, alpha):
    count = fewest_seeds(0.07, alpha, 0.05, difference)
    assert chance(count, 0.07, alpha, 0.05, difference) >= 0.8
    assert chance(count - 1, 0.07, alpha, 0.05, difference) < 0.8


def test_the_search_ends():
    assert chance(3, 1.0, 0.05, 0.05, False) == 0
    assert fewest_seeds(1000, 0.05, 0.05, True) == module.MOST_SEEDS
    assert fewest_seeds(1e-9, 0.05, 0.05, False) == fewest_seeds(0, 0.05, 0.05, False) == 2
