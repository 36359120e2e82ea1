"""Verdicts: Holm's example, the rules one by one, and what must not change them."""

import gc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from normstudy.errors import StudyError
from normstudy.statistics import verdicts
from normstudy.statistics.verdicts import INCONCLUSIVE, NOT_SUPPORTED, ONE_RUN, SUPPORTED

SETTINGS = {"margin": 0.05, "loss_margin": 0.002, "confidence": 0.95}
UP = [0.10, 0.12, 0.09, 0.11, 0.10, 0.13, 0.08, 0.10, 0.12, 0.09]
EVEN = [0.01, -0.01, 0.0, 0.02, -0.02, 0.01, 0.0, -0.01, 0.01, -0.01]
WIDE = [0.3, -0.2, 0.1, -0.3, 0.25, -0.1, 0.2, -0.15, 0.05, -0.2]


def make_runs(seeds=None, metric="test_accuracy", **values):
    """variant=[a value a seed] as a table of runs."""
    return pd.concat(
        pd.DataFrame({"variant": name, "seed": seeds or range(1, len(own) + 1), metric: own})
        for name, own in values.items()
    ).reset_index(drop=True)


def claim(variant="a", against="all", direction="higher", metric="test_accuracy", **more):
    return {
        "id": f"{variant}-{metric}".replace("_", "-"),
        "says": f"{variant} is best",
        "metric": metric,
        "variant": variant,
        "against": against,
        "direction": direction,
        **more,
    }


def off(distances, base=99.4):
    return [round(base + distance, 2) for distance in distances]


def judge(distances, direction="higher", **more):
    """The only row of comparisons for a variant that is off its rival by `distances`."""
    runs = make_runs(a=off(distances), b=off([0] * len(distances)))
    (row,) = verdicts.compare(runs, [claim(direction=direction, **more)], SETTINGS).itertuples()
    return row


@pytest.fixture(scope="module", autouse=True)
def little_garbage():
    """statsmodels collects garbage at each call of Holm's procedure: spare it what was imported."""
    gc.freeze()
    yield
    gc.unfreeze()


# --- Holm ----------------------------------------------------------------------------------


def test_holms_procedure_on_a_published_example():
    """p = 0.01, 0.04, 0.03, 0.005: the fourth and the first are rejected, then it stops."""
    p = np.array([0.01, 0.04, 0.03, 0.005])
    divisors = verdicts.holm_divisors(p, 0.05)
    assert divisors.tolist() == [3, 2, 2, 4]
    assert (divisors * p <= 0.05).tolist() == [True, False, False, True]


@given(
    st.lists(st.sampled_from([0.001, 0.004, 0.0125, 0.02, 0.03, 0.05, 0.2]), min_size=1, max_size=8)
)
def test_divisors_reject_what_holm_rejects(p_values):
    """Against the definition: reject in order of p while (m − k)·p stays within alpha."""
    p, alpha = np.array(p_values), 0.05
    order, rejected = np.argsort(p, kind="stable"), set()
    for k, j in enumerate(order):
        if (len(p) - k) * p[j] > alpha:
            break
        rejected.add(int(j))
    divisors = verdicts.holm_divisors(p, alpha)
    assert {j for j in range(len(p)) if divisors[j] * p[j] <= alpha} == rejected


# --- The rules -----------------------------------------------------------------------------


def test_supported_and_its_reversal():
    assert judge(UP).verdict == SUPPORTED
    assert judge(UP, direction="lower").verdict == NOT_SUPPORTED
    assert judge([-d for d in UP], direction="lower").verdict == SUPPORTED


def test_equivalence_is_not_supported():
    row = judge(EVEN)
    assert row.verdict == NOT_SUPPORTED
    assert row.p_equivalent <= 0.05 < row.p_adjusted


def test_inconclusive_says_how_many_seeds():
    row = judge(WIDE)
    assert row.verdict == INCONCLUSIVE
    assert row.seeds_needed > 10


@pytest.mark.parametrize("direction", ["higher", "lower"])
def test_with_five_seeds_nothing_is_supported(direction):
    row = judge([1.0, 1.01, 1.02, 1.0, 1.01], direction)
    assert row.p_value == 2 / 2**5
    assert row.adjusted_low > 0  # the t-interval alone would have supported it
    assert row.verdict == INCONCLUSIVE


