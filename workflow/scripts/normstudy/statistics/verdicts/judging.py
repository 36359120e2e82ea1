"""The verdicts on a study's runs, or anybody's: on every contrast, and on every claim."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...records.tables import SEEDS_NEEDED, STUDY_TABLES
from .. import contrasts
from ..contrasts import Scale
from ..other_images import crossed_interval
from ..seeds_needed import seeds_needed, spread_range
from .claims import Contrast, contrast, rivals, sense
from .looks import equivalence_level, interval_levels, next_look, planned_looks
from .rule import DECIDED, Verdict, claim_verdict, contrast_verdict

COLUMNS = tuple(STUDY_TABLES["comparisons"].columns)
PAIR_COLUMNS = tuple(STUDY_TABLES["differences"].columns)
WHOLE = ("look", *SEEDS_NEEDED)
# claims.csv has two more, by `label_doubts.verdicts_by_scoring`.
CLAIM_COLUMNS = tuple(STUDY_TABLES["claims"].columns)[:-2]
CLAIM_WHOLE = ("look", "next_look", *SEEDS_NEEDED)


@dataclass(frozen=True)
class Judgement:
    """What `judge` finds.

    Attributes:
        comparisons: a row per claim and rival with its intervals and verdict: COLUMNS.
        claims: a row per claim with its verdict: CLAIM_COLUMNS.
        differences: a row per claim, rival and seed, what the estimates are means of:
            PAIR_COLUMNS.
    """

    comparisons: pd.DataFrame
    claims: pd.DataFrame
    differences: pd.DataFrame


def judge(
    values: pd.DataFrame,
    claims: list[dict],
    settings: dict,
    scales: Mapping[str, Scale],
    *,
    seeds: Sequence | None = None,
    correct: Mapping[str, np.ndarray] | None = None,
) -> Judgement:
    """The verdicts on all claims: the one way from runs to verdicts.

    Args:
        values: a row per run and metric: variant, seed, metric, value.
        claims: config["claims"], all of them: they are one family.
        settings: config["verdicts"]: confidence, looks and shares.
        scales: of each metric that a claim is about.
        seeds: of the study, in its order; left out, those of each pair of variants, ascending.
        correct: variant → (seeds, images) booleans, whether a run has a test image right, in the
            order of `seeds`; left out, there are no intervals for other images.

    Raises:
        StudyError: runs are missing or not paired by seed.
    """
    variants, looks = list(dict.fromkeys(values["variant"])), settings.get("looks") or ()
    family = sum(len(rivals(claim, variants)) for claim in claims)
    levels = interval_levels(settings, looks or (0,), max(family, 1))
    of_metric = dict(list(values.groupby("metric")))
    rows, pairs = [], [pd.DataFrame(columns=PAIR_COLUMNS)]
    for claim in claims:
        metric, scale = claim["metric"], scales[claim["metric"]]
        own = {
            rival: contrast(of_metric.get(metric, values[:0]), claim, rival, scale, seeds, looks)
            for rival in rivals(claim, variants)
        }
        for rival, row in _judged(own, claim, settings, levels).items():
            named = {"metric": metric, "variant": claim["variant"], "rival": rival}
            by_seed = {"seed": list(own[rival].seeds), "difference": own[rival].estimates}
            pairs.append(pd.DataFrame({"claim": claim["id"], **named, **by_seed}))
            row = {"claim": claim["id"], **named, **row}
            if "look" in row and correct is not None and metric == "test_accuracy":
                row["other_images_low"], row["other_images_high"] = crossed_interval(
                    correct[claim["variant"]][: row["look"]],
                    correct[rival][: row["look"]],
                    equivalence_level(row["ci_level"]),
                    scale.resolution,
                )
            exact = {name: row[name] for name in ("margin", "ci_level") if name in row}
            rounded = {
                name: np.round(value, own[rival].decimals)
                for name, value in row.items()
                if isinstance(value, float)
            }
            rows.append(row | rounded | exact)
    comparisons = pd.DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(WHOLE, "Int64"))
    return Judgement(
        comparisons,
        _claims(comparisons, settings),
        pd.concat(pairs[1:] or pairs, ignore_index=True),
    )


def _judged(
    own: Mapping[str, Contrast], claim: dict, settings: dict, levels: np.ndarray
) -> dict[str, dict]:
    """rival → the claim's contrast at the look that it is judged at, with its estimates.

    Args:
        own: rival → the contrast.
        levels: 1 − a of each look.
    """

    def turned(ends: tuple[float, float]) -> tuple[float, float]:
        """The interval with the claimed side positive."""
        low, high = ends
        return ends if sense(claim) > 0 else (-high, -low)

    found: dict[str, dict] = {}
    for rival, pair in own.items():
        few = Verdict.ONE_RUN if len(pair.seeds) < 2 else Verdict.NOT_YET
        found[rival] = {
            "size": pair.size,
            "seeds": len(pair.seeds),
            "mean_difference": pair.estimates.mean(),
            "margin": pair.scale.margin,
            "verdict": few,
        }
    for number, level in enumerate(levels):
        for rival, pair in own.items():
            look, row = planned_looks(settings, len(pair.seeds))[number], found[rival]
            if row["verdict"] in DECIDED or not 2 <= look <= len(pair.seeds):
                continue
            outer, inner = (pair.interval(look, p) for p in (level, equivalence_level(level)))
            row |= {
                "look": look,
                **dict(zip(("ci_low", "ci_high"), outer, strict=True)),
                "ci_level": float(level),
                **dict(zip(("equivalence_low", "equivalence_high"), inner, strict=True)),
                "verdict": contrast_verdict(*turned(outer), *turned(inner), pair.scale.margin),
            }
        if claim_verdict([row["verdict"] for row in found.values()]) in DECIDED:
            break
    for rival, row in found.items():
        pair = own[rival]
        if "look" in row:
            row["standard_deviation"] = pair.estimates.std(ddof=1)
        if row["verdict"] == Verdict.NO_DIFFERENCE:
            row["smallest_margin"] = max(-row["equivalence_low"], row["equivalence_high"])
        if row["verdict"] == Verdict.UNDECIDED:
            looks = planned_looks(settings, len(pair.seeds))
            ahead = next_look(looks, len(pair.seeds)) or row["look"]
            spread = float(contrasts.deviation(pair.estimates, pair.scale.resolution))
            row |= seeds_needed(
                spread_range(spread, len(pair.seeds)),
                1 - float(levels[looks.index(ahead)]),
                pair.scale.margin,
            )
    return found


def _claims(comparisons: pd.DataFrame, settings: dict) -> pd.DataFrame:
    """The verdict on each claim, from those on its contrasts."""
    rows = []
    for claim, own in comparisons.groupby("claim", sort=False):
        verdict = claim_verdict(own["verdict"].tolist())
        deciding = own[own["verdict"] == verdict]
        again = None
        if verdict not in DECIDED:
            reached = int(own.loc[~own["verdict"].isin(DECIDED), "seeds"].min())
            again = next_look(planned_looks(settings, reached), reached)
        rows.append(
            {
                "claim": claim,
                "metric": own["metric"].iloc[0],
                "variant": own["variant"].iloc[0],
                "verdict": verdict,
                "deciding_rivals": " ".join(deciding["rival"]),
                "look": own["look"].max(),
                "next_look": again,
            }
        )
        if verdict == Verdict.UNDECIDED:
            for end in ("low", "high"):
                for outcome, over in (("difference", "max"), ("equivalence", "min")):
                    name = f"seeds_for_{outcome}_{end}"
                    rows[-1][name] = deciding[name].agg(over)
    table = pd.DataFrame(rows, columns=CLAIM_COLUMNS)
    return table.astype(dict.fromkeys(CLAIM_WHOLE, "Int64"))


def still_needed(comparisons: pd.DataFrame) -> list[str]:
    """The variants that more runs are needed of: those of the undecided contrasts of undecided
    claims, in the order of the table.

    Args:
        comparisons: of a `Judgement`.
    """
    names = []
    for _, own in comparisons.groupby("claim", sort=False):
        if claim_verdict(own["verdict"].tolist()) not in DECIDED:
            open_rows = own[~own["verdict"].isin(DECIDED)]
            names += [*open_rows["variant"], *open_rows["rival"]]
    return list(dict.fromkeys(names))
