"""How many seeds would decide each claim, before anything is trained."""

import math
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from ..report.text.amounts import seeds_needed as spelled
from ..statistics.seeds_needed import POWER, seeds_needed, spread_range
from ..statistics.verdicts.claims import rivals
from ..statistics.verdicts.looks import interval_levels
from .claims import read_claims
from .runs import read_runs


def planned(claims: str | Path, runs: str | Path | None = None) -> Iterator[str]:
    """A line per claim: the seeds that would show a difference of the margin, or that none matters.

    Runs of two variants are taken to differ independently: differences have √2 times the standard
    deviation of runs. Earlier runs, of any variants, tell it as a range (seeds_needed.py).

    Args:
        claims: the claims file; without runs its metrics state their spread.
        runs: earlier ones, as of `runs.read_runs`.

    Raises:
        StudyError: a file cannot be read, or a metric has no spread.
    """
    asked = read_claims(claims)
    given, settings = asked.metrics, asked.settings
    values = read_runs(runs, asked) if runs else pd.DataFrame({"variant": []})
    there = [*asked.labels, *values["variant"]]
    named = [name for c in asked.complete for name in (c["variant"], *rivals(c, there))]
    names = list(dict.fromkeys([*there, *named]))
    family = sum(len(rivals(claim, names)) for claim in asked.complete)
    if not family:
        raise asked.error(("claims",), "there is no rival; name the variants in `labels`")
    alpha = 1 - float(interval_levels(settings, tuple(settings["looks"] or (0,)), family)[-1])
    yield (
        f"Comparisons: {family}, each with an allowed error of {100 * alpha:.2g} %"
        + (f" at the last look, {settings['looks'][-1]} seeds." if settings["looks"] else ".")
    )
    for number, claim in enumerate(asked.complete):
        metric, margin = claim["metric"], given[claim["metric"]].margin
        if runs:
            by_variant = values[values["metric"] == metric].groupby("variant")["value"]
            freedom = int((by_variant.size() - 1).sum())
            if not freedom:
                raise asked.error(("claims", number), f"no variant has two runs with {metric}")
            square = (by_variant.var() * (by_variant.size() - 1)).sum() / freedom
            spreads = spread_range(math.sqrt(2 * square), freedom + 1)
        elif (spread := given[metric].spread) is not None:
            spreads = (math.sqrt(2) * spread,) * 2
        else:
            words = "state the standard deviation over seeds, spread, or name earlier runs"
            raise asked.error(("metrics", metric), words)
        row = SimpleNamespace(**seeds_needed(spreads, alpha, margin))
        yield (
            f"“{claim['says'].rstrip('.')}”: {spelled(row, 'difference')} seeds would show a"
            f" difference of {margin:g} {asked.described[metric].difference},"
            f" {spelled(row, 'equivalence')} that none matters ({100 * POWER:.0f} % of studies)."
        )
