"""Verdicts read at looks as seeds are added: when they change, and what they are read off."""

import numpy as np
import pandas as pd
import pytest
from helpers.judged import EVEN, LOOKS, UP, WIDE, compare, judge, off
from helpers.made_up import VERDICTS, claim, runs_table
from normstudy.statistics.contrasts import interval
from normstudy.statistics.other_images import crossed_interval
from normstudy.statistics.seeds_needed import seeds_needed, spread_range
from normstudy.statistics.verdicts.rule import Verdict


def first(count, **values):
    return runs_table(**{name: own[:count] for name, own in values.items()})


ESTIMATES = ["seeds", "mean_difference", "standard_deviation"]  # of all seeds there are


def assert_judged_alike(one, other):
    """All but the estimates, also the seeds that an undecided contrast would take."""
    needed = [name for name in one if name.startswith("seeds_for")]
    pd.testing.assert_frame_equal(
        one.drop(columns=[*ESTIMATES, *needed]), other.drop(columns=[*ESTIMATES, *needed])
    )


def test_a_verdict_stands_whatever_comes_later():
    """Decided at 8 seeds; the last two, which no look would forgive, change nothing."""
    early = compare(first(8, a=off(UP), b=off(EVEN)), [claim()], LOOKS)
    turned = off([*UP[:8], -9, -9])
    late = compare(runs_table(a=turned, b=off(EVEN)), [claim()], LOOKS)
    assert early["verdict"].tolist() == [Verdict.HOLDS]
    assert_judged_alike(early, late)
    assert late["mean_difference"][0] < 0  # the estimate is of all ten


def test_runs_that_end_together_are_paired_up_to_there():
    """So are those of which one ended at a look, and the other has not reached the next."""
    pairs = judge(
        runs_table(a=off(UP[:4]), b=off(EVEN[:6])), [claim(against=["b"])], LOOKS, seeds=range(1, 9)
    ).differences
    assert pairs["seed"].tolist() == [1, 2, 3, 4]
    runs = {"a": off(UP), "b": off(EVEN)}
    fewer = compare(first(7, **runs), [claim()], LOOKS, seeds=range(1, 11))
    assert_judged_alike(fewer, compare(first(4, **runs), [claim()], LOOKS))


@pytest.mark.parametrize(("count", "share"), [(4, 0.3), (10, 0.6)])
def test_the_seeds_that_it_takes_are_those_for_the_next_look(count, share):
    """At the last look, those for an interval like its own."""
    runs = first(count, a=off(WIDE), b=off([0.0] * 10))
    (row,) = compare(runs, [claim()], LOOKS).to_dict("records")
    spread = np.std(WIDE[:count], ddof=1)
    needed = seeds_needed(spread_range(spread, count), 0.05 * share, VERDICTS["margin"])
    assert {name: row[name] for name in needed} == needed


def test_the_interval_for_other_images_is_of_the_runs_that_were_judged():
    draws = np.random.default_rng(1)
    whole = {name: draws.random((7, 50)) < share for name, share in (("a", 0.9), ("b", 0.7))}
    right = {(name, seed): row for name, rows in whole.items() for seed, row in enumerate(rows, 1)}
    runs = runs_table(a=off(WIDE[:7]), b=off(EVEN[:7])).assign(gap=0.1)
    table = compare(runs, [claim(), claim(metric="gap")], LOOKS, right=right)
    level = 1 - 2 * 0.05 * 0.1 / 2
    expected = crossed_interval(whole["a"][:4], whole["b"][:4], level, 0.01)
    ends = table[["other_images_low", "other_images_high"]]
    assert ends.iloc[0].tolist() == pytest.approx(expected, abs=1e-6)
    assert ends.iloc[1].isna().all()
    alike = np.ones((4, 50), bool)
    (row,) = compare(runs, [claim()], LOOKS, right=dict.fromkeys(right, alike[0])).itertuples()
    grid = crossed_interval(alike, alike, 1 - 2 * 0.05 * 0.1, 0.01)
    assert 0 < row.other_images_high == pytest.approx(grid[1], abs=1e-6)
    few = compare(first(3, a=off(UP), b=off(EVEN)), [claim()], LOOKS, right=right)
    assert few["other_images_low"].isna().all()


def test_seeds_are_taken_in_the_order_of_the_study():
    seeds = [7, 3, 11, 5, 2]
    runs = runs_table(seeds, a=off(UP[:5]), b=off(EVEN[:5]))
    (row,) = compare(runs, [claim()], LOOKS, seeds=seeds).itertuples()
    at_look = np.array(UP[:4]) - np.array(EVEN[:4])
    low, high = interval(at_look, 1 - 0.05 * 0.1, 0.01)
    assert (row.ci_low, row.ci_high) == pytest.approx((low, high), abs=1e-6)
    pairs = judge(runs, [claim()], LOOKS, seeds=seeds).differences
    assert pairs["seed"].tolist() == seeds
    assert pairs["difference"].tolist() == pytest.approx(
        [a - b for a, b in zip(UP[:5], EVEN[:5], strict=True)]
    )
