"""How numbers of a verdict are written: differences, intervals, p-values, numbers of seeds."""

import pandas as pd

from ...records.metrics import described
from ...statistics.seeds_needed import MOST_SEEDS
from ...statistics.verdicts.rule import Verdict
from .wording import signed


def unit(metric: str) -> str:
    """The unit of a difference in the metric."""
    return described(metric).difference


def metric_name(metric: str, size: bool = False) -> str:
    """The metric without its unit."""
    return f"{'size of the mean ' if size else ''}{described(metric).name}"


def amount(value: float, metric: str) -> str:
    """A difference with its sign, to a tenth of what one test image of 10,000 makes."""
    return signed(value, described(metric).difference_decimals)


def size(value: float, metric: str) -> str:
    """A difference without a sign."""
    return amount(value, metric).lstrip("+±")


def probability(p: float) -> str:
    """A p-value with two significant digits."""
    return "<\N{NO-BREAK SPACE}0.0001" if p < 0.0001 else f"{p:.2g}" if p < 0.995 else "1"


def says(config: dict) -> dict[str, str]:
    """Claim → its sentence, without a full stop."""
    return {claim["id"]: claim["says"].rstrip(".") for claim in config["claims"]}


def labels_of(config: dict) -> dict[str, str]:
    """Variant → its label."""
    return {name: variant["label"] for name, variant in config["variants"].items()}


def margins(comparisons: pd.DataFrame) -> str:
    """The margin of every unit in a table of contrasts: ±0.05 points or ±0.002 nats."""
    pairs = zip(comparisons["margin"], comparisons["metric"].map(unit), strict=True)
    return " or ".join(dict.fromkeys(f"±{margin:g} {name}" for margin, name in pairs))


def on_these_images(rows: pd.DataFrame) -> str:
    """Whether a claim's "no difference that matters" is about these test images only.

    Args:
        rows: the claim's contrasts.
    """
    rows = rows[rows["verdict"] == Verdict.NO_DIFFERENCE]
    furthest = rows[["other_images_low", "other_images_high"]].abs().max(axis=1)
    return " on these test images" if (furthest >= rows["margin"]).any() else ""


def bounded(value: float, metric: str) -> float:
    """An end of an interval, no further from 0 than a difference in the metric can be."""
    known = described(metric)
    most = known.highest - known.lowest
    return min(max(value, -most), most)


def low_to_high(low: float, high: float, metric: str) -> str:
    """The two ends of an interval of a difference."""
    low, high = bounded(low, metric), bounded(high, metric)
    return f"{amount(low, metric)} to {amount(high, metric)}"


def seeds_needed(row, outcome: str) -> str:
    """The range of the numbers of seeds that an undecided contrast would take; "" if none.

    Args:
        row: of comparisons.csv, from itertuples; read back with gaps it has floats.
        outcome: "difference" or "equivalence".
    """
    ends = (getattr(row, f"seeds_for_{outcome}_{end}") for end in ("low", "high"))
    low, high = (-1 if pd.isna(end) else int(end) for end in ends)
    text = "" if low < 0 else f"{low:,} to {high:,}" if high > low else f"{low:,}"
    return text + "+" * (high >= MOST_SEEDS)
