"""What turns a verdict round, and what must not change it."""

import pandas as pd
import pytest
from helpers.judged import LOOKS, compare, judged
from helpers.made_up import VERDICTS, claim, runs_table
from hypothesis import given, settings
from hypothesis import strategies as st
from normstudy.statistics.contrasts import study_scales
from normstudy.statistics.verdicts.rule import Verdict

values = st.lists(st.integers(9900, 9999).map(lambda k: k / 100), min_size=8, max_size=8)
TURNED = {
    Verdict.HOLDS: {Verdict.CONTRADICTED},
    Verdict.CONTRADICTED: {Verdict.HOLDS},
    Verdict.TOO_SMALL: {Verdict.NO_DIFFERENCE},
    Verdict.NO_DIFFERENCE: {Verdict.NO_DIFFERENCE, Verdict.TOO_SMALL},
    Verdict.UNDECIDED: {Verdict.UNDECIDED},
}


@given(values, values, st.booleans())
def test_swapping_the_two_flips_the_sign_and_the_verdict(first, second, apart):
    first = [v + 0.5 for v in first] if apart else first
    runs = runs_table(a=first, b=second)
    (one,) = compare(runs, [claim("a")]).itertuples()
    (two,) = compare(runs, [claim("b")]).itertuples()
    assert two.mean_difference == -one.mean_difference
    assert (two.ci_low, two.ci_high) == (-one.ci_high, -one.ci_low)
    assert (two.equivalence_low, two.equivalence_high) == (
        -one.equivalence_high,
        -one.equivalence_low,
    )
    assert two.verdict in TURNED[one.verdict]


@given(values, values, st.integers(-5000, 50))
def test_adding_a_constant_to_both_changes_nothing(first, second, constant):
    here = compare(runs_table(a=first, b=second), [claim()])
    shifted = [[v + constant / 100 for v in own] for own in (first, second)]
    there = compare(runs_table(a=shifted[0], b=shifted[1]), [claim()])
    pd.testing.assert_frame_equal(here, there)


@given(values, values, st.sampled_from([2, 10]))
def test_scaling_everything_scales_the_interval_and_keeps_the_verdict(first, second, factor):
    larger = [[factor * v for v in own] for own in (first, second)]
    scaled = VERDICTS | {"margin": factor * VERDICTS["margin"]}
    grid = study_scales(scaled, round(10_000 / factor), 60_000)
    (here,) = compare(runs_table(a=first, b=second), [claim()]).itertuples()
    runs = runs_table(a=larger[0], b=larger[1])
    (there,) = compare(runs, [claim()], scaled, grid).itertuples()
    assert there.verdict == here.verdict
    assert (there.ci_low, there.ci_high) == pytest.approx(
        (factor * here.ci_low, factor * here.ci_high), abs=1e-5
    )


@given(values, values, values, st.permutations(range(24)))
def test_the_order_of_the_runs_does_not_matter(a, b, c, order):
    runs = runs_table(a=a, b=b, c=c)
    claims = [claim("a", ["b", "c"]), claim("c", ["a"], direction="lower")]
    pd.testing.assert_frame_equal(
        compare(runs, claims, LOOKS), compare(runs.iloc[list(order)], claims, LOOKS)
    )


@settings(max_examples=40)
@given(values, values, values, st.sampled_from([VERDICTS, LOOKS]))
def test_the_order_of_the_claims_does_not_matter(a, b, c, looks):
    runs = runs_table(a=a, b=b, c=c)
    claims = [claim("a"), claim("b", ["c"]), claim("c", ["a"], direction="lower")]
    for table, key in ((compare, ["claim", "rival"]), (judged, ["claim"])):
        forward = table(runs, claims, looks).set_index(key)
        backward = table(runs, claims[::-1], looks).set_index(key)
        pd.testing.assert_frame_equal(forward.sort_index(), backward.sort_index())
