"""Verdicts: the rules one by one, the looks, and what must not change them."""

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from normstudy.errors import StudyError
from normstudy.statistics.contrasts import interval, resolutions
from normstudy.statistics.other_images import crossed_interval
from normstudy.statistics.seeds_needed import seeds_needed
from normstudy.statistics.verdicts import judging, rule
from normstudy.statistics.verdicts.claims import PAIR_COLUMNS, paired_differences, sense
from normstudy.statistics.verdicts.looks import alpha_shares
from normstudy.statistics.verdicts.rule import Verdict

SETTINGS = {"margin": 0.05, "loss_margin": 0.002, "confidence": 0.95, "looks": None}
GRID = resolutions(10_000, 60_000)
UP = [0.10, 0.12, 0.09, 0.11, 0.10, 0.13, 0.08, 0.10, 0.12, 0.09]
EVEN = [0.01, -0.01, 0.0, 0.02, -0.02, 0.01, 0.0, -0.01, 0.01, -0.01]
WIDE = [0.3, -0.2, 0.1, -0.3, 0.25, -0.1, 0.2, -0.15, 0.05, -0.2]


def make_runs(seeds=None, metric="test_accuracy", **values):
    """variant=[a value a seed] as a table of runs."""
    return pd.concat(
        pd.DataFrame(
            {"variant": name, "seed": (seeds or range(1, len(own) + 1))[: len(own)], metric: own}
        )
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


def compare(runs, claims, given_settings=SETTINGS, **more):
    return judging.compare(runs, claims, given_settings, GRID, **more)


def judged(runs, claims, given_settings=SETTINGS, **more):
    return judging.judged_claims(compare(runs, claims, given_settings, **more), given_settings)


def judge(distances, direction="higher", **more):
    """The only row of comparisons for a variant that is off its rival by `distances`."""
    runs = make_runs(a=off(distances), b=off([0] * len(distances)))
    (row,) = compare(runs, [claim(direction=direction, **more)]).itertuples()
    return row


# --- The rules -----------------------------------------------------------------------------


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
    found = rule.contrast_verdict(low, high, 0.05)
    assert found == verdict and isinstance(found, str)
    assert rule.contrast_verdict([low] * 2, [high] * 2, 0.05).tolist() == [verdict] * 2


def test_what_holds_is_contradicted_the_other_way_round():
    assert judge(UP).verdict == Verdict.HOLDS
    assert judge(UP, direction="lower").verdict == Verdict.CONTRADICTED
    assert judge([-d for d in UP], direction="lower").verdict == Verdict.HOLDS


def test_a_small_difference_that_is_shown():
    assert judge([0.02, 0.03, 0.02, 0.03, 0.02, 0.03, 0.02, 0.03]).verdict == Verdict.TOO_SMALL
    row = judge([-0.02, -0.03, -0.02, -0.03, -0.02, -0.03, -0.02, -0.03])
    assert row.verdict == Verdict.NO_DIFFERENCE and row.ci_high < 0


def test_undecided_says_how_many_seeds_either_outcome_takes():
    row = judge(WIDE)
    assert row.verdict == Verdict.UNDECIDED
    assert 10 < row.seeds_for_difference_low < row.seeds_for_difference_high
    assert 10 < row.seeds_for_equivalence_low < row.seeds_for_equivalence_high
    assert pd.isna(judge(UP).seeds_for_difference_low)


def test_best_means_better_than_every_rival():
    base = [0.0] * 10
    runs = make_runs(a=off(UP), b=off(base), c=off(WIDE))
    assert compare(runs, [claim()])["verdict"].tolist() == [Verdict.HOLDS, Verdict.UNDECIDED]
    (row,) = judged(runs, [claim()]).itertuples()
    assert (row.verdict, row.deciding_rivals, row.look) == (Verdict.UNDECIDED, "c", 10)
    runs = make_runs(a=off(UP), b=off(base), c=off([0.3 + d for d in UP]))
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
    runs = make_runs(a=off(UP), b=off([0.0] * 10), c=off(WIDE))
    alone = compare(runs, [claim(against=["b"])]).iloc[0]
    family = compare(runs, [claim(against=["b"]), claim("c", against=["a", "b"], id="other")])
    assert alone.ci_level == pytest.approx(0.95)
    assert family["ci_level"].tolist() == pytest.approx([1 - 0.05 / 3] * 3)
    assert family["ci_low"][0] < alone.ci_low < alone.ci_high < family["ci_high"][0]
    assert (family["sign_flip_p"][0], family["mean_difference"][0]) == (
        alone.sign_flip_p,
        alone.mean_difference,
    )


def test_a_gap_that_is_claimed_small_is_one_near_zero():
    """Gaps of −0.5 are smaller than gaps of 0.1 and yet not the smallest difference."""
    runs = make_runs(metric="gap", a=[-0.5, -0.51, -0.49, -0.5], b=[0.1, 0.11, 0.09, 0.1])
    (row,) = compare(runs, [claim(metric="gap", direction="lower")]).itertuples()
    assert row.absolute and row.verdict == Verdict.CONTRADICTED
    assert row.mean_difference == pytest.approx(0.4)
    (row,) = compare(runs, [claim(metric="gap", direction="higher")]).itertuples()
    assert not row.absolute and row.mean_difference == pytest.approx(-0.6)


@pytest.mark.parametrize("distance", [0.0, 0.01, -0.03, 0.05])
@pytest.mark.parametrize("metric", ["test_accuracy", "test_loss"])
def test_two_equal_seeds_decide_nothing(distance, metric):
    scale = 0.04 if metric == "test_loss" else 1  # of the two margins
    runs = make_runs(metric=metric, a=[0.5 + scale * distance] * 2, b=[0.5] * 2)
    (row,) = compare(runs, [claim(metric=metric)]).itertuples()
    assert row.standard_deviation == 0 and row.verdict == Verdict.UNDECIDED


def test_what_is_counted():
    row = judge([0.1, -0.1, 0.0, 0.2])
    assert (row.seeds, row.seeds_reversed, row.mean_difference) == (4, 1, 0.05)
    assert judge([0.1, -0.1, 0.0, 0.2], direction="lower").seeds_reversed == 2
    assert row.probability_of_superiority == (2 + 0.5) / 4


def test_a_row_by_hand():
    """Squares about the mean of 0.1: 0.04, 0.04, 0.01, 0.01; t is 3.182446 with 3 degrees.

    Of the eight sums ±0.3 ± 0.1 ± 0.2, four are as far from 0 as 0.4.
    """
    row = judge([0.3, -0.1, 0.2, 0.0])
    named = (row.claim, row.metric, row.variant, row.rival, row.look)
    assert named == ("a-test-accuracy", "test_accuracy", "a", "b", 4)
    assert (row.standard_deviation, row.sign_flip_p) == (0.182574, 0.5)
    half = 3.182446 * math.sqrt(0.1 / 3) / 2
    assert (row.ci_low, row.ci_high) == pytest.approx((0.1 - half, 0.1 + half), abs=1e-6)


def test_the_sense_of_a_claim():
    assert [sense(claim(direction=word)) for word in ("higher", "lower")] == [1, -1]


def test_counts_are_whole_numbers_also_where_some_are_missing():
    table = compare(make_runs(a=off(UP), b=off([0.0] * 10), c=off(WIDE)), [claim()])
    claims = judging.judged_claims(table, SETTINGS)
    assert claims["next_look"].isna().all() and table["seeds_for_difference_low"].isna().any()
    assert (table[list(judging.WHOLE)].dtypes == "Int64").all()
    assert (claims[list(judging.CLAIM_WHOLE)].dtypes == "Int64").all()


def test_a_claim_takes_the_seeds_of_its_hardest_rival_or_of_its_easiest():
    """a − c is twice a − b. Claims keep their order, and more runs are needed in that order."""
    runs = make_runs(a=off(WIDE), b=off([0.0] * 10), c=off([-d for d in WIDE]))
    table = compare(runs, [claim("c", ["b"]), claim("a", ["b", "c"])])
    _, (_, row) = judging.judged_claims(table, SETTINGS).iterrows()
    assert row[:5].tolist() == ["a-test-accuracy", "test_accuracy", "a", "undecided", "b c"]
    assert row["look"] == 10
    near, far = (own for _, own in table[1:].iterrows())
    for end in ("low", "high"):
        difference, equivalence = f"seeds_for_difference_{end}", f"seeds_for_equivalence_{end}"
        assert near[difference] < far[difference] == row[difference]
        assert far[equivalence] > near[equivalence] == row[equivalence]
    assert judging.still_needed(table) == ["c", "b", "a"]


def test_loss_has_a_margin_of_its_own():
    runs = make_runs(metric="test_loss", a=[0.0161, 0.0160, 0.0162, 0.0161], b=[0.0160] * 4)
    (row,) = compare(runs, [claim(metric="test_loss")]).itertuples()
    assert (row.verdict, row.margin) == (Verdict.NO_DIFFERENCE, 0.002)


def test_one_seed():
    row = judge([0.07])
    assert (row.verdict, row.mean_difference) == (Verdict.ONE_RUN, 0.07)
    assert pd.isna(row.sign_flip_p) and pd.isna(row.ci_low) and pd.isna(row.look)
    (row,) = judged(make_runs(a=[99.5], b=[99.4]), [claim()]).itertuples()
    assert row.verdict == Verdict.ONE_RUN


def test_no_claims_leave_the_headers():
    table = compare(make_runs(a=[99.5]), [])
    assert len(table) == 0 and tuple(table) == judging.COLUMNS
    claims = judging.judged_claims(table, SETTINGS)
    assert len(claims) == 0 and tuple(claims) == judging.CLAIM_COLUMNS


# --- Looks ---------------------------------------------------------------------------------

LOOKS = SETTINGS | {"looks": [4, 8, 10]}


def first(count, **values):
    return make_runs(**{name: own[:count] for name, own in values.items()})


@pytest.mark.parametrize("count", [2, 3])
def test_before_the_first_look_there_is_no_verdict(count):
    (row,) = compare(first(count, a=off(UP), b=off(EVEN)), [claim()], LOOKS).itertuples()
    assert row.verdict == Verdict.NOT_YET and pd.isna(row.ci_low) and row.seeds == count
    (row,) = judged(first(count, a=off(UP), b=off(EVEN)), [claim()], LOOKS).itertuples()
    assert (row.verdict, row.next_look) == (Verdict.NOT_YET, 4)


def test_between_looks_the_verdict_is_that_of_the_look():
    runs = {"a": off(WIDE), "b": off([0.0] * 10)}
    at, between = (compare(first(n, **runs), [claim()], LOOKS) for n in (4, 7))
    assert at["seeds"].tolist() == between["seeds"].tolist() == [4]
    pd.testing.assert_frame_equal(at, between)
    (row,) = judged(first(7, **runs), [claim()], LOOKS).itertuples()
    assert (row.verdict, row.look, row.next_look) == (Verdict.UNDECIDED, 4, 8)


def test_each_look_has_its_share_of_alpha():
    levels = []
    for count in (4, 8, 10):
        runs = first(count, a=off(WIDE), b=off([0.0] * 10))
        levels += compare(runs, [claim()], LOOKS)["ci_level"].tolist()
    assert levels == pytest.approx([1 - 0.05 * share for share in (0.1, 0.3, 0.6)])
    (row,) = judged(first(10, a=off(WIDE), b=off([0.0] * 10)), [claim()], LOOKS).itertuples()
    assert row.look == 10 and pd.isna(row.next_look)


def test_a_verdict_stands_whatever_comes_later():
    """Decided at 8 seeds; the last two, which no look would forgive, change nothing."""
    early = compare(first(8, a=off(UP), b=off(EVEN)), [claim()], LOOKS)
    turned = off([*UP[:8], -9, -9])
    late = compare(make_runs(a=turned, b=off(EVEN)), [claim()], LOOKS)
    assert early["verdict"].tolist() == [Verdict.HOLDS]
    pd.testing.assert_frame_equal(early, late)


def test_a_decided_claim_needs_no_more_of_its_rivals():
    """a is above b and below c at 4 seeds: contradicted, although d is open; c's claim is too."""
    runs = {"a": off(UP), "b": off([0.0] * 10), "c": off([9.0] * 10), "d": off(WIDE)}
    both = [claim(), claim("c", ["d"])]
    table = compare(first(4, **runs), both, LOOKS)
    assert judged(first(4, **runs), both, LOOKS)["verdict"].tolist() == [
        Verdict.CONTRADICTED,
        Verdict.HOLDS,
    ]
    assert judging.still_needed(table) == []
    runs["a"] = off([0.02, 0.2, 0.04, 0.16, 0.10, 0.13, 0.08, 0.10])
    table = compare(first(4, **runs), [claim("a", ["b", "d"])], LOOKS)
    assert table["verdict"].tolist() == [Verdict.UNDECIDED, Verdict.UNDECIDED]
    assert judging.still_needed(table) == ["a", "b", "d"]
    table = compare(first(8, **runs), [claim("a", ["b", "d"])], LOOKS)
    assert table["verdict"].tolist() == [Verdict.HOLDS, Verdict.UNDECIDED]
    assert judging.still_needed(table) == ["a", "d"]


def test_variants_that_stopped_at_a_look_give_the_verdicts_of_a_full_study():
    """b stops at 8 seeds, where it was decided: the rows are those of the study with all runs."""
    runs = {"a": off(UP), "b": off([0.0] * 10), "d": off(WIDE)}
    claims = [claim("a", ["b", "d"]), claim("d", ["b"])]
    full = compare(first(10, **runs), claims[:1], LOOKS)
    fewer = compare(make_runs(**(runs | {"b": runs["b"][:8]})), claims[:1], LOOKS)
    pd.testing.assert_frame_equal(full, fewer)


def test_a_rival_that_is_open_is_judged_again_beside_one_that_is_decided():
    runs = make_runs(a=off(UP), b=off([0.0] * 10), d=off(WIDE))
    assert compare(runs, [claim("a", ["b", "d"])], LOOKS)["seeds"].tolist() == [4, 10]


def test_runs_that_end_together_are_paired_up_to_there():
    runs = {"a": off(UP), "b": off(EVEN)}
    fewer = compare(first(7, **runs), [claim()], LOOKS, seeds=range(1, 11))
    pd.testing.assert_frame_equal(fewer, compare(first(4, **runs), [claim()], LOOKS))


@pytest.mark.parametrize(("count", "share"), [(4, 0.3), (10, 0.6)])
def test_the_seeds_that_it_takes_are_those_for_the_next_look(count, share):
    """At the last look, those for an interval like its own."""
    runs = first(count, a=off(WIDE), b=off([0.0] * 10))
    (row,) = compare(runs, [claim()], LOOKS).to_dict("records")
    spread = np.std(WIDE[:count], ddof=1)
    needed = seeds_needed(spread, count, 0.05 * share, SETTINGS["margin"])
    assert {name: row[name] for name in needed} == needed


def test_equal_differences_are_taken_to_have_the_grids_spread():
    row = judge([0.01, 0.01])._asdict()
    needed = seeds_needed(0.01, 2, 0.05, SETTINGS["margin"])
    assert {name: row[name] for name in needed} == needed


def test_the_interval_for_other_images_is_of_the_runs_that_were_judged():
    draws = np.random.default_rng(1)
    right = {name: draws.random((7, 50)) < share for name, share in (("a", 0.9), ("b", 0.7))}
    runs = make_runs(a=off(WIDE[:7]), b=off(EVEN[:7])).assign(gap=0.1)
    table = compare(runs, [claim(), claim(metric="gap")], LOOKS, correct=right)
    level = 1 - 0.05 * 0.1 / 2
    expected = crossed_interval(right["a"][:4], right["b"][:4], level, 0.01)
    ends = table[["other_images_low", "other_images_high"]]
    assert ends.iloc[0].tolist() == pytest.approx(expected, abs=1e-6)
    assert ends.iloc[1].isna().all()
    alike = np.ones((4, 50), bool)
    (row,) = compare(runs, [claim()], LOOKS, correct=dict.fromkeys("ab", alike)).itertuples()
    grid = crossed_interval(alike, alike, 1 - 0.05 * 0.1, 0.01)
    assert 0 < row.other_images_high == pytest.approx(grid[1], abs=1e-6)
    few = compare(first(3, a=off(UP), b=off(EVEN)), [claim()], LOOKS, correct=right)
    assert few["other_images_low"].isna().all()


def test_differences_are_a_row_per_contrast_and_seed():
    runs = make_runs(a=[99.5, 99.25], b=[99.25, 99.5], c=[99.0, 99.0])
    claims = [claim("a"), claim("c", ["b"])]
    table = paired_differences(runs, claims, SETTINGS, [1, 2])
    assert tuple(table) == PAIR_COLUMNS
    assert table.to_numpy().tolist() == [
        ["a-test-accuracy", "test_accuracy", "a", "b", 1, 0.25],
        ["a-test-accuracy", "test_accuracy", "a", "b", 2, -0.25],
        ["a-test-accuracy", "test_accuracy", "a", "c", 1, 0.5],
        ["a-test-accuracy", "test_accuracy", "a", "c", 2, 0.25],
        ["c-test-accuracy", "test_accuracy", "c", "b", 1, -0.25],
        ["c-test-accuracy", "test_accuracy", "c", "b", 2, -0.5],
    ]
    assert table.index.tolist() == list(range(6))
    none = paired_differences(runs, [], SETTINGS, [1, 2])
    assert len(none) == 0 and tuple(none) == PAIR_COLUMNS


def test_seeds_are_taken_in_the_order_of_the_study():
    seeds = [7, 3, 11, 5, 2]
    runs = make_runs(seeds, a=off(UP[:5]), b=off(EVEN[:5]))
    (row,) = compare(runs, [claim()], LOOKS, seeds=seeds).itertuples()
    expected = np.mean(np.array(UP[:4]) - np.array(EVEN[:4]))
    assert row.mean_difference == pytest.approx(expected)
    pairs = paired_differences(runs, [claim()], LOOKS, seeds)
    assert pairs["seed"].tolist() == seeds
    assert pairs["difference"].tolist() == pytest.approx(
        [a - b for a, b in zip(UP[:5], EVEN[:5], strict=True)]
    )


# --- What is missing is named --------------------------------------------------------------


@pytest.mark.parametrize(("lacking", "having"), [("a", "b"), ("b", "a")])
@pytest.mark.parametrize("seed", [7, 10])
def test_a_missing_run_is_named(lacking, having, seed):
    runs = make_runs(a=off(UP), b=off(EVEN))
    runs = runs[(runs["variant"] != lacking) | (runs["seed"] != seed)]
    with pytest.raises(StudyError, match=f"'{lacking}' has no run with seed {seed}"):
        compare(runs, [claim(against=["b"])])


def test_other_gaps_are_named():
    runs = make_runs(a=off(UP), b=off(EVEN))
    with pytest.raises(StudyError, match="no runs of variant 'c'"):
        compare(runs, [claim(against=["c"])])
    with pytest.raises(StudyError, match="'b' has more than one run with seed 1"):
        compare(pd.concat([runs, runs.iloc[10:11]]), [claim()])
    runs.loc[3, "test_accuracy"] = np.nan
    with pytest.raises(StudyError, match="the run of 'a' with seed 4 has no test_accuracy"):
        compare(runs, [claim()])


# --- What must not change a verdict --------------------------------------------------------

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
    runs = make_runs(a=first, b=second)
    (one,) = compare(runs, [claim("a")]).itertuples()
    (two,) = compare(runs, [claim("b")]).itertuples()
    assert two.mean_difference == -one.mean_difference
    assert (two.ci_low, two.ci_high) == (-one.ci_high, -one.ci_low)
    assert two.sign_flip_p == one.sign_flip_p
    assert two.probability_of_superiority == pytest.approx(
        1 - one.probability_of_superiority, abs=2e-6
    )
    assert two.verdict in TURNED[one.verdict]


@given(values, values, st.integers(-5000, 50))
def test_adding_a_constant_to_both_changes_nothing(first, second, constant):
    here = compare(make_runs(a=first, b=second), [claim()])
    shifted = [[v + constant / 100 for v in own] for own in (first, second)]
    there = compare(make_runs(a=shifted[0], b=shifted[1]), [claim()])
    pd.testing.assert_frame_equal(here, there)


@given(values, values, st.sampled_from([2, 10]))
def test_scaling_everything_scales_the_interval_and_keeps_the_verdict(first, second, factor):
    larger = [[factor * v for v in own] for own in (first, second)]
    scaled = SETTINGS | {"margin": factor * SETTINGS["margin"]}
    grid = {metric: factor * step for metric, step in GRID.items()}
    (here,) = compare(make_runs(a=first, b=second), [claim()]).itertuples()
    runs = make_runs(a=larger[0], b=larger[1])
    (there,) = judging.compare(runs, [claim()], scaled, grid).itertuples()
    assert there.verdict == here.verdict
    assert (there.ci_low, there.ci_high) == pytest.approx(
        (factor * here.ci_low, factor * here.ci_high), abs=1e-5
    )


@given(values, values, values, st.permutations(range(24)))
def test_the_order_of_the_runs_does_not_matter(a, b, c, order):
    runs = make_runs(a=a, b=b, c=c)
    claims = [claim("a", ["b", "c"]), claim("c", ["a"], direction="lower")]
    pd.testing.assert_frame_equal(
        compare(runs, claims, LOOKS), compare(runs.iloc[list(order)], claims, LOOKS)
    )


@settings(max_examples=40)
@given(values, values, values, st.sampled_from([SETTINGS, LOOKS]))
def test_the_order_of_the_claims_does_not_matter(a, b, c, looks):
    runs = make_runs(a=a, b=b, c=c)
    claims = [claim("a"), claim("b", ["c"]), claim("c", ["a"], direction="lower")]
    for table, key in ((compare, ["claim", "rival"]), (judged, ["claim"])):
        forward = table(runs, claims, looks).set_index(key)
        backward = table(runs, claims[::-1], looks).set_index(key)
        pd.testing.assert_frame_equal(forward.sort_index(), backward.sort_index())


# --- Growing n -----------------------------------------------------------------------------


@pytest.mark.parametrize("truth", [-0.05, 0.0, 0.02, 0.05])
def test_growing_n_reverses_no_more_verdicts_than_alpha(truth):
    """One contrast of a fixed truth in 4,000 studies, read at looks of growing n.

    Each look alone errs in at most alpha of the studies, and so does any of the stated looks.
    """
    drawn = np.random.default_rng(9).normal(truth, 0.07, (4000, 60)).round(2)
    looks, alpha, never = (4, 8, 16, 30, 60), 0.05, np.zeros(4000, bool)
    read = []
    for look, share in zip(looks, alpha_shares(len(looks)), strict=True):
        single = rule.contrast_verdict(*interval(drawn[:, :look], 1 - alpha, 0.01), 0.05)
        assert np.isin(single, wrong(truth)).mean() <= alpha + 0.007
        stated = interval(drawn[:, :look], 1 - alpha * share, 0.01)
        read.append(rule.contrast_verdict(*stated, 0.05))
        never = never | np.isin(read[-1], wrong(truth))
    assert never.mean() <= alpha
    for early, late in combinations(read, 2):
        assert ((early == Verdict.HOLDS) & (late == Verdict.CONTRADICTED)).mean() <= alpha
        assert ((early == Verdict.CONTRADICTED) & (late == Verdict.HOLDS)).mean() <= alpha


def wrong(truth):
    """The verdicts that are wrong of a true difference."""
    words = [Verdict.HOLDS, Verdict.TOO_SMALL] if truth <= 0 else []
    words += [Verdict.CONTRADICTED] if truth >= 0 else []
    return words + ([Verdict.NO_DIFFERENCE, Verdict.TOO_SMALL] if abs(truth) >= 0.05 else [])
