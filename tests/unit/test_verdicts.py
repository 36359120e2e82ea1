"""Verdicts: the rules one by one, and what is missing is named."""

import math

import numpy as np
import pandas as pd
import pytest
from helpers.judged import EVEN, UP, WIDE, compare, judge, judged, off
from helpers.made_up import VERDICTS, claim, runs_table
from normstudy.errors import StudyError
from normstudy.statistics.seeds_needed import seeds_needed, spread_range
from normstudy.statistics.verdicts import judging, rule
from normstudy.statistics.verdicts.claims import sense
from normstudy.statistics.verdicts.rule import Verdict


def judged_row(distances, direction="higher", **more):
    """The only row of comparisons for a variant that is off its rival by `distances`."""
    runs = runs_table(a=off(distances), b=off([0] * len(distances)))
    (row,) = compare(runs, [claim(direction=direction, **more)]).itertuples()
    return row


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.01, 0.2, Verdict.HOLDS),
        (0.06, 0.2, Verdict.HOLDS),
        (0.01, 0.05, Verdict.HOLDS),  # up to the margin, not below it
        (0.01, 0.04, Verdict.TOO_SMALL),
        (0.0, 0.04, Verdict.NO_DIFFERENCE),
        (-0.01, 0.04, Verdict.NO_DIFFERENCE),
        (-0.04, 0.0, Verdict.NO_DIFFERENCE),
        (-0.04, -0.01, Verdict.NO_DIFFERENCE),  # on the other side, and too small to matter
        (0.0, 0.2, Verdict.UNDECIDED),
        (-0.01, 0.05, Verdict.UNDECIDED),
        (-0.05, 0.04, Verdict.UNDECIDED),
        (-0.3, 0.2, Verdict.UNDECIDED),
        (-0.2, 0.0, Verdict.UNDECIDED),
        (-0.05, -0.01, Verdict.CONTRADICTED),
        (-0.2, -0.1, Verdict.CONTRADICTED),
    ],
)
def test_the_rule(low, high, verdict):
    """Of two intervals that happen to be equal."""
    ends = (low, high, low, high)
    found = rule.contrast_verdict(*ends, 0.05)
    assert found == verdict and isinstance(found, str)
    arrays = [[end] * 2 for end in ends]
    assert rule.contrast_verdict(*arrays, 0.05).tolist() == [verdict] * 2


@pytest.mark.parametrize(
    ("outer", "inner", "verdict"),
    [
        ((0.01, 0.06), (0.02, 0.04), Verdict.TOO_SMALL),
        ((0.01, 0.06), (0.02, 0.05), Verdict.HOLDS),
        ((-0.01, 0.06), (0.01, 0.04), Verdict.NO_DIFFERENCE),  # only the narrower one leaves 0
        ((-0.06, 0.06), (-0.04, 0.04), Verdict.NO_DIFFERENCE),
        ((-0.06, -0.01), (-0.05, -0.02), Verdict.CONTRADICTED),
        ((-0.06, -0.01), (-0.04, -0.02), Verdict.NO_DIFFERENCE),
        ((-0.06, 0.01), (-0.05, -0.01), Verdict.UNDECIDED),
    ],
)
def test_a_difference_takes_the_wider_interval_and_equivalence_the_narrower(outer, inner, verdict):
    assert rule.contrast_verdict(*outer, *inner, 0.05) == verdict


def test_what_holds_is_contradicted_the_other_way_round():
    assert judged_row(UP).verdict == Verdict.HOLDS
    assert judged_row(UP, direction="lower").verdict == Verdict.CONTRADICTED
    assert judged_row([-d for d in UP], direction="lower").verdict == Verdict.HOLDS


def test_a_small_difference_that_is_shown():
    assert judged_row([0.02, 0.03, 0.02, 0.03, 0.02, 0.03, 0.02, 0.03]).verdict == Verdict.TOO_SMALL
    row = judged_row([-0.02, -0.03, -0.02, -0.03, -0.02, -0.03, -0.02, -0.03])
    assert row.verdict == Verdict.NO_DIFFERENCE and row.ci_high < 0


def test_undecided_says_how_many_seeds_either_outcome_takes():
    row = judged_row(WIDE)
    assert row.verdict == Verdict.UNDECIDED
    assert 10 < row.seeds_for_difference_low < row.seeds_for_difference_high
    assert 10 < row.seeds_for_equivalence_low < row.seeds_for_equivalence_high
    assert pd.isna(judged_row(UP).seeds_for_difference_low)


