"""One line over the epochs: what it shows, its axis, and how it is drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from ..marks import mark
from .plot import GREY, Look, light, place_ticks

SPLITS = {
    "test": "Test images (evaluation mode, as they are)",
    "train": "Train images (running: in train mode, augmented)",
}
SPLIT_NAMES = {"test": "test", "train": "train (running, augmented)"}  # in a legend
LINE = {"test": "-", "train": ":"}
REFERENCE = {"linestyle": (0, (5, 2)), "linewidth": 1, "color": light(GREY)}
NEVER_ZERO = 1e-5  # nats; a loss of nothing has no place on a logarithmic axis
SOFT = 0.02  # points; keeps 100 % on the stretched axis, two images of 10,000 beyond the last tick


@dataclass(frozen=True)
class Quantity:
    """What a graph shows of each split."""

    name: str
    axis: str
    unit: str  # in the alt text
    format: str  # of a number in the alt text
    short: str  # of a number at the end of its line


LOSS = Quantity(
    "loss", "loss, nats per image\n(logarithmic axis)", "nats per image", "{:.4f}", "{:.4f}"
)
ACCURACY = Quantity(
    "accuracy", "accuracy, %\n(axis stretched towards 100)", "percent", "{:.2f} %", "{:.2f}"
)


@dataclass(frozen=True)
class Curves:
    """Every model's curves of one quantity.

    `table` is the study's curves.csv; `reference` the original's table of epochs, or None.
    """

    table: pd.DataFrame
    labels: dict[str, str]
    quantity: Quantity
    reference: pd.DataFrame | None = None

    @property
    def epochs(self) -> int:
        """The last epoch."""
        return int(self.table["epoch"].max())

    def own(self, variant: str, split: str) -> pd.DataFrame:
        """mean, lowest and highest over the seeds, by epoch."""
        metric = f"{split}_{self.quantity.name}"
        rows = self.table["variant"].eq(variant) & self.table["metric"].eq(metric)
        own = self.table[rows].set_index("epoch")[["mean", "lowest", "highest"]]
        return own.clip(lower=NEVER_ZERO) if self.quantity is LOSS else own

    def last(self, variant: str, split: str) -> str:
        """The value at the end of a line."""
        return self.quantity.short.format(self.own(variant, split)["mean"].iloc[-1])

    def ends(self, variant: str, split: str) -> str:
        """The last value of a curve and the first, for the alt text."""
        means = self.own(variant, split)["mean"]
        first, last = (self.quantity.format.format(means.iloc[i]) for i in (0, -1))
        return last if len(means) == 1 else f"{last} (from {first})"

    def known(self, variant: str, split: str) -> pd.DataFrame:
        """The original's curve (epoch, value), empty where it has none."""
        column = f"{split}_{self.quantity.name}"
        if self.reference is None or column not in self.reference:
            return pd.DataFrame({"epoch": [], "value": []})
        rows = self.reference["variant"].eq(variant) & self.reference["epoch"].le(self.epochs)
        table = self.reference.loc[rows, ["epoch", column]].set_axis(["epoch", "value"], axis=1)
        return table.assign(value=table["value"].clip(lower=NEVER_ZERO))

    def values(self, *splits: str, first: int = 1) -> np.ndarray:
        """Every value that a panel of the splits has to hold, from an epoch on."""
        lines = list(product(self.labels, splits))
        ours = [self.own(*line).loc[first:] for line in lines]
        theirs = [self.known(*line).set_index("epoch").loc[first:] for line in lines]
        return np.concatenate([table.to_numpy(float).ravel() for table in [*ours, *theirs]])

    @property
    def compared(self) -> list[str]:
        """The splits of which the original has curves."""
        return [s for s in SPLITS if any(len(self.known(v, s)) for v in self.labels)]


def _towards_100(accuracy):
    """Place on the accuracy axis: logarithmic in the error."""
    return -np.log10(100 + SOFT - np.minimum(accuracy, 100))


def _from_100(place):
    return 100 + SOFT - np.power(10.0, -np.asarray(place))


_DECADES = [10.0**k for k in range(-5, 3)]
_LOSS_TICKS = [m * d for m in (1, 2, 5, 3, 1.5, 7, 4, 2.5, 6, 8) for d in _DECADES]
_ACCURACY_TICKS = [99, 90, 99.5, 95, 98, 50, 80, 0, 99.9, 99.8, 97, 70, 60, 40, 20, 30, 10, 99.7]
_ACCURACY_TICKS += [99.3, 99.6, 99.4, 99.2, 96, 94, 92, 85, 75, 65, 55, 45, 35, 25, 100]


def scale_y(axes, quantity: Quantity, values: np.ndarray, apart: float = 0.085) -> None:
    """The y axis: its scale, its range around `values`, its ticks (`apart`) and its name."""
    values = values[np.isfinite(values)]
    position: Callable
    if quantity is LOSS:
        axes.set_yscale("log")
        low, high = values.min(), values.max()
        margin = max((high / low) ** 0.05, 1.02)
        low, high = low / margin, high * margin
        ticks, position = _LOSS_TICKS, np.log10
    else:
        axes.set_yscale("function", functions=(_towards_100, _from_100))
        low, high = _towards_100(values.min()), _towards_100(values.max())
        margin = max(0.05 * (high - low), 0.01)
        low, high = (float(_from_100(place)) for place in (low - margin, high + margin))
        low, high = max(low, -2.0), min(high, 100 + SOFT / 4)
        ticks, position = _ACCURACY_TICKS, _towards_100
    axes.set_ylim(low, high)
    place_ticks(axes.yaxis, low, high, ticks, position, apart)
    axes.set_ylabel(quantity.axis)


def draw_line(axes, curves: Curves, variant: str, split: str, look: Look, first: int = 1) -> None:
    """A line of means from an epoch on, with the band from the lowest to the highest seed."""
    own, label = curves.own(variant, split).loc[first:], curves.labels[variant]
    band = axes.fill_between(
        own.index, own["lowest"], own["highest"], color=look.colour, alpha=0.15, linewidth=0
    )
    line = axes.plot(own.index, own["mean"], **line_style(look, split))
    mark(band, (label, split))
    words = [_told(f"{label}, {split}", row, curves.quantity) for row in own.itertuples()]
    mark(line, (label, split), words)


def _told(series: str, row, quantity: Quantity) -> str:
    """The text that a point of a curve shows on hover.

    Args:
        row: mean, lowest and highest over the seeds, and the epoch as Index, from itertuples.
    """
    values = (row.mean, row.lowest, row.highest)
    mean, low, high = (quantity.format.format(value) for value in values)
    seeds = f" (seeds {low} to {high})" if row.lowest < row.highest else ""
    return f"{series}, epoch {row.Index}: {mean}{seeds}"


def line_style(look: Look, split: str) -> dict:
    """A line's colour, marker and dashes; markers of the train line are hollow."""
    return {
        "color": look.colour,
        "marker": look.marker,
        "linestyle": LINE[split],
        "markerfacecolor": look.colour if split == "test" else "white",
        "markeredgecolor": look.colour,
    }
