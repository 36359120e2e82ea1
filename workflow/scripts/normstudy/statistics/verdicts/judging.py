"""The tables of the verdicts: on every contrast, and on every claim."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from ...records.tables import SEEDS_NEEDED, STUDY_TABLES
from .. import contrasts
from ..other_images import crossed_interval
from ..seeds_needed import seeds_needed
from .claims import (
    compares_sizes,
    contrast_differences,
    contrast_interval,
    margin,
    paired_values,
    rivals,
    sense,
)
from .looks import equivalence_level, interval_levels, next_look, planned_looks
from .rule import DECIDED, Verdict, claim_verdict, contrast_verdict

COLUMNS = tuple(STUDY_TABLES["comparisons"].columns)
WHOLE = ("look", *SEEDS_NEEDED)
# claims.csv has two more, by `label_doubts.verdicts_by_scoring`.
CLAIM_COLUMNS = tuple(STUDY_TABLES["claims"].columns)[:-2]
CLAIM_WHOLE = ("look", "next_look", *SEEDS_NEEDED)


def judged_looks(
    pairs: Mapping[str, tuple[np.ndarray, np.ndarray]],
    claim: dict,
    limit: float,
    looks: Sequence[int],
    levels: Iterable[float],
    resolution: float,
) -> dict[str, dict]:
    """rival → the claim's contrast at the look that it is judged at.

    Args:
        pairs: rival → values of the variant and of the rival, each (n,), in the seeds' order.
        looks: the planned numbers of seeds; those that the pairs reach are taken.
        levels: 1 − a of each look.

    Returns:
        look, the intervals, ci_level and verdict of each contrast.
    """

    def turned(ends: tuple[float, float]) -> tuple[float, float]:
        """The interval with the claimed side positive."""
        low, high = ends
        return ends if sense(claim) > 0 else (-high, -low)

    found: dict[str, dict] = {}
    for rival, (values, _) in pairs.items():
        found[rival] = {"verdict": Verdict.ONE_RUN if len(values) < 2 else Verdict.NOT_YET}
    for look, level in zip(looks, levels, strict=True):
        for rival, both in pairs.items():
            if found[rival]["verdict"] in DECIDED or not 2 <= look <= len(both[0]):
                continue
            taken = both[0][:look], both[1][:look]
            outer = contrast_interval(claim, taken, level, resolution)
            inner = contrast_interval(claim, taken, equivalence_level(level), resolution)
            found[rival] = {
                "look": look,
                **dict(zip(("ci_low", "ci_high"), outer, strict=True)),
                "ci_level": float(level),
                **dict(zip(("equivalence_low", "equivalence_high"), inner, strict=True)),
                "verdict": contrast_verdict(*turned(outer), *turned(inner), limit),
            }
        if claim_verdict([row["verdict"] for row in found.values()]) in DECIDED:
            break
    return found


def compare(
    runs: pd.DataFrame,
    claims: list[dict],
    settings: dict,
    resolution: Mapping[str, float],
    *,
    seeds: Sequence[int] | None = None,
    correct: Mapping[str, np.ndarray] | None = None,
) -> pd.DataFrame:
    """The verdicts on all contrasts: a row per claim and rival, columns as in COLUMNS.

    Args:
        runs: a table of `summary.run_metrics`, of every variant named.
        claims: config["claims"], all of them: they are one family.
        settings: config["verdicts"].
        resolution: metric → the least spread of its differences, as of `contrasts.resolutions`.
        seeds: of the study, in its order; left out, those of the runs, ascending.
        correct: variant → (seeds, images) booleans, whether a run has a test image right, in the
            order of `seeds`; left out, there are no intervals for other images.

    Raises:
        StudyError: runs are missing or not paired by seed.
    """
    variants = list(dict.fromkeys(runs["variant"]))
    seeds = sorted(set(runs["seed"])) if seeds is None else list(seeds)
    looks = planned_looks(settings, len(seeds))
    family = sum(len(rivals(claim, variants)) for claim in claims)
    levels = interval_levels(settings, looks, max(family, 1))
    rows = []
    for claim in claims:
        metric, limit = claim["metric"], margin(claim["metric"], settings)
        pairs = {
            rival: paired_values(runs, claim, rival, seeds, looks)
            for rival in rivals(claim, variants)
        }
        judged = judged_looks(pairs, claim, limit, looks, levels, resolution[metric])
        for rival, verdict in judged.items():
            differences = contrast_differences(claim, pairs[rival])
            look = verdict.get("look")
            row = {
                "claim": claim["id"],
                "metric": metric,
                "size": compares_sizes(claim),
                "variant": claim["variant"],
                "rival": rival,
                "seeds": len(differences),
                "mean_difference": differences.mean(),
                "margin": limit,
                **verdict,
            }
            if look:
                row["standard_deviation"] = differences.std(ddof=1)
            if verdict["verdict"] == Verdict.NO_DIFFERENCE:
                row["smallest_margin"] = max(-row["equivalence_low"], row["equivalence_high"])
            if look and correct is not None and metric == "test_accuracy":
                row["other_images_low"], row["other_images_high"] = crossed_interval(
                    correct[claim["variant"]][:look],
                    correct[rival][:look],
                    equivalence_level(verdict["ci_level"]),
                    resolution[metric],
                )
            if verdict["verdict"] == Verdict.UNDECIDED:
                ahead = next_look(looks, len(differences)) or look
                row |= seeds_needed(
                    float(contrasts.deviation(differences, resolution[metric])),
                    len(differences),
                    1 - float(levels[looks.index(ahead)]),
                    limit,
                )
            rows.append(row)
    table = pd.DataFrame(rows, columns=COLUMNS)
    exact = table["ci_level"]  # so that the interval can be computed again
    table = table.round(contrasts.DECIMALS).assign(ci_level=exact)
    return table.astype(dict.fromkeys(WHOLE, "Int64"))


def judged_claims(comparisons: pd.DataFrame, settings: dict) -> pd.DataFrame:
    """The verdict on each claim: a row per claim, columns as in CLAIM_COLUMNS.

    Args:
        comparisons: a table of `compare`.
        settings: config["verdicts"].
    """
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
        comparisons: a table of `compare`.
    """
    names = []
    for _, own in comparisons.groupby("claim", sort=False):
        if claim_verdict(own["verdict"].tolist()) not in DECIDED:
            open_rows = own[~own["verdict"].isin(DECIDED)]
            names += [*open_rows["variant"], *open_rows["rival"]]
    return list(dict.fromkeys(names))
