"""One contrast: each method against published or hand-worked examples, and its properties."""

import math

import numpy as np
import pytest
from helpers.made_up import VERDICTS
from hypothesis import given
from hypothesis import strategies as st
from normstudy.statistics import contrasts
from scipy import stats

# Darwin's heights of cross- and self-fertilized Zea mays, 15 pairs, differences in eighths of
# an inch: Fisher 1935, The Design of Experiments, section 17.
DARWIN = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48], float)

hundredths = st.integers(-40, 40).map(lambda k: k / 100)  # differences of accuracies


def test_interval_is_the_published_one_of_darwins_maize():
    """R's t.test on the same pairs: 0.003899165 to 5.229434169 inches."""
    assert contrasts.interval(DARWIN / 8, 0.95) == pytest.approx((0.003899165, 5.229434169))


def test_equal_differences_have_the_spread_of_the_test_sets_grid():
    assert all(map(math.isnan, contrasts.interval(np.array([0.1]), 0.95)))  # of one pair
    low, high = contrasts.interval(np.full(2, 0.02), 0.95, 0.01)
    half = stats.t.ppf(0.975, 1) * 0.01 / math.sqrt(2)
    assert (low, high) == pytest.approx((0.02 - half, 0.02 + half))
    assert contrasts.interval(np.full(4, 0.02), 0.95) == (0.02, 0.02)


def resolutions(test, train):
    scales = contrasts.study_scales(VERDICTS, test, train)
    return {metric: scale.resolution for metric, scale in scales.items()}


def test_the_grid_is_one_image():
    steps = resolutions(10_000, 60_000)
    assert steps["test_accuracy"] == steps["gap"] == steps["gap_evaluated"] == 0.01
    assert steps["train_accuracy"] == pytest.approx(1 / 600)
    assert resolutions(500, 2000)["test_accuracy"] == 0.2
    assert steps["train_accuracy_evaluated"] == steps["train_accuracy"]
    assert steps["test_loss"] == pytest.approx(2.302585093 / 10_000)  # ln 10
    few = resolutions(2000, 500)  # a gap is as coarse as the coarser of its two
    assert few["gap"] == few["gap_evaluated"] == few["train_accuracy"] == 0.2


def sizes(count):
    return st.lists(hundredths, min_size=count, max_size=count).map(np.array)


@given(st.integers(2, 8).flatmap(lambda n: st.tuples(sizes(n), sizes(n))))
def test_the_differences_of_sizes_have_the_difference_of_sizes_as_their_mean(pair):
    first, second = pair
    expected = abs(first.mean()) - abs(second.mean())
    assert contrasts.size_differences(first - second, first + second).mean() == pytest.approx(
        expected, abs=1e-9
    )
    assert contrasts.size_differences(second - first, first + second).mean() == pytest.approx(
        -expected, abs=1e-9
    )