def test_with_six_seeds_one_contrast_can_be_supported():
    assert judge([1.0, 1.01, 1.02, 1.0, 1.01, 1.0]).verdict == SUPPORTED


def test_the_interval_has_a_say_too():
    """All differences on one side but most of them tiny: the sign-flip test alone is sure."""
    row = judge([0.01, 0.01, 0.01, 0.01, 0.01, 1.5])
    assert row.p_value == 2 / 2**6 and row.adjusted_low < 0
    assert row.verdict == INCONCLUSIVE


def test_best_means_better_than_every_rival():
    base = [0.0] * 10
    runs = make_runs(a=off(UP), b=off(base), c=off(WIDE))
    table = verdicts.compare(runs, [claim()], SETTINGS).set_index("rival")
    assert table.loc["b", "verdict"] == SUPPORTED
    assert table.loc["c", "verdict"] == INCONCLUSIVE
    assert set(table["claim_verdict"]) == {INCONCLUSIVE}
    runs = make_runs(a=off(UP), b=off(base), c=off([0.3 + d for d in UP]))
    table = verdicts.compare(runs, [claim()], SETTINGS)
    assert set(table["claim_verdict"]) == {NOT_SUPPORTED}


def test_claims_are_corrected_for_one_another():
    runs = make_runs(a=off(UP), b=off([0.0] * 10), c=off(WIDE))
    alone = verdicts.compare(runs, [claim(against=["b"])], SETTINGS).iloc[0]
    family = [claim(against=["b"]), claim("c", against=["b"], id="other")]
    both = verdicts.compare(runs, family, SETTINGS).iloc[0]
    assert both.p_adjusted == pytest.approx(2 * alone.p_adjusted, abs=1e-6)
    assert both.adjusted_low < alone.adjusted_low
    assert (both.ci_low, both.ci_high) == (alone.ci_low, alone.ci_high)
    assert both.adjusted_level == 0.975


def test_the_largest_p_of_a_claim_ranks_it():
    """a beats b without doubt but not c; c against b lies between, and so comes first."""
    runs = make_runs(a=off(UP), b=off([0.0] * 10), c=off([0.11, *UP[1:8], 0.15, -0.02]))
    claims = [claim("a", ["b", "c"]), claim("c", ["b"])]
    table = verdicts.compare(runs, claims, SETTINGS)
    assert table["p_value"][0] < table["p_value"][2] < table["p_value"][1]
    assert table["adjusted_level"].tolist() == [0.95, 0.95, 0.975]


def test_equivalence_is_corrected_for_the_other_claims():
    runs = make_runs(a=off([2 * d for d in EVEN]), b=off([0.0] * 10), c=off(WIDE))
    alone = verdicts.compare(runs, [claim(against=["b"])], SETTINGS).iloc[0]
    family = [claim(against=["b"], id=str(number)) for number in range(3)]
    of_three = verdicts.compare(runs, family, SETTINGS).iloc[0]
    assert of_three.p_equivalent == pytest.approx(3 * alone.p_equivalent, abs=3e-6)
    assert alone.p_equivalent > 0


@pytest.mark.parametrize(
    ("rows", "whole"),
    [
        ([SUPPORTED, SUPPORTED], SUPPORTED),
        ([SUPPORTED, INCONCLUSIVE], INCONCLUSIVE),
        ([INCONCLUSIVE, NOT_SUPPORTED, SUPPORTED], NOT_SUPPORTED),
    ],
)
def test_a_claim_is_as_good_as_its_worst_contrast(rows, whole):
    assert verdicts.claim_verdict(rows) == verdicts.claim_verdict(rows[::-1]) == whole


def test_what_is_counted():
    row = judge([0.1, -0.1, 0.0, 0.2])
    assert (row.seeds, row.reversals, row.mean_difference) == (4, 1, 0.05)
    assert judge([0.1, -0.1, 0.0, 0.2], direction="lower").reversals == 2
    assert row.p_superior == (2 + 0.5) / 4


def test_loss_has_a_margin_of_its_own():
    runs = make_runs(metric="test_loss", a=[0.0161, 0.0160, 0.0162, 0.0161], b=[0.0160] * 4)
    (row,) = verdicts.compare(runs, [claim(metric="test_loss")], SETTINGS).itertuples()
    assert row.verdict == NOT_SUPPORTED and row.p_equivalent < 0.05


