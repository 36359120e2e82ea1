"""Verdicts: the rules one by one, what turns them round, and what is missing is named."""

import numpy as np
import pandas as pd
import pytest
from helpers.judged import EVEN, LOOKS, UP, WIDE, compare, judge, judged, off
from helpers.made_up import VERDICTS, claim, runs_table
from hypothesis import given, settings
from hypothesis import strategies as st
from normstudy.errors import StudyError
from normstudy.statistics.contrasts import study_scales
from normstudy.statistics.verdicts import judging, rule
from normstudy.statistics.verdicts.rule import Verdict


def judged_row(distances, direction="higher", **more):
    """The only row of comparisons for a variant that is off its rival by `distances`."""
    runs = runs_table(a=off(distances), b=off([0] * len(distances)))
    (row,) = compare(runs, [claim(direction=direction, **more)]).itertuples()
    return row


ALIKE = [  # both intervals the same
    ((0.01, 0.2), Verdict.HOLDS),
    ((0.06, 0.2), Verdict.HOLDS),
    ((0.01, 0.05), Verdict.HOLDS),  # up to the margin, not below it
    ((0.01, 0.04), Verdict.TOO_SMALL),
    ((0.0, 0.04), Verdict.NO_DIFFERENCE),
    ((-0.01, 0.04), Verdict.NO_DIFFERENCE),
    ((-0.04, -0.01), Verdict.NO_DIFFERENCE),  # on the other side, and too small to matter
    ((0.0, 0.2), Verdict.UNDECIDED),
    ((-0.01, 0.05), Verdict.UNDECIDED),
    ((-0.05, 0.04), Verdict.UNDECIDED),
    ((-0.2, 0.0), Verdict.UNDECIDED),
    ((-0.05, -0.01), Verdict.CONTRADICTED),
    ((-0.2, -0.1), Verdict.CONTRADICTED),
]


@pytest.mark.parametrize(
    ("outer", "inner", "verdict"),
    [
        *((ends, ends, verdict) for ends, verdict in ALIKE),
        # A difference takes the wider interval, equivalence the narrower.
        ((0.01, 0.06), (0.02, 0.04), Verdict.TOO_SMALL),
        ((0.01, 0.06), (0.02, 0.05), Verdict.HOLDS),
        ((-0.01, 0.06), (0.01, 0.04), Verdict.NO_DIFFERENCE),
        ((-0.06, 0.06), (-0.04, 0.04), Verdict.NO_DIFFERENCE),
        ((-0.06, -0.01), (-0.05, -0.02), Verdict.CONTRADICTED),
        ((-0.06, -0.01), (-0.04, -0.02), Verdict.NO_DIFFERENCE),
        ((-0.06, 0.01), (-0.05, -0.01), Verdict.UNDECIDED),
    ],
)
def test_the_rule(outer, inner, verdict):
    found = rule.contrast_verdict(*outer, *inner, 0.05)
    assert found == verdict and isinstance(found, str)
    arrays = [[end] * 2 for end in (*outer, *inner)]
    assert rule.contrast_verdict(*arrays, 0.05).tolist() == [verdict] * 2


@pytest.mark.parametrize(
    ("rows", "whole"),
    [
        ([Verdict.HOLDS, Verdict.HOLDS], Verdict.HOLDS),
        ([Verdict.HOLDS, Verdict.TOO_SMALL], Verdict.TOO_SMALL),
        ([Verdict.HOLDS, Verdict.UNDECIDED, Verdict.TOO_SMALL], Verdict.UNDECIDED),
        ([Verdict.UNDECIDED, Verdict.NO_DIFFERENCE, Verdict.HOLDS], Verdict.NO_DIFFERENCE),
        ([Verdict.NO_DIFFERENCE, Verdict.CONTRADICTED, Verdict.HOLDS], Verdict.CONTRADICTED),
    ],
)
def test_a_claim_is_as_good_as_its_worst_contrast(rows, whole):
    assert rule.claim_verdict(rows) == rule.claim_verdict(rows[::-1]) == whole


def test_the_rivals_that_decide_a_claim_are_named():
    runs = runs_table(a=off(UP), b=off([0.0] * 10), c=off(WIDE))
    (row,) = judged(runs, [claim()]).itertuples()
    assert (row.verdict, row.deciding_rivals, row.look) == (Verdict.UNDECIDED, "c", 10)
    runs = runs_table(a=off(UP), b=off([0.0] * 10), c=off([0.3 + d for d in UP]))
    (row,) = judged(runs, [claim()]).itertuples()
    assert (row.verdict, row.deciding_rivals) == (Verdict.CONTRADICTED, "c")


def test_the_smallest_margin_is_where_the_verdict_would_change():
    row = judged_row(EVEN)
    assert row.verdict == Verdict.NO_DIFFERENCE
    assert row.smallest_margin == max(-row.equivalence_low, row.equivalence_high) < 0.05
    runs = runs_table(a=off(EVEN), b=off([0.0] * 10))
    for margin, verdict in ((1.001, Verdict.NO_DIFFERENCE), (0.999, Verdict.UNDECIDED)):
        given = VERDICTS | {"margin": margin * row.smallest_margin}
        assert compare(runs, [claim()], given)["verdict"].tolist() == [verdict]
    assert pd.isna(judged_row(UP).smallest_margin)


