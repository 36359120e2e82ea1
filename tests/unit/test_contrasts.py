"""One contrast: each method against published or hand-worked examples, and its properties."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from normstudy.statistics import contrasts
from scipy import stats

# Darwin's heights of cross- and self-fertilized Zea mays, 15 pairs, differences in eighths of
# an inch: Fisher 1935, The Design of Experiments, sections 17 and 21.
DARWIN = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48], float)

hundredths = st.integers(-40, 40).map(lambda k: k / 100)  # differences of accuracies


def differences(low=2, high=8):
    return st.lists(hundredths, min_size=low, max_size=high).map(np.array)


def test_sign_flip_is_fishers_on_darwins_maize():
    """Fisher counted 863 of the 2^15 sign patterns with a sum of 314 or more."""
    assert contrasts.sign_flip(DARWIN) == 2 * 863 / 2**15


def test_interval_is_the_published_one_of_darwins_maize():
    """R's t.test on the same pairs: 0.003899165 to 5.229434169 inches."""
    assert contrasts.interval(DARWIN / 8, 0.95) == pytest.approx((0.003899165, 5.229434169))


def test_equal_differences_compare_equal():
    """Though 99.46 − 99.44 and 0.03 − 0.01 are two numbers in binary."""
    found = contrasts.difference(np.array([99.46, 0.03]), np.array([99.44, 0.01]))
    assert found.tolist() == [0.02, 0.02]


def test_the_finest_differences_are_tested_exactly():
    """In millionths. With the minus elsewhere, 1, 2, 3 or 1 and 2 of them leave 4 or more."""
    assert contrasts.sign_flip(np.array([-3e-6, 1e-6, 2e-6, 4e-6])) == 2 * 5 / 16


@given(differences())
def test_sign_flip_is_scipys_permutation_test(values):
    test = stats.permutation_test(
        (np.rint(values * 100),),
        lambda x, axis: x.sum(axis=axis),
        permutation_type="samples",
        n_resamples=np.inf,
        vectorized=True,
    )
    assert contrasts.sign_flip(values) == pytest.approx(test.pvalue)


@pytest.mark.parametrize("count", [2, 3, 5, 7, 10, 16])
def test_the_smallest_p_is_two_in_two_to_the_n(count):
    assert contrasts.sign_flip(np.full(count, 0.3)) == 2 / 2**count


def test_many_seeds_are_as_exact_as_few():
    """60 differences in hundredths, against the normal limit with its continuity correction."""
    values = np.random.default_rng(5).normal(0.02, 0.08, 60).round(2)
    spread = math.sqrt((values**2).sum())
    limit = 2 * stats.norm.sf((abs(values.sum()) - 0.01) / spread)
    assert contrasts.sign_flip(values) == pytest.approx(limit, rel=0.03)
    assert contrasts.sign_flip(np.full(60, 0.1)) == 2 / 2**60


def test_a_grid_too_fine_is_coarsened_on_the_safe_side(monkeypatch):
    values = np.random.default_rng(6).normal(0.1, 0.3, 12).round(6)
    exact = contrasts.sign_flip(values)
    monkeypatch.setattr(contrasts, "FINEST", 10_000)
    assert exact <= contrasts.sign_flip(values) <= exact + 0.01


@given(differences())
def test_sign_flip_does_not_care_about_sign_or_order(values):
    p = contrasts.sign_flip(values)
    assert p == contrasts.sign_flip(-values) == contrasts.sign_flip(values[::-1])


def test_equal_differences_have_the_spread_of_the_test_sets_grid():
    low, high = contrasts.interval(np.full(2, 0.02), 0.95, 0.01)
    half = stats.t.ppf(0.975, 1) * 0.01 / math.sqrt(2)
    assert (low, high) == pytest.approx((0.02 - half, 0.02 + half))
    assert contrasts.interval(np.full(4, 0.02), 0.95) == (0.02, 0.02)
    assert contrasts.sign_flip(np.zeros(6)) == 1


@given(differences(2), st.sampled_from([0, 0.01, 0.2]))
def test_the_grid_only_widens(values, resolution):
    low, high = contrasts.interval(values, 0.9, resolution)
    least, most = contrasts.interval(values, 0.9)
    assert low <= least and high >= most
    if values.std(ddof=1) >= resolution:
        assert (low, high) == (least, most)


def test_the_grid_is_one_image():
    steps = contrasts.resolutions(10_000, 60_000)
    assert steps["test_accuracy"] == steps["gap"] == steps["gap_evaluated"] == 0.01
    assert steps["train_accuracy"] == pytest.approx(1 / 600)
    assert contrasts.resolutions(500, 2000)["test_accuracy"] == 0.2
    assert steps["train_accuracy_evaluated"] == steps["train_accuracy"]
    assert steps["test_loss"] == pytest.approx(2.302585093 / 10_000)  # ln 10
    few = contrasts.resolutions(2000, 500)  # a gap is as coarse as the coarser of its two
    assert few["gap"] == few["gap_evaluated"] == few["train_accuracy"] == 0.2


def test_intervals_of_many_studies_at_once():
    values = np.random.default_rng(1).normal(0, 1, (5, 3, 8))
    low, high = contrasts.interval(values, np.array([0.9, 0.95, 0.99]))
    one = contrasts.interval(values[2, 1], 0.95)
    assert (low[2, 1], high[2, 1]) == pytest.approx(one)


def test_one_pair_says_nothing():
    one = np.array([0.1])
    assert all(map(math.isnan, (*contrasts.interval(one, 0.95), contrasts.sign_flip(one))))
    assert math.isnan(contrasts.probability_of_superiority(one, one))


def test_superiority_by_hand():
    """A 3, 1, 2 and B 2, 1, 4: of six pairs with different seeds A is above in 2, level in 1."""
    share = contrasts.probability_of_superiority(np.array([3.0, 1, 2]), np.array([2.0, 1, 4]))
    assert share == 2.5 / 6


@given(
    st.integers(2, 6).flatmap(
        lambda n: st.tuples(*[st.lists(hundredths, min_size=n, max_size=n)] * 2)
    )
)
def test_superiority_is_mann_whitneys_over_independent_pairs(lists):
    """scipy's statistic counts all n² pairs: those with the same seed are taken off."""
    first, second = map(np.array, lists)
    n = len(first)
    same = ((first > second) + (first == second) / 2).sum()
    share = (stats.mannwhitneyu(first, second).statistic - same) / (n * (n - 1))
    assert contrasts.probability_of_superiority(first, second) == pytest.approx(share)
    assert contrasts.probability_of_superiority(second, first) == pytest.approx(1 - share)
