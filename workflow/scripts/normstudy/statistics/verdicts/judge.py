"""Verdicts on the runs of any training code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...errors import StudyError
from ...records.metrics import METRICS
from .claims import paired_differences
from .judging import compare, judged_claims


@dataclass(frozen=True)
class Judgement:
    """What `judge` finds.

    The report's functions put it into words and figures: `verdict_table`, `claim_sentences` and
    `forests`.

    Attributes:
        claims: a row per claim with its verdict (judging.CLAIM_COLUMNS).
        contrasts: a row per claim and rival with its intervals (judging.COLUMNS).
        differences: a row per claim, rival and seed (claims.PAIR_COLUMNS).
        config: claims, verdicts and variants with their labels, as in a study's config.
    """

    claims: pd.DataFrame
    contrasts: pd.DataFrame
    differences: pd.DataFrame
    config: dict


def judge(
    runs: pd.DataFrame,
    claims: Sequence[Mapping],
    *,
    margin: float,
    confidence: float = 0.95,
    looks: Sequence[int] | None = None,
    labels: Mapping[str, str] | None = None,
    resolution: float | None = None,
) -> Judgement:
    """Verdicts on runs of any training code, by the protocol of this project.

    Args:
        runs: a row per run: variant, seed, and a column per metric that a claim is about. Runs of
            two variants with the same seed are a pair.
        claims: dictionaries with metric and variant; optional are against (a list of rivals; all
            others if left out), direction ("higher" or "lower"; higher if left out), id and says.
        margin: the largest difference that does not matter, in the metrics' unit.
        confidence: 1 − the accepted chance of any wrong verdict.
        looks: the numbers of seeds at which verdicts were planned to be read; one look at all
            seeds if left out.
        labels: variant → its name in tables and figures.
        resolution: the smallest step of a metric, such as 100 / number of test images: equal runs
            then decide nothing. Left out, it is the smallest step between the values found.

    Raises:
        StudyError: a column, a variant or a pair is missing.
    """
    runs = runs.assign(variant=runs["variant"].astype(str))
    variants = list(dict.fromkeys(runs["variant"]))
    stated = [_completed(claim, variants, runs) for claim in claims]
    settings = {"margin": margin, "loss_margin": margin, "confidence": confidence, "looks": looks}
    config = {
        "claims": stated,
        "verdicts": settings,
        "variants": {name: {"label": (labels or {}).get(name, name)} for name in variants},
    }
    order = sorted(set(runs["seed"]))
    steps = {
        claim["metric"]: _step(runs[claim["metric"]]) if resolution is None else resolution
        for claim in stated
    }
    contrasts = compare(runs, stated, settings, steps, seeds=order)
    return Judgement(
        claims=judged_claims(contrasts, settings),
        contrasts=contrasts,
        differences=paired_differences(runs, stated, settings, order),
        config=config,
    )


def _completed(claim: Mapping, variants: list[str], runs: pd.DataFrame) -> dict:
    """The claim with what it leaves out."""
    for key in ("metric", "variant"):
        if key not in claim:
            raise StudyError(f"the claim {dict(claim)} has no {key}")
    if claim["metric"] not in runs:
        raise StudyError(f"the runs have no column {claim['metric']!r}")
    direction = claim.get("direction", "higher")
    if direction not in ("higher", "lower"):
        raise StudyError(f"direction is higher or lower, not {direction!r}")
    named = [claim["variant"], *claim.get("against", [])] if claim.get("against") != "all" else []
    for name in named:
        if name not in variants:
            raise StudyError(f"there are no runs of {name!r}; variants: {', '.join(variants)}")
    what = METRICS[claim["metric"]].text if claim["metric"] in METRICS else claim["metric"]
    most = "highest" if direction == "higher" else "lowest"
    return {
        "id": f"{claim['variant']}-{most}-{claim['metric']}",
        "says": f"{claim['variant']} has the {most} {what}",
        "against": "all",
        "direction": direction,
        **claim,
    }


def _step(values: pd.Series) -> float:
    """The smallest step between different values; 0 if there is only one value."""
    steps = np.diff(np.unique(values.round(6)))
    return float(steps.min()) if len(steps) else 0.0