def test_best_means_better_than_every_rival():
    base = [0.0] * 10
    runs = runs_table(a=off(UP), b=off(base), c=off(WIDE))
    assert compare(runs, [claim()])["verdict"].tolist() == [Verdict.HOLDS, Verdict.UNDECIDED]
    (row,) = judged(runs, [claim()]).itertuples()
    assert (row.verdict, row.deciding_rivals, row.look) == (Verdict.UNDECIDED, "c", 10)
    runs = runs_table(a=off(UP), b=off(base), c=off([0.3 + d for d in UP]))
    (row,) = judged(runs, [claim()]).itertuples()
    assert (row.verdict, row.deciding_rivals) == (Verdict.CONTRADICTED, "c")


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


def test_one_family_of_all_contrasts():
    """Three contrasts of two claims share alpha; the interval is that of the level it states."""
    runs = runs_table(a=off(UP), b=off([0.0] * 10), c=off(WIDE))
    alone = compare(runs, [claim(against=["b"])]).iloc[0]
    family = compare(runs, [claim(against=["b"]), claim("c", against=["a", "b"], id="other")])
    assert alone.ci_level == pytest.approx(0.95)
    assert family["ci_level"].tolist() == pytest.approx([1 - 0.05 / 3] * 3)
    assert family["ci_low"][0] < alone.ci_low < alone.ci_high < family["ci_high"][0]
    assert family["mean_difference"][0] == alone.mean_difference


def test_a_gap_that_is_claimed_small_is_one_near_zero():
    """Gaps of −0.5 are smaller than gaps of 0.1 and yet not the smallest difference."""
    runs = runs_table(metric="gap", a=[-0.5, -0.51, -0.49, -0.5], b=[0.1, 0.11, 0.09, 0.1])
    (row,) = compare(runs, [claim(metric="gap", direction="lower")]).itertuples()
    assert row.size and row.verdict == Verdict.CONTRADICTED
    assert row.mean_difference == pytest.approx(0.4)
    (row,) = compare(runs, [claim(metric="gap", direction="higher")]).itertuples()
    assert not row.size and row.mean_difference == pytest.approx(-0.6)


@pytest.mark.parametrize("distance", [0.0, 0.01, -0.03, 0.05])
@pytest.mark.parametrize("metric", ["test_accuracy", "test_loss"])
def test_two_equal_seeds_decide_nothing(distance, metric):
    """Where there are two contrasts or more: one alone may be decided by two runs of each."""
    scale = 0.04 if metric == "test_loss" else 1  # of the two margins
    runs = runs_table(metric=metric, a=[0.5 + scale * distance] * 2, b=[0.5] * 2)
    row, _ = compare(runs, [claim(metric=metric), claim("b", metric=metric)]).itertuples()
    assert row.standard_deviation == 0 and row.verdict == Verdict.UNDECIDED


def test_the_smallest_margin_is_where_the_verdict_would_change():
    row = judged_row(EVEN)
    assert row.verdict == Verdict.NO_DIFFERENCE
    assert row.smallest_margin == max(-row.equivalence_low, row.equivalence_high) < 0.05
    runs = runs_table(a=off(EVEN), b=off([0.0] * 10))
    for margin, verdict in ((1.001, Verdict.NO_DIFFERENCE), (0.999, Verdict.UNDECIDED)):
        settings = VERDICTS | {"margin": margin * row.smallest_margin}
        assert compare(runs, [claim()], settings)["verdict"].tolist() == [verdict]
    assert pd.isna(judged_row(UP).smallest_margin)


def test_a_row_by_hand():
    """Squares about the mean of 0.1: 0.04, 0.04, 0.01, 0.01; 3 degrees of freedom, whose t is
    3.182446 at 95 % and 2.353363 at 90 %.
    """
    row = judged_row([0.3, -0.1, 0.2, 0.0])
    named = (row.claim, row.metric, row.variant, row.rival, row.look)
    assert named == ("a-test-accuracy", "test_accuracy", "a", "b", 4)
    assert (row.seeds, row.mean_difference, row.standard_deviation) == (4, 0.1, 0.182574)
    half, inner = (t * math.sqrt(0.1 / 3) / 2 for t in (3.182446, 2.353363))
    assert (row.ci_low, row.ci_high) == pytest.approx((0.1 - half, 0.1 + half), abs=1e-6)
    ends = (row.equivalence_low, row.equivalence_high)
    assert ends == pytest.approx((0.1 - inner, 0.1 + inner), abs=1e-6)


def test_the_sense_of_a_claim():
    assert [sense(claim(direction=word)) for word in ("higher", "lower")] == [1, -1]


