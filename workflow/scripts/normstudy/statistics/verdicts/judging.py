"""The tables of the verdicts: on every contrast, and on every claim."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from ...records.tables import SEEDS_NEEDED, STUDY_TABLES
from .. import contrasts
from ..other_images import crossed_interval
from ..seeds_needed import seeds_needed
from .claims import compares_absolute_values, margin, paired_values, rivals, sense
from .looks import interval_levels, next_look, planned_looks
from .rule import DECIDED, Verdict, claim_verdict, contrast_verdict

COLUMNS = tuple(STUDY_TABLES["comparisons"].columns)
WHOLE = ("look", "seeds_reversed", *SEEDS_NEEDED)
# claims.csv has two more, by `label_doubts.verdicts_by_scoring`.
CLAIM_COLUMNS = tuple(STUDY_TABLES["claims"].columns)[:-2]
CLAIM_WHOLE = ("look", "next_look", *SEEDS_NEEDED)


def judged_looks(
    pairs: Mapping[str, np.ndarray],
    claim: dict,
    limit: float,
    looks: Sequence[int],
    levels: Iterable[float],
    resolution: float,
) -> dict[str, dict]:
    """rival → the claim's contrast at the look that it is judged at.

    Args:
        pairs: rival → its paired differences, (n,), in the order of the seeds.
        looks: the planned numbers of seeds; those that the differences reach are taken.
        levels: of the intervals at each look.

    Returns:
        look, seeds, ci_low, ci_high, ci_level and verdict of each contrast.
    """
    found: dict[str, dict] = {}
    for rival, differences in pairs.items():
        verdict = Verdict.ONE_RUN if len(differences) < 2 else Verdict.NOT_YET
        found[rival] = {"look": None, "seeds": len(differences), "verdict": verdict}
    for look, level in zip(looks, levels, strict=True):
        for rival, differences in pairs.items():
            if found[rival]["verdict"] in DECIDED or not 2 <= look <= len(differences):
                continue
            ends = contrasts.interval(differences[:look], level, resolution)
            low, high = (round(float(end), contrasts.DECIMALS) for end in ends)
            turned = (low, high) if sense(claim) > 0 else (-high, -low)
            found[rival] = {
                "look": look,
                "seeds": look,
                "ci_low": low,
                "ci_high": high,
                "ci_level": float(level),
                "verdict": contrast_verdict(*turned, limit),
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
        values = {
            rival: paired_values(runs, claim, rival, seeds, looks)
            for rival in rivals(claim, variants)
        }
        pairs = {rival: contrasts.difference(*both) for rival, both in values.items()}
        judged = judged_looks(pairs, claim, limit, looks, levels, resolution[metric])
        for rival, verdict in judged.items():
            taken = slice(verdict["seeds"])
            differences = pairs[rival][taken]
            row = {
                "claim": claim["id"],
                "metric": metric,
                "absolute": compares_absolute_values(claim),
                "variant": claim["variant"],
                "rival": rival,
                "mean_difference": differences.mean(),
                "margin": limit,
                **verdict,
            }
            if verdict["look"]:
                row |= {
                    "standard_deviation": differences.std(ddof=1),
                    "sign_flip_p": contrasts.sign_flip(differences),
                    "probability_of_superiority": contrasts.probability_of_superiority(
                        *(own[taken] for own in values[rival])
                    ),
                    "seeds_reversed": int((sense(claim) * differences < 0).sum()),
                }
            if verdict["look"] and correct is not None and metric == "test_accuracy":
                own, other = (correct[name][taken] for name in (claim["variant"], rival))
                row["other_images_low"], row["other_images_high"] = crossed_interval(
                    own, other, verdict["ci_level"], resolution[metric]
                )
            if verdict["verdict"] == Verdict.UNDECIDED:
                ahead = next_look(looks, len(pairs[rival])) or verdict["look"]
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
