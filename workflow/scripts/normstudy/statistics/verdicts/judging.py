"""The verdicts on a study's runs, or anybody's: on every contrast, and on every claim."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...records.tables import SEEDS_NEEDED, STUDY_TABLES, Columns
from ..contrasts import Scale, deviation
from ..other_images import crossed_interval
from ..seeds_needed import seeds_needed, spread_range
from .claims import Contrast, contrast, rivals
from .looks import equivalence_level, interval_levels, next_look, planned_looks
from .rule import DECIDED, Verdict, claim_verdict

COLUMNS = STUDY_TABLES["comparisons"].columns
PAIR_COLUMNS = STUDY_TABLES["differences"].columns
# claims.csv has two more, by `label_doubts.verdicts_by_scoring`.
CLAIM_COLUMNS = dict([*STUDY_TABLES["claims"].columns.items()][:-2])


@dataclass(frozen=True)
class Judgement:
    """What `judge` finds."""

    comparisons: pd.DataFrame  # a row per claim and rival with its intervals and verdict: COLUMNS
    claims: pd.DataFrame  # a row per claim with its verdict: CLAIM_COLUMNS
    differences: pd.DataFrame  # per claim, rival and seed what estimates are means of: PAIR_COLUMNS


def judge(
    values: pd.DataFrame,
    claims: list[dict],
    settings: dict,
    scales: Mapping[str, Scale],
    *,
    seeds: Sequence | None = None,
    right: Mapping[tuple[str, Any], np.ndarray] | None = None,
) -> Judgement:
    """The verdicts on all claims: the one way from runs to verdicts.

    Args:
        values: a row per run and metric: variant, seed, metric, value.
        claims: config["claims"], all of them: they are one family.
        settings: config["verdicts"]: confidence, looks and shares.
        scales: of each metric that a claim is about.
        seeds: of the study, in its order; left out, those of each pair of variants, ascending.
        right: (variant, seed) → whether the run has each test image right, (images,); left out,
            there are no intervals for other images.

    Raises:
        StudyError: runs are missing or not paired by seed.
    """
    variants, looks = list(dict.fromkeys(values["variant"])), settings.get("looks") or ()
    family = sum(len(rivals(claim, variants)) for claim in claims)
    levels = interval_levels(settings, looks or (0,), max(family, 1))
    rows, pairs = [], []
    for claim in claims:
        metric, variant = claim["metric"], claim["variant"]
        of_metric, scale = values[values["metric"] == metric], scales[metric]
        contrasts = {
            rival: contrast(of_metric, claim, rival, scale, seeds, looks)
            for rival in rivals(claim, variants)
        }
        for rival, row in _judged(contrasts, claim, settings, levels).items():
            named = {"claim": claim["id"], "metric": metric, "variant": variant, "rival": rival}
            pair = contrasts[rival]
            pairs += [
                named | {"seed": seed, "difference": difference}
                for seed, difference in zip(pair.seeds, pair.estimates, strict=True)
            ]
            if "look" in row and right is not None and metric == "test_accuracy":
                first, second = (
                    np.stack([right[name, seed] for seed in pair.seeds[: row["look"]]])
                    for name in (variant, rival)
                )
                level = equivalence_level(row["ci_level"])
                ends = crossed_interval(first, second, level, scale.resolution)
                row["other_images_low"], row["other_images_high"] = map(pair.rounded, ends)
            rows.append(named | row)
    comparisons = _table(rows, COLUMNS)
    return Judgement(
        comparisons,
        _table(_claims(comparisons, settings), CLAIM_COLUMNS),
        pd.DataFrame(pairs, columns=[*PAIR_COLUMNS]),
    )


def _table(rows: list[dict], columns: Columns) -> pd.DataFrame:
    """The rows as a table of these columns; whole numbers stay whole beside empty cells."""
    whole = [name for name, k in columns.items() if k.type == "integer" and not k.required]
    return pd.DataFrame(rows, columns=[*columns]).astype(dict.fromkeys(whole, "Int64"))


def _judged(
    contrasts: Mapping[str, Contrast], claim: dict, settings: dict, levels: np.ndarray
) -> dict[str, dict]:
    """rival → the claim's contrast at the look that it is judged at, with its estimates.

    Args:
        levels: 1 − a of each look.
    """
    rows: dict[str, dict] = {
        rival: {
            "size": pair.size,
            "seeds": len(pair.seeds),
            "mean_difference": pair.rounded(pair.estimates.mean()),
            "margin": pair.scale.margin,
            "verdict": Verdict.ONE_RUN if len(pair.seeds) < 2 else Verdict.NOT_YET,
        }
        for rival, pair in contrasts.items()
    }
    for number, level in enumerate(levels):
        for rival, pair in contrasts.items():
            look, row = planned_looks(settings, len(pair.seeds))[number], rows[rival]
            if row["verdict"] in DECIDED or not 2 <= look <= len(pair.seeds):
                continue
            outer, inner = (pair.interval(look, p) for p in (level, equivalence_level(level)))
            row |= {
                "look": look,
                **dict(zip(("ci_low", "ci_high"), outer, strict=True)),
                "ci_level": float(level),
                **dict(zip(("equivalence_low", "equivalence_high"), inner, strict=True)),
                "verdict": pair.verdict(outer, inner),
            }
        if claim_verdict([row["verdict"] for row in rows.values()]) in DECIDED:
            break
    for rival, row in rows.items():
        pair, count = contrasts[rival], row["seeds"]
        if "look" in row:
            row["standard_deviation"] = pair.rounded(pair.estimates.std(ddof=1))
        if row["verdict"] == Verdict.NO_DIFFERENCE:
            row["smallest_margin"] = max(-row["equivalence_low"], row["equivalence_high"])
        if row["verdict"] == Verdict.UNDECIDED:
            looks = planned_looks(settings, count)
            level = levels[looks.index(next_look(looks, count) or row["look"])]
            spread = float(deviation(pair.estimates, pair.scale.resolution))
            row |= seeds_needed(spread_range(spread, count), 1 - float(level), row["margin"])
    return rows


def _claims(comparisons: pd.DataFrame, settings: dict) -> list[dict]:
    """The verdict on each claim, from those on its contrasts."""
    rows = []
    for claim, contrasts in comparisons.groupby("claim", sort=False):
        verdict = claim_verdict(contrasts["verdict"].tolist())
        deciding, again = contrasts[contrasts["verdict"] == verdict], None
        if verdict not in DECIDED:
            reached = int(contrasts.loc[~contrasts["verdict"].isin(DECIDED), "seeds"].min())
            again = next_look(planned_looks(settings, reached), reached)
        row = {
            "claim": claim,
            **contrasts[["metric", "variant"]].iloc[0],
            "verdict": verdict,
            "deciding_rivals": " ".join(deciding["rival"]),
            "look": contrasts["look"].max(),
            "next_look": again,
        }
        if verdict == Verdict.UNDECIDED:
            row |= {
                name: deciding[name].agg("max" if "difference" in name else "min")
                for name in SEEDS_NEEDED
            }
        rows.append(row)
    return rows


def still_needed(comparisons: pd.DataFrame) -> list[str]:
    """The variants that more runs are needed of: those of the undecided contrasts of undecided
    claims, in the order of the table `comparisons` of a Judgement."""
    names = []
    for _, contrasts in comparisons.groupby("claim", sort=False):
        if claim_verdict(contrasts["verdict"].tolist()) not in DECIDED:
            undecided = contrasts[~contrasts["verdict"].isin(DECIDED)]
            names += [*undecided["variant"], *undecided["rival"]]
    return list(dict.fromkeys(names))
