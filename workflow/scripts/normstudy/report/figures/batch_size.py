"""Accuracy against batch size, beside what the Group Normalization paper found on ImageNet."""

from collections.abc import Iterable
from functools import partial
from itertools import cycle
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from ..text.context import norm_name
from ..text.wording import listing
from .plot import COLOURS, WIDTH, Plot

# Wu & He 2018 (arXiv 1803.08494v3), table 2: validation error of ResNet-50 on ImageNet, percent
PAPER_BATCH_SIZES = (32, 16, 8, 4, 2)  # images a GPU, on 8 GPUs
PAPER_ERROR = {
    "batch": (23.6, 23.7, 24.8, 27.3, 34.7),
    "group": (24.1, 24.2, 24.0, 24.2, 24.1),
}
# Colour, marker and line style; those of the paper are the first two.
LOOKS = [
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


def _lines(norms: Iterable[str]) -> dict[str, Line]:
    """norm → its line."""
    known = dict.fromkeys([*PAPER_ERROR, *norms])
    names = [f"{norm_name(n)} Normalization" if n != "none" else "no normalization" for n in known]
    return {
        norm: Line(name, *look)
        for norm, name, look in zip(known, names, cycle(LOOKS), strict=False)
    }


def batch_sizes(config: dict) -> pd.DataFrame:
    """The variants that differ from another of the same normalization in batch size.

    Returns:
        variant, norm, batch_size; no rows unless some normalization has two batch sizes.
    """
    table = pd.DataFrame(
        [
            (name, variant["norm"], variant.get("batch_size", config["training"]["batch_size"]))
            for name, variant in config["variants"].items()
        ],
        columns=["variant", "norm", "batch_size"],
    )
    return table[table.groupby("norm")["batch_size"].transform("nunique") > 1]


def _listed(accuracies: Iterable[tuple[int, float]], digits: int) -> str:
    """(batch size, accuracy) pairs as words."""
    return listing([f"{accuracy:.{digits}f} % at {size}" for size, accuracy in accuracies])


def _axis(axes, sizes, title: str) -> None:
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_locator(FixedLocator(sizes))
    axes.xaxis.set_major_formatter(FixedFormatter([f"{size:g}" for size in sizes]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.invert_xaxis()  # large batches first, as in the paper
    axes.set_title(title)


def _draw(
    runs: pd.DataFrame, means: dict[str, pd.Series], lines: dict[str, Line], width: float
) -> Figure:
    """Draw `accuracy_against_batch_size`: our panel beside or, where narrow, above the paper's."""
    narrow = width < WIDTH
    figure = Figure(figsize=(width, 6.4 if narrow else 3.7), layout="constrained")
    ours, theirs = figure.subplots(2, 1) if narrow else figure.subplots(1, 2)
    for norm, own in means.items():
        line = lines[norm]
        drawn = {"linestyle": line.dashes, "color": line.colour}
        each = runs[runs["norm"] == norm]
        ours.plot(own.index, own, **drawn)
        ours.plot([], [], marker=line.marker, label=line.name, **drawn)
        ours.plot(
            each["batch_size"], each["test_accuracy"], line.marker, color=line.colour, alpha=0.7
        )
    for norm, errors in PAPER_ERROR.items():
        line = lines[norm]
        theirs.plot(
            PAPER_BATCH_SIZES,
            [100 - error for error in errors],
            marker=line.marker,
            linestyle=line.dashes,
            color=line.colour,
        )
    _axis(ours, sorted(set(runs["batch_size"])), "This study")
    _axis(theirs, sorted(PAPER_BATCH_SIZES), "Wu & He 2018, ImageNet")
    ours.set_xlabel("batch size, images")
    theirs.set_xlabel("batch size, images a GPU")
    ours.set_ylabel("test accuracy, %")
    theirs.set_ylabel("validation accuracy, %")
    keys = ours.get_legend_handles_labels()
    figure.legend(*keys, loc="outside lower left", ncols=1 if narrow else 3)
    return figure


def accuracy_against_batch_size(runs: pd.DataFrame, config: dict) -> Plot | None:
    """This study's test accuracy by batch size, and the paper's beside it.

    Args:
        runs: a table of `summary.run_metrics`.

    Returns:
        None for a study that does not vary the batch size.
    """
    varied = batch_sizes(config)
    if varied.empty:
        return None
    merged = varied.merge(runs[["variant", "seed", "test_accuracy"]], on="variant")
    lines = _lines(merged["norm"])
    means = {
        norm: rows.groupby("batch_size")["test_accuracy"].mean().sort_index(ascending=False)
        for norm, rows in merged.groupby("norm", sort=False)
    }
    found = [f"{lines[norm].name} {_listed(own.items(), 2)}" for norm, own in means.items()]
    known = []
    for norm, errors in PAPER_ERROR.items():
        accuracies = [100 - error for error in errors]
        listed = _listed(zip(PAPER_BATCH_SIZES, accuracies, strict=True), 1)
        known.append(f"{lines[norm].name} {listed}")
    seeds = runs["seed"].nunique()
    return Plot(
        name="batch_size",
        draw=partial(_draw, merged, means, lines),
        alt=(
            f"Test accuracy in this study, {'mean over seeds' if seeds > 1 else 'one seed'}:"
            f" {'; '.join(found)}. ImageNet validation accuracy in Wu and He 2018:"
            f" {'; '.join(known)}."
        ),
        caption=(
            "Accuracy against batch size, a marker a run and a line through the means. Beside"
            " it ResNet-50 on ImageNet (Wu & He 2018, table 2): another network and data, so"
            " that only the shapes compare."
        ),
        table="metrics.csv",
        function="figures.batch_size.accuracy_against_batch_size",
    )
