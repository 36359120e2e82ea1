"""What a claim compares: its variant with its rivals, in the values of runs paired by seed."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...errors import StudyError
from ...records.metrics import described
from ...records.tables import STUDY_TABLES
from .. import contrasts
from .looks import planned_looks

PAIR_COLUMNS = tuple(STUDY_TABLES["differences"].columns)


def margin(metric: str, settings: dict) -> float:
    """The largest difference that does not matter, in the metric's unit."""
    stated = described(metric).margin
    return settings[stated] if isinstance(stated, str) else stated


def rivals(claim: dict, variants: Sequence[str]) -> list[str]:
    """The variants that the claim sets its own against."""
    if claim["against"] == "all":
        return [name for name in variants if name != claim["variant"]]
    return list(claim["against"])


def sense(claim: dict) -> int:
    """1 if the claim says higher, −1 if it says lower."""
    return 1 if claim["direction"] == "higher" else -1


def compares_sizes(claim: dict) -> bool:
    """Whether the claim is about |mean gap|: a gap claimed to be small is one that is near 0."""
    return described(claim["metric"]).near_zero and claim["direction"] == "lower"


def contrast_interval(
    claim: dict, pairs: tuple[np.ndarray, np.ndarray], level: float, resolution: float
) -> tuple[float, float]:
    """The interval of what the claim compares, variant − rival, rounded as tables have it."""
    if compares_sizes(claim):
        ends = contrasts.size_interval(*pairs, level, resolution)
    else:
        ends = contrasts.interval(contrasts.difference(*pairs), level, resolution)
    low, high = (round(float(end), contrasts.DECIMALS) for end in ends)
    return low, high


def contrast_differences(claim: dict, pairs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """By seed, (n,), what has the mean that the claim is about."""
    compare = contrasts.size_differences if compares_sizes(claim) else contrasts.difference
    return compare(*pairs)


def paired_values(
    runs: pd.DataFrame, claim: dict, rival: str, seeds: Sequence[int], looks: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """What the claim compares, of its variant and of the rival: each (n,), in the seeds' order.

    A variant that no undecided claim needs any more has the runs up to a look and none beyond;
    the pairs are then those up to there.

    Args:
        runs: a table of `summary.run_metrics`.
        seeds: of the study, in its order.
        looks: the numbers of seeds at which the runs of one of the two may end.

    Raises:
        StudyError: a variant without runs, a seed that is missing or there twice, or a run
            without a value: named, never left out in silence.
    """
    metric, columns = claim["metric"], {}
    for name in (claim["variant"], rival):
        own = runs[runs["variant"] == name].set_index("seed")[metric]
        if own.empty:
            raise StudyError(f"there are no runs of variant {name!r} to compare {metric} with")
        if own.index.has_duplicates:
            twice = own.index[own.index.duplicated()][0]
            raise StudyError(f"variant {name!r} has more than one run with seed {twice}")
        if own.isna().any():
            seed = own.index[own.isna()].min()
            raise StudyError(f"the run of {name!r} with seed {seed} has no {metric}")
        columns[name] = own
    longest = max(map(len, columns.values()))
    for name, own in columns.items():
        wanted = seeds[: len(own)] if len(own) in looks else seeds[:longest]
        missing = [seed for seed in wanted if seed not in own.index]
        if missing:
            listed = ", ".join(map(str, missing))
            (other,) = columns.keys() - {name}
            raise StudyError(
                f"runs must be paired by seed to compare {name!r} with {other!r} in {metric}:"
                f" {name!r} has no run with seed {listed}"
            )
    pairs = seeds[: min(map(len, columns.values()))]
    first, second = (own.loc[list(pairs)].to_numpy() for own in columns.values())
    return first, second


def paired_differences(
    runs: pd.DataFrame, claims: list[dict], settings: dict, seeds: Sequence[int]
) -> pd.DataFrame:
    """What the estimates are means of, of all seeds: columns as in PAIR_COLUMNS.

    Args:
        As of `judging.compare`.
    """
    variants, tables = list(dict.fromkeys(runs["variant"])), []
    looks = planned_looks(settings, len(seeds))
    for claim in claims:
        for rival in rivals(claim, variants):
            values = paired_values(runs, claim, rival, seeds, looks)
            differences = contrast_differences(claim, values)
            named = {name: claim[name] for name in ("metric", "variant")}
            named = {"claim": claim["id"], **named, "rival": rival}
            pairs = list(seeds[: len(differences)])
            tables.append(pd.DataFrame({**named, "seed": pairs, "difference": differences}))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=PAIR_COLUMNS)