def test_counts_are_whole_numbers_also_where_some_are_missing():
    table = compare(runs_table(a=off(UP), b=off([0.0] * 10), c=off(WIDE)), [claim()])
    claims = judged(runs_table(a=off(UP), b=off([0.0] * 10), c=off(WIDE)), [claim()])
    assert claims["next_look"].isna().all() and table["seeds_for_difference_low"].isna().any()
    assert (table[list(judging.WHOLE)].dtypes == "Int64").all()
    assert (claims[list(judging.CLAIM_WHOLE)].dtypes == "Int64").all()


def test_a_claim_takes_the_seeds_of_its_hardest_rival_or_of_its_easiest():
    """a − c is twice a − b. Claims keep their order, and more runs are needed in that order."""
    runs = runs_table(a=off(WIDE), b=off([0.0] * 10), c=off([-d for d in WIDE]))
    found = judge(runs, [claim("c", ["b"]), claim("a", ["b", "c"])])
    table, (_, (_, row)) = found.comparisons, found.claims.iterrows()
    assert row[:5].tolist() == ["a-test-accuracy", "test_accuracy", "a", "undecided", "b c"]
    assert row["look"] == 10
    near, far = (own for _, own in table[1:].iterrows())
    for end in ("low", "high"):
        difference, equivalence = f"seeds_for_difference_{end}", f"seeds_for_equivalence_{end}"
        assert near[difference] < far[difference] == row[difference]
        assert far[equivalence] > near[equivalence] == row[equivalence]
    assert judging.still_needed(table) == ["c", "b", "a"]


def test_loss_has_a_margin_of_its_own():
    runs = runs_table(metric="test_loss", a=[0.0161, 0.0160, 0.0162, 0.0161], b=[0.0160] * 4)
    (row,) = compare(runs, [claim(metric="test_loss")]).itertuples()
    assert (row.verdict, row.margin) == (Verdict.NO_DIFFERENCE, 0.002)


def test_one_seed():
    row = judged_row([0.07])
    assert (row.verdict, row.mean_difference) == (Verdict.ONE_RUN, 0.07)
    assert pd.isna(row.ci_low) and pd.isna(row.look)
    (row,) = judged(runs_table(a=[99.5], b=[99.4]), [claim()]).itertuples()
    assert row.verdict == Verdict.ONE_RUN


def test_no_claims_leave_the_headers():
    found = judge(runs_table(a=[99.5]), [])
    assert len(found.comparisons) == len(found.claims) == len(found.differences) == 0
    assert tuple(found.comparisons) == judging.COLUMNS
    assert tuple(found.claims) == judging.CLAIM_COLUMNS
    assert tuple(found.differences) == judging.PAIR_COLUMNS


def test_equal_differences_are_taken_to_have_the_grids_spread():
    row = judged_row([0.01, 0.01])._asdict()
    needed = seeds_needed(spread_range(0.01, 2), 0.05, VERDICTS["margin"])
    assert {name: row[name] for name in needed} == needed


def test_differences_are_a_row_per_contrast_and_seed():
    runs = runs_table(a=[99.5, 99.25], b=[99.25, 99.5], c=[99.0, 99.0])
    claims = [claim("a"), claim("c", ["b"])]
    table = judge(runs, claims).differences
    assert tuple(table) == judging.PAIR_COLUMNS
    assert table.to_numpy().tolist() == [
        ["a-test-accuracy", "test_accuracy", "a", "b", 1, 0.25],
        ["a-test-accuracy", "test_accuracy", "a", "b", 2, -0.25],
        ["a-test-accuracy", "test_accuracy", "a", "c", 1, 0.5],
        ["a-test-accuracy", "test_accuracy", "a", "c", 2, 0.25],
        ["c-test-accuracy", "test_accuracy", "c", "b", 1, -0.25],
        ["c-test-accuracy", "test_accuracy", "c", "b", 2, -0.5],
    ]
    assert table.index.tolist() == list(range(6))


def test_pairs_end_where_a_variant_ended_at_a_look():
    """The other went on beyond, and has not reached the next look yet."""
    runs = runs_table(a=off([0.1] * 4), b=off([0] * 6))
    settings = VERDICTS | {"looks": [4, 8]}
    pairs = judge(runs, [claim(against=["b"])], settings, seeds=range(1, 9)).differences
    assert pairs["seed"].tolist() == [1, 2, 3, 4]
    assert pairs["difference"].tolist() == pytest.approx([0.1] * 4)


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