def test_one_seed():
    row = judge([0.07])
    assert (row.verdict, row.claim_verdict, row.mean_difference) == (ONE_RUN, ONE_RUN, 0.07)
    assert pd.isna(row.p_value) and pd.isna(row.adjusted_low)
    assert row.seeds_needed == 6


def test_no_claims_leave_the_header():
    table = verdicts.compare(make_runs(a=[99.5]), [], SETTINGS)
    assert len(table) == 0 and tuple(table) == verdicts.COLUMNS


# --- What is missing is named --------------------------------------------------------------


@pytest.mark.parametrize(("lacking", "having"), [("a", "b"), ("b", "a")])
def test_a_missing_run_is_named(lacking, having):
    runs = make_runs(a=off(UP), b=off(EVEN))
    runs = runs[(runs["variant"] != lacking) | (runs["seed"] != 7)]
    with pytest.raises(StudyError, match=f"'{lacking}' has no run with seed 7"):
        verdicts.compare(runs, [claim(against=["b"])], SETTINGS)


def test_other_gaps_are_named():
    runs = make_runs(a=off(UP), b=off(EVEN))
    with pytest.raises(StudyError, match="no runs of variant 'c'"):
        verdicts.compare(runs, [claim(against=["c"])], SETTINGS)
    with pytest.raises(StudyError, match="'b' has more than one run with seed 1"):
        verdicts.compare(pd.concat([runs, runs.iloc[10:11]]), [claim()], SETTINGS)
    runs.loc[3, "test_accuracy"] = np.nan
    with pytest.raises(StudyError, match="the run of 'a' with seed 4 has no test_accuracy"):
        verdicts.compare(runs, [claim()], SETTINGS)


# --- What must not change a verdict --------------------------------------------------------

values = st.lists(st.integers(9900, 9999).map(lambda k: k / 100), min_size=8, max_size=8)
FLIPPED = {SUPPORTED: NOT_SUPPORTED, NOT_SUPPORTED: SUPPORTED, INCONCLUSIVE: INCONCLUSIVE}


@given(values, values, st.booleans())
def test_swapping_the_two_flips_the_sign_and_the_verdict(first, second, apart):
    first = [v + 0.5 for v in first] if apart else first
    runs = make_runs(a=first, b=second)
    (one,) = verdicts.compare(runs, [claim("a")], SETTINGS).itertuples()
    (two,) = verdicts.compare(runs, [claim("b")], SETTINGS).itertuples()
    assert two.mean_difference == -one.mean_difference
    assert two.adjusted_low == -one.adjusted_high
    assert two.p_value == one.p_value
    assert two.p_superior == pytest.approx(1 - one.p_superior, abs=2e-6)
    if one.p_equivalent > 0.05:
        assert two.verdict == FLIPPED[one.verdict]
    else:  # equivalent either way round, unless real though negligible
        assert two.verdict in (NOT_SUPPORTED, SUPPORTED)


@given(values, values, st.integers(-5000, 50))
def test_adding_a_constant_to_both_changes_nothing(first, second, constant):
    here = verdicts.compare(make_runs(a=first, b=second), [claim()], SETTINGS)
    shifted = [[v + constant / 100 for v in own] for own in (first, second)]
    there = verdicts.compare(make_runs(a=shifted[0], b=shifted[1]), [claim()], SETTINGS)
    pd.testing.assert_frame_equal(here, there)


@given(values, values, values, st.permutations(range(24)))
def test_the_order_of_the_runs_does_not_matter(a, b, c, order):
    runs = make_runs(a=a, b=b, c=c)
    claims = [claim("a", ["b", "c"]), claim("c", ["a"], direction="lower")]
    pd.testing.assert_frame_equal(
        verdicts.compare(runs, claims, SETTINGS),
        verdicts.compare(runs.iloc[list(order)], claims, SETTINGS),
    )


@given(values, values, values)
def test_the_order_of_the_claims_does_not_matter(a, b, c):
    runs = make_runs(a=a, b=b, c=c)
    claims = [claim("a"), claim("b"), claim("c", direction="lower")]
    forward = verdicts.compare(runs, claims, SETTINGS).set_index(["claim", "rival"])
    backward = verdicts.compare(runs, claims[::-1], SETTINGS).set_index(["claim", "rival"])
    pd.testing.assert_frame_equal(forward.sort_index(), backward.sort_index())
