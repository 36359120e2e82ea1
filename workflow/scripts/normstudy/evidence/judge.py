"""Verdicts on runs that are already there: published ones, or those of any other training code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd

from ..config.resolved import run_parameters, seeds
from ..errors import StudyError
from ..records.json_records import Look, RunRecord, StudyRecord
from ..records.tables import NETWORK
from ..report.figures.plot import Plot
from ..report.figures.verdicts import forests
from ..report.study import Study
from ..report.text.claims import claim_sentences
from ..report.text.verdicts import verdict_table
from ..statistics.study_tables import study_tables
from ..statistics.summary import METRICS
from ..statistics.verdicts.claims import paired_differences
from ..statistics.verdicts.judging import compare, judged_claims
from ..statistics.verdicts.looks import protocol, taken_looks, with_looks
from .store import Evidence, trained

# What the records of a study and its runs hold besides what is published and judged.
UNPUBLISHED = dict.fromkeys((own.name for own in (*fields(StudyRecord), *fields(RunRecord))), "")


def judged_study(
    evidence: Evidence,
    config: dict,
    reference: pd.DataFrame | None = None,
    issues: pd.DataFrame | None = None,
    date: str = "",
) -> Study:
    """The tables and figures of a study from its published runs, nothing trained.

    Args:
        evidence: the runs.
        config: the study's config, checked: its claims and verdict settings are applied. Variants
            that it has and nobody ran are left out.
        reference: the original's table of epochs, where it applies.
        issues: the table of label issues, where the dataset has one.
        date: of the looks that are taken now, beyond the published ones.

    Raises:
        StudyError: the config describes other runs than the published ones.
    """
    ran = list(dict.fromkeys(run["variant"] for run in evidence.runs))
    for variant in ran:
        known = variant in config["variants"]
        recipe = trained(evidence.facts["recipes"][variant])
        # A key that recipes did not have then says nothing of these runs.
        if (
            not known
            or {k: v for k, v in run_parameters(config, variant).items() if k in recipe} != recipe
        ):
            raise StudyError(f"the published runs of {variant} had another recipe than the config")
    variants = {name: own for name, own in config["variants"].items() if name in ran}
    config = config | {"variants": variants, "seeds": seeds(evidence.config)}
    tables = study_tables(
        config,
        evidence.epochs,
        evidence.evaluation,
        evidence.predictions(issues),
        reference,
        issues,
    )
    recipes = evidence.facts["recipes"]
    runs = [{**UNPUBLISHED, **run, "recipe": recipes[run["variant"]]} for run in evidence.runs]
    record = evidence.facts | {"config": config, "runs": runs, "jobs": []}
    return Study(
        folder=Path(config["results"]),
        looks=tuple(_looks(evidence, config, tables["comparisons"], date)),
        provenance=StudyRecord.of({**UNPUBLISHED, **record}),
        network=pd.DataFrame(columns=list(NETWORK)),
        reference=reference,
        label_issues=issues,
        **tables,
    )


@dataclass(frozen=True)
class Judgement:
    """What `judge` finds.

    Attributes:
        claims: a row per claim with its verdict (judging.CLAIM_COLUMNS).
        contrasts: a row per claim and rival with its interval (judging.COLUMNS).
        table: the contrasts as text, for people.
        sentences: a paragraph per claim.
        forests: forest plots; `.figure` is a matplotlib figure.
    """

    claims: pd.DataFrame
    contrasts: pd.DataFrame
    table: pd.DataFrame
    sentences: list[str]
    forests: list[Plot]


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
        confidence: that all intervals are right together.
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
    judged = judged_claims(contrasts, settings)
    differences = paired_differences(runs, stated, settings, order)
    return Judgement(
        claims=judged,
        contrasts=contrasts,
        table=verdict_table(contrasts, judged, config),
        sentences=claim_sentences(contrasts, judged, config),
        forests=forests(differences, contrasts, config),
    )


def _looks(evidence: Evidence, config: dict, comparisons: pd.DataFrame, date: str) -> list[Look]:
    """The published record of looks, with those that `comparisons` are read at."""
    settings = config["verdicts"]
    looks = taken_looks(settings, comparisons["look"].dropna())
    parts = protocol(config["claims"], settings, list(config["variants"]))
    return with_looks(evidence.looks, dict.fromkeys(looks, date), parts)


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
    what = METRICS.get(claim["metric"], claim["metric"])
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
