"""Looks: their shares of alpha, and which comes next."""

import hashlib
import json
from dataclasses import replace

import pandas as pd
import pytest
from helpers.made_up import VERDICTS, claim, made_up_study
from helpers.page import said
from normstudy.records.json_records import Look
from normstudy.statistics.verdicts.looks import (
    changed_since,
    next_look,
    planned_looks,
    protocol,
    unplanned_looks,
    with_looks,
)

CLAIM = claim("gn", id="x", says="It is so")


def test_which_looks_are_planned_and_come_next():
    """Without stated looks the number of seeds is the only one."""
    assert planned_looks({}, 8) == planned_looks({"looks": None}, 8) == (8,)
    assert planned_looks({"looks": [10, 30]}, 8) == (10, 30)
    assert [next_look((10, 30), n) for n in (1, 10, 29, 30, 31)] == [10, 30, 30, None, None]


# --- The record ----------------------------------------------------------------------------


def parts(claims=(CLAIM,), variants=("gn", "ln"), **settings):
    return protocol(list(claims), VERDICTS | settings, variants)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        *(({"claims": [CLAIM | {key: value}]}, "claims") for key, value in {
            "direction": "lower", "id": "y", "metric": "gap", "variant": "ln", "against": ["a"],
        }.items()),
        ({"claims": [CLAIM, CLAIM | {"id": "y"}]}, "claims"),
        ({"variants": ("gn", "ln", "new")}, "claims"),
        *(({key: 0.1}, "margin") for key in ("margin", "loss_margin", "confidence")),
        ({"looks": [5, 10]}, "looks"),
    ],
)  # fmt: skip
def test_what_counts_as_a_change_of_plan(change, part):
    other = parts(**change)
    assert [name for name in other if other[name] != parts()[name]] == [part]


def test_words_and_order_do_not_count():
    assert parts() == parts([CLAIM | {"says": "Other words"}]) == parts(variants=("ln", "gn"))
    assert parts() == parts([CLAIM | {"against": ["ln"]}])  # all the rivals there are
    named = [parts([CLAIM | {"against": rivals}]) for rivals in (["a", "b"], ["b", "a"])]
    assert named[0] == named[1]
    first, second = CLAIM, CLAIM | {"id": "y"}
    assert parts([first, second]) == parts([second, first])


def test_the_digests_are_those_of_records_made_so_far():
    """Another digest of the same plan would tell every study that its plan was changed."""
    contents = {
        "claims": [["x", "test_accuracy", "gn", "higher", ["ln"]]],
        "margin": [0.05, 0.002, 0.95],
        "looks": [3, 4],
    }
    assert parts(looks=[3, 4]) == {
        part: hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]
        for part, content in contents.items()
    }


def recorded(*looks, **plan):
    """A record of looks, each (seeds, date), of one plan."""
    return [Look(seeds, **parts(**plan), taken=date) for seeds, date in looks]


def test_a_look_is_recorded_once_and_with_those_before_it():
    def taken(history, read, now="now", **settings):
        config = {"claims": [CLAIM], "variants": {"gn": {}, "ln": {}}}
        comparisons = pd.DataFrame({"look": pd.array([*read, None], "Int64")})
        return with_looks(
            history, config | {"verdicts": VERDICTS | settings}, comparisons, now, {10: "then"}
        )

    assert taken([], []) == [] and taken([], [8, 8]) == recorded((8, "now"))
    plan = {"looks": [10, 30, 60]}
    once = taken([], [30, 30], **plan)
    assert once == recorded((10, "then"), (30, "now"), **plan)
    assert taken(once, [30], "later", **plan) == once
    assert taken(once, [60], "later", **plan) == [*once, *recorded((60, "later"), **plan)]
    assert len(taken(once, [30], **plan, margin=0.1)) == 4


def test_the_first_change_is_found_with_its_parts():
    plan, wider = {"looks": [3, 4]}, {"looks": [3, 5], "margin": 0.1}
    history = recorded((2, "a"), (3, "b"), **plan)
    assert changed_since([]) is None and changed_since(history) is None
    changed = history + recorded((4, "c"), **wider)
    assert changed_since(changed) == (history[-1], ["margin", "looks"])
    again = changed + recorded((5, "d"), **plan)
    assert changed_since(again) == (history[-1], ["margin", "looks"])


def test_unplanned_looks_are_those_before_seeds_were_added():
    history = recorded((3, "a"), (4, "b"), (6, "c"))
    assert unplanned_looks(history, {"looks": None}) == history[:2]
    assert unplanned_looks(history, {"looks": [3, 4, 6]}) == []
    assert unplanned_looks([], {}) == unplanned_looks(history[:1], {}) == []
    assert unplanned_looks(history[:1] + recorded((3, "d"), margin=0.1), {}) == []


def told(history, seeds=4, looks=None):
    values = {"gn": [99.5, 99.6, 99.55, 99.5][:seeds], "ln": [99.4, 99.5, 99.3, 99.2][:seeds]}
    settings = {"looks": looks} if looks else {}
    study = made_up_study(values, claims=[CLAIM], verdicts=settings, epochs=1)
    return said("looks", replace(study, looks=tuple(history)))


def test_seeds_added_without_looks_are_said():
    first = recorded((3, "2026-01-01T00:00:00Z"))
    assert told(first, 3) == ""
    text = told(first + recorded((4, "2026-02-02T00:00:00Z")))
    assert text.startswith("Warning") and " 3 (2026-01-01)." in text


def test_a_plan_is_told_and_its_looks_are_not_held_against_it():
    date = "2026-01-01T00:00:00Z"
    history = recorded((3, date), (4, date), looks=[3, 4])
    text = told(history, 4, [3, 4])
    assert text.startswith("Verdicts are read at 3 and 4 seeds, as planned.")
    assert "Warning" not in text and "after the last look" not in text
    assert "Seeds after the last look taken: 1." in told(history, 4, [3, 6])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"margin": 0.1}, "the margin or confidence"),
        ({"looks": [3, 4, 9]}, "the looks"),
        ({"claims": []}, "the claims"),
    ],
)
def test_what_changed_after_a_look_is_said(change, words):
    history = recorded((3, "2026-01-01T00:00:00Z"), looks=[3, 4])
    other = recorded((4, "2026-02-02T00:00:00Z"), **({"looks": [3, 4]} | change))
    text = told(history + other, 4, [3, 4])
    assert "after verdicts had been read at 3 seeds on 2026-01-01" in text
    assert f"changed: {words}." in text
