"""A line per normalization over a quantity that the study varies."""

from collections.abc import Iterable
from itertools import cycle
from typing import NamedTuple

import pandas as pd

from ..marks import mark
from ..text.context import norm_name
from ..text.wording import listing
from .plot import COLOURS

# Colour, marker and line style.
LOOKS: list[tuple[str, str, str | tuple]] = [
    (COLOURS[0], "o", "-"),
    (COLOURS[1], "s", "--"),
    (COLOURS[2], "^", "-."),
    (COLOURS[3], "D", ":"),
    (COLOURS[4], "v", (0, (5, 1, 1, 1, 1, 1))),
]


class Line(NamedTuple):
    """How a normalization is drawn."""

    name: str
    colour: str
    marker: str
    dashes: str | tuple


def lines_of(norms: Iterable[str]) -> dict[str, Line]:
    """norm → its line, in the order of their first appearance."""
    known = dict.fromkeys(norms)
    names = [f"{norm_name(n)} Normalization" if n != "none" else "no normalization" for n in known]
    return {
        norm: Line(name, *look)
        for norm, name, look in zip(known, names, cycle(LOOKS), strict=False)
    }


def final_runs(
    runs: pd.DataFrame, varied: dict[str, tuple[str, float]], quantity: str
) -> pd.DataFrame:
    """The runs of the varied variants: variant, norm, `quantity`, seed, test_accuracy.

    Args:
        runs: a table of `summary.run_metrics`.
        varied: variant → (norm, value), as `config.resolved.varied` finds them.
    """
    table = pd.DataFrame(
        [(variant, *found) for variant, found in varied.items()],
        columns=["variant", "norm", quantity],
    )
    return table.merge(runs[["variant", "seed", "test_accuracy"]], on="variant")


def means_of(runs: pd.DataFrame, quantity: str, ascending: bool = True) -> dict[str, pd.Series]:
    """norm → mean test accuracy in percent by `quantity`."""
    return {
        norm: rows.groupby(quantity)["test_accuracy"].mean().sort_index(ascending=ascending)
        for norm, rows in runs.groupby("norm", sort=False)
    }


def draw_series(
    axes, runs: pd.DataFrame, means: dict[str, pd.Series], lines: dict[str, Line], quantity: str
) -> None:
    """A marker per run and a line through the means of each normalization."""
    for norm, own in means.items():
        line = lines[norm]
        drawn = {"linestyle": line.dashes, "color": line.colour}
        each = runs[runs["norm"] == norm]
        mark(axes.plot(own.index, own, **drawn), line.name)
        axes.plot([], [], marker=line.marker, label=line.name, **drawn)
        dots = axes.plot(
            each[quantity], each["test_accuracy"], line.marker, color=line.colour, alpha=0.7
        )
        told = zip(each[quantity], each["seed"], each["test_accuracy"], strict=True)
        name = quantity.replace("_", " ")
        mark(
            dots,
            line.name,
            [f"{line.name}, {name} {x:g}, seed {seed}: {y:.2f} %" for x, seed, y in told],
        )
    axes.set_ylabel("test accuracy, %")


def listed(accuracies: Iterable[tuple[float, float]], digits: int) -> str:
    """(value, accuracy) pairs as words."""
    return listing([f"{accuracy:.{digits}f} % at {size:g}" for size, accuracy in accuracies])
