"""One contrast: each method against published or hand-worked examples, and its properties."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
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


def test_many_seeds_are_sampled_and_repeatable(monkeypatch):
    values = np.random.default_rng(5).normal(0.02, 0.08, 17).round(2)
    p = contrasts.sign_flip(values)
    assert p == contrasts.sign_flip(values) == contrasts.sign_flip(-values)
    monkeypatch.setattr(contrasts, "EXACT_SEEDS", 17)
    assert p == pytest.approx(contrasts.sign_flip(values), abs=0.005)


def test_the_smallest_p_of_sampled_patterns():
    assert contrasts.sign_flip(np.full(20, 0.1)) == pytest.approx(2e-5)  # 1 of 100,000, twice


@given(differences())
def test_sign_flip_does_not_care_about_sign_or_order(values):
    p = contrasts.sign_flip(values)
    assert p == contrasts.sign_flip(-values) == contrasts.sign_flip(values[::-1])


def test_equivalence_by_hand():
    """Mean 2, standard error √(2/3)/2; 2.353363 is the 95 % point of t with 3 degrees."""
    values = np.array([1.0, 2, 3, 2])
    error = math.sqrt(2 / 3) / 2
    assert contrasts.equivalence(values, 2 + 2.353363 * error) == pytest.approx(0.05, abs=1e-6)
    assert contrasts.equivalence(-values, 2 + 2.353363 * error) == pytest.approx(0.05, abs=1e-6)
    assert contrasts.equivalence(values, 2) == pytest.approx(0.5)


@given(differences(3), st.sampled_from([0.05, 0.1, 0.3]))
def test_equivalence_is_an_interval_of_twice_alpha_within_the_margin(values, margin):
    """Schuirmann 1987: TOST at 0.05 is the same as the 90 % interval lying within ±margin."""
    assume(np.ptp(values) > 0)
    low, high = contrasts.interval(values, 0.9)
    assume(min(abs(low + margin), abs(high - margin)) > 1e-9)
    assert (contrasts.equivalence(values, margin) < 0.05) == (-margin < low and high < margin)


def test_no_spread_at_all():
    same = np.full(4, 0.02)
    assert contrasts.interval(same, 0.95) == (0.02, 0.02)
    assert contrasts.equivalence(same, 0.05) == 0
    assert contrasts.equivalence(same, 0.02) == 1
    assert contrasts.sign_flip(np.zeros(6)) == 1


def test_one_pair_says_nothing():
    one = np.array([0.1])
    assert all(map(math.isnan, (*contrasts.interval(one, 0.95), contrasts.sign_flip(one))))
    assert math.isnan(contrasts.equivalence(one, 0.05))


def test_the_share_ahead_by_hand():
    assert contrasts.ahead(np.array([3.0, 1]), np.array([2.0, 1])) == 2.5 / 4


@given(st.lists(hundredths, min_size=1, max_size=6), st.lists(hundredths, min_size=1, max_size=6))
def test_the_share_ahead_is_mann_whitneys(first, second):
    first, second = np.array(first), np.array(second)
    share = contrasts.ahead(first, second)
    assert share == pytest.approx(
        stats.mannwhitneyu(first, second).statistic / len(first) / len(second)
    )
    assert contrasts.ahead(second, first) == pytest.approx(1 - share)


@pytest.mark.parametrize(("sigma", "seeds"), [(0.05, 13), (0.06, 18), (0.07, 24)])
def test_seeds_for_power(sigma, seeds):
    """80 % power for a difference of 0.06 points between runs of standard deviation sigma."""
    assert contrasts.seeds_for_power(sigma * math.sqrt(2), 0.06, 0.05) == seeds


@pytest.mark.parametrize("deviation", [0, 1e-9, 1e-4, 0.001, 0.01])
def test_never_fewer_seeds_than_the_sign_flip_test_needs(deviation):
    assert contrasts.seeds_for_power(deviation, 0.05, 0.05) == 6
    assert contrasts.seeds_for_power(deviation, 0.05, 0.05 / 4) == 8


def test_the_search_for_seeds_ends():
    assert contrasts.seeds_for_power(1000, 0.05, 0.05) == contrasts.MOST_SEEDS


@pytest.mark.parametrize(("claims", "seeds"), [(1, 6), (3, 7), (6, 8), (15, 10)])
def test_fewest_seeds(claims, seeds):
    assert contrasts.fewest_seeds(0.05 / claims) == seeds
