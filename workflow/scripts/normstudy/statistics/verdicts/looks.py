"""At which numbers of seeds the verdicts are read, and what share of alpha each look has.

Whoever reads verdicts, adds seeds and reads again has several chances to be wrong. So the looks
are stated in advance (`verdicts.looks`) and alpha is divided among them, as Bonferroni divides it
among contrasts: whatever looks are taken, the chance of a wrong verdict is below alpha. Without
stated looks there is one: at the number of seeds.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from ...records.json_records import Look
from .claims import rivals

PROTOCOL = ("claims", "margin", "looks")  # what may not change once verdicts were read


def alpha_shares(count: int) -> np.ndarray:
    """The share of alpha of each of `count` looks where the config states none: (count,), sum 1.

    The k-th look has a share proportional to 1 + 2 + … + k: 1; 1/4, 3/4; 0.1, 0.3, 0.6; and so
    on. Most of alpha is left for the last look, which has most of the seeds, so that planning
    to look earlier costs little precision there.
    """
    order = np.arange(1, count + 1)
    weights = order * (order + 1)
    return weights / weights.sum()


def planned_looks(settings: dict, seeds: int) -> tuple[int, ...]:
    """The numbers of seeds at which verdicts are read, growing; where none are stated, `seeds`."""
    return tuple(settings.get("looks") or (seeds,))


def next_look(looks: tuple[int, ...], seeds: int) -> int | None:
    """The first planned look beyond so many seeds, or None."""
    return next((look for look in looks if look > seeds), None)


def interval_levels(settings: dict, looks: tuple[int, ...], contrasts: int) -> np.ndarray:
    """1 − a of each look, (looks,), with a = alpha · share / contrasts."""
    shares = np.array(settings.get("shares") or alpha_shares(len(looks)))
    return 1 - (1 - settings["confidence"]) * shares / contrasts


def equivalence_level(level: float) -> float:
    """1 − 2a, from 1 − a."""
    return max(2 * level - 1, 0)


def protocol(claims: list[dict], settings: dict, variants: Sequence[str]) -> dict[str, str]:
    """A digest of each part of what the verdicts are read by: the keys of PROTOCOL.

    The words of a claim do not count. Its rivals do, also where it names none: a new variant is a
    new rival of a claim against all.
    """
    what = ("id", "metric", "variant", "direction")
    looks, shares = settings.get("looks"), settings.get("shares")
    contents = {
        "claims": [
            [*(claim[key] for key in what), sorted(rivals(claim, variants))]
            for claim in sorted(claims, key=lambda claim: claim["id"])
        ],
        "margin": [settings[key] for key in ("margin", "loss_margin", "confidence")],
        "looks": [looks, shares] if shares else looks,
    }
    return {
        part: hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]
        for part, content in contents.items()
    }


def with_looks(
    history: list[Look],
    config: dict,
    comparisons: pd.DataFrame,
    now: str,
    dates: Mapping[int, str] | None = None,
) -> list[Look]:
    """The record of looks with those that are taken now, if they are new: looks.json.

    What was undecided at a look is read again at the next, and stands in the tables with that one
    only: the planned looks before it have been taken too.

    Args:
        history: the record so far.
        config: the study's.
        comparisons: its contrasts, which say at how many seeds they were read.
        now: the time.
        dates: look → when it was taken, where that was earlier.
    """
    settings = config["verdicts"]
    read = set(comparisons["look"].dropna().astype(int))
    read |= {look for look in settings.get("looks") or () if look < max(read, default=0)}
    parts = protocol(config["claims"], settings, list(config["variants"]))
    recorded = [replace(look, taken="") for look in history]
    taken = [Look(n, **parts, taken=(dates or {}).get(n, now)) for n in sorted(map(int, read))]
    return history + [look for look in taken if replace(look, taken="") not in recorded]


def changed_since(history: Sequence[Look]) -> tuple[Look, list[str]] | None:
    """The first look after which claims, margin or looks were changed, and which of these.

    None if they were not. Looks without any plan say nothing of the later ones: see
    `unplanned_looks`.
    """
    for look, later in pairwise(history):
        if parts := [part for part in PROTOCOL if getattr(look, part) != getattr(later, part)]:
            return look, parts
    return None


def unplanned_looks(history: Sequence[Look], settings: dict) -> Sequence[Look]:
    """Earlier looks of a study that states none and whose seeds were added to after a verdict."""
    if settings.get("looks") or not history:
        return []
    return [look for look in history[:-1] if look.seeds != history[-1].seeds]