def test_a_claim_takes_the_seeds_of_its_hardest_rival_or_of_its_easiest():
    """a − c is twice a − b. Claims keep their order, and more runs are needed in that order."""
    runs = runs_table(a=off(WIDE), b=off([0.0] * 10), c=off([-d for d in WIDE]))
    found = judge(runs, [claim("c", ["b"]), claim("a", ["b", "c"])])
    table, (_, (_, row)) = found.comparisons, found.claims.iterrows()
    assert row[:5].tolist() == ["a-test-accuracy", "test_accuracy", "a", "undecided", "b c"]
    assert row["look"] == 10 and pd.isna(row["next_look"])
    near, far = (own for _, own in table[1:].iterrows())
    for end in ("low", "high"):
        difference, equivalence = f"seeds_for_difference_{end}", f"seeds_for_equivalence_{end}"
        assert near[difference] < far[difference] == row[difference]
        assert far[equivalence] > near[equivalence] == row[equivalence]
    assert judging.still_needed(table) == ["c", "b", "a"]


def test_one_seed():
    row = judged_row([0.07])
    assert (row.verdict, row.mean_difference) == (Verdict.ONE_RUN, 0.07)
    assert pd.isna(row.ci_low) and pd.isna(row.look)
    none = judge(runs_table(a=[99.5]), [])
    assert len(none.comparisons) == len(none.claims) == len(none.differences) == 0


@pytest.mark.parametrize(("lacking", "having"), [("a", "b"), ("b", "a")])
@pytest.mark.parametrize("seed", [7, 10])
def test_a_missing_run_is_named(lacking, having, seed):
    runs = runs_table(a=off(UP), b=off(EVEN))
    runs = runs[(runs["variant"] != lacking) | (runs["seed"] != seed)]
    with pytest.raises(StudyError, match=f"'{lacking}' has no run with seed {seed}"):
        compare(runs, [claim(against=["b"])])


def test_other_gaps_are_named():
    runs = runs_table(a=off(UP), b=off(EVEN))
    with pytest.raises(StudyError, match="no runs of variant 'c'"):
        compare(runs, [claim(against=["c"])])
    with pytest.raises(StudyError, match="'b' has more than one run with seed 1"):
        compare(pd.concat([runs, runs.iloc[10:11]]), [claim()])
    runs.loc[3, "test_accuracy"] = np.nan
    with pytest.raises(StudyError, match="the run of 'a' with seed 4 has no test_accuracy"):
        compare(runs, [claim()])


# --- What turns a verdict round, and what must not change it -------------------------------

values = st.lists(st.integers(9900, 9999).map(lambda k: k / 100), min_size=8, max_size=8)
ENDS = ["ci_low", "ci_high", "equivalence_low", "equivalence_high"]
TURNED = {
    Verdict.HOLDS: {Verdict.CONTRADICTED},
    Verdict.CONTRADICTED: {Verdict.HOLDS},
    Verdict.TOO_SMALL: {Verdict.NO_DIFFERENCE},
    Verdict.NO_DIFFERENCE: {Verdict.NO_DIFFERENCE, Verdict.TOO_SMALL},
    Verdict.UNDECIDED: {Verdict.UNDECIDED},
}


@given(values, values, st.booleans())
def test_swapping_the_two_flips_the_sign_and_the_verdict(first, second, apart):
    runs = runs_table(a=[v + 0.5 * apart for v in first], b=second)
    one, two = (compare(runs, [claim(name)]).iloc[0] for name in "ab")
    assert two.mean_difference == -one.mean_difference
    assert two[ENDS].tolist() == (-one[ENDS]).iloc[[1, 0, 3, 2]].tolist()
    assert two.verdict in TURNED[one.verdict]


@given(values, values, st.integers(-5000, 50), st.sampled_from([2, 10]))
def test_a_shift_changes_nothing_and_a_scale_scales_the_interval(first, second, shift, factor):
    here = compare(runs_table(a=first, b=second), [claim()])
    moved = [[v + shift / 100 for v in own] for own in (first, second)]
    there = compare(runs_table(a=moved[0], b=moved[1]), [claim()])
    pd.testing.assert_frame_equal(here, there)
    larger = runs_table(a=[factor * v for v in first], b=[factor * v for v in second])
    scaled = VERDICTS | {"margin": factor * VERDICTS["margin"]}
    there = compare(larger, [claim()], scaled, study_scales(scaled, 10_000 // factor, 60_000))
    assert there["verdict"].tolist() == here["verdict"].tolist()
    expected = factor * here[ENDS].iloc[0].to_numpy(float)
    assert there[ENDS].iloc[0].tolist() == pytest.approx(expected, abs=1e-5)


@settings(max_examples=40)
@given(values, values, values, st.permutations(range(24)), st.sampled_from([VERDICTS, LOOKS]))
def test_the_order_of_runs_and_claims_does_not_matter(a, b, c, order, looks):
    runs = runs_table(a=a, b=b, c=c)
    claims = [claim("a", ["b", "c"]), claim("b", ["c"]), claim("c", ["a"], direction="lower")]
    forward = judge(runs, claims, looks)
    backward = judge(runs.iloc[list(order)], claims[::-1], looks)
    for name, key in (("comparisons", ["claim", "rival"]), ("claims", ["claim"])):
        one, other = (getattr(found, name).set_index(key) for found in (forward, backward))
        pd.testing.assert_frame_equal(one.sort_index(), other.sort_index())
