"""What a claim compares: its variant with its rivals, in the values of runs paired by seed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...errors import StudyError
from .. import contrasts
from ..contrasts import Scale
from .rule import contrast_verdict


def rivals(claim: dict, variants: Sequence[str]) -> list[str]:
    """The variants that the claim sets its own against."""
    if claim["against"] == "all":
        return [name for name in variants if name != claim["variant"]]
    return list(claim["against"])


def sense(claim: dict) -> int:
    """1 if the claim says higher, −1 if it says lower."""
    return 1 if claim["direction"] == "higher" else -1


@dataclass(frozen=True)
class Contrast:
    """A claim's variant against one rival, in runs paired by seed.

    Attributes:
        seeds: of the pairs, in the order of the study.
        differences, totals: variant − rival and variant + rival by seed: (n,).
        scale: of the metric.
        decimals: of differences and intervals.
        size: whether the claim is about |mean|: of a gap claimed to be small, which is near 0.
        sense: of the claim.
    """

    seeds: Sequence
    differences: np.ndarray
    totals: np.ndarray
    scale: Scale
    decimals: int
    size: bool
    sense: int

    def rounded(self, value: float) -> float:
        """A difference with its decimals."""
        return float(np.round(value, self.decimals))

    def interval(self, look: int, level: float) -> tuple[float, float]:
        """Of what the claim compares, variant − rival, over the first `look` seeds; rounded."""
        differences, step = self.differences[:look], self.scale.resolution
        if self.size:
            ends = contrasts.size_interval(differences, self.totals[:look], level, step)
        else:
            ends = contrasts.interval(differences, level, step)
        low, high = (round(float(end), self.decimals) for end in ends)
        return low, high

    def verdict(self, outer: tuple[float, float], inner: tuple[float, float]) -> str:
        """That by its intervals of level 1 − a and 1 − 2a."""
        (low, high), (inner_low, inner_high) = (
            ends if self.sense > 0 else (-ends[1], -ends[0]) for ends in (outer, inner)
        )
        return contrast_verdict(low, high, inner_low, inner_high, self.scale.margin)

    @property
    def estimates(self) -> np.ndarray:
        """By seed, (n,), what has the mean that the claim is about."""
        if self.size:
            return contrasts.size_differences(self.differences, self.totals)
        return self.differences


def contrast(
    values: pd.DataFrame,
    claim: dict,
    rival: str,
    scale: Scale,
    seeds: Sequence | None,
    looks: Sequence[int] = (),
) -> Contrast:
    """The claim against one rival.

    A variant that no undecided claim needs any more has the runs up to a look and none beyond;
    the pairs are then those up to there.

    Args:
        values: of the claim's metric: variant, seed, value.
        seeds: of the study, in its order; None for those of the two, ascending.
        looks: the numbers of seeds at which the runs of one of the two may end.

    Raises:
        StudyError: a variant without runs, a seed that is missing or there twice, or a run
            without a value: named, never left out in silence.
    """
    metric, names = claim["metric"], (claim["variant"], rival)
    columns = [values[values["variant"] == name].set_index("seed")["value"] for name in names]
    for name, runs in zip(names, columns, strict=True):
        if runs.empty:
            raise StudyError(f"there are no runs of variant {name!r} to compare {metric} with")
        for seed in runs.index[runs.index.duplicated()]:
            raise StudyError(f"variant {name!r} has more than one run with seed {seed}")
        for seed in sorted(runs.index[runs.isna()]):
            raise StudyError(f"the run of {name!r} with seed {seed} has no {metric}")
    if seeds is None:
        seeds = sorted(columns[0].index.union(columns[1].index))
    longest = max(map(len, columns))
    for name, other, runs in zip(names, names[::-1], columns, strict=True):
        wanted = seeds[: len(runs)] if len(runs) in looks else seeds[:longest]
        if missing := [str(seed) for seed in wanted if seed not in runs.index]:
            raise StudyError(
                f"runs must be paired by seed to compare {name!r} with {other!r} in {metric}:"
                f" {name!r} has no run with seed {', '.join(missing)}"
            )
    pairs = seeds[: min(map(len, columns))]
    first, second = (runs.loc[list(pairs)].to_numpy(float) for runs in columns)
    decimals = scale.decimals
    if decimals is None:
        decimals = contrasts.decimals_of(np.array([first, second]))
    return Contrast(
        seeds=pairs,
        differences=contrasts.difference(first, second, decimals),
        totals=contrasts.difference(first, -second, decimals),
        scale=scale,
        decimals=decimals,
        size=scale.near_zero and claim["direction"] == "lower",
        sense=sense(claim),
    )
