"""Accuracy against a quantity that the study varies: a line through the means of each series."""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import cycle
from operator import itemgetter
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from ...config.resolved import varied_batch_sizes, varied_learning_rates
from ..marks import mark
from ..study import means_of
from ..text.normalizations import norm_name
from ..text.wording import listing
from .plot import COLOURS, WIDTH, Plot

# Colour, marker and line style.
LOOKS: list[tuple[str, str, str | tuple]] = [
    (COLOURS[0], "o", "-"),
    (COLOURS[1], "s", "--"),
    (COLOURS[2], "^", "-."),
    (COLOURS[3], "D", ":"),
    (COLOURS[4], "v", (0, (5, 1, 1, 1, 1, 1))),
]
# Wu & He 2018 (arXiv 1803.08494v3), table 2: validation error of ResNet-50 on ImageNet, percent
PAPER_BATCH_SIZES = (32, 16, 8, 4, 2)  # images per GPU, on 8 GPUs
PAPER_ERROR = {
    "batch": (23.6, 23.7, 24.8, 27.3, 34.7),
    "group": (24.1, 24.2, 24.0, 24.2, 24.1),
}
Points = Sequence[tuple[float, float]]  # (value of the quantity, accuracy in percent)


class Line(NamedTuple):
    """How a series is drawn."""

    name: str
    colour: str
    marker: str
    dashes: str | tuple


class Series(NamedTuple):
    """The runs that a line goes through, and the points of the line."""

    line: Line
    runs: pd.DataFrame  # value, seed, test_accuracy
    means: Points


def all_series(
    runs: pd.DataFrame,
    summary: pd.DataFrame,
    varied: dict[str, tuple[str, float]],
    lines: dict[str, Line],
    *,
    descending: bool = False,
) -> list[Series]:
    """A series for each key in `varied`, in their order; the means by rising value.

    Args:
        runs: a table of `summary.run_metrics`.
        summary: a table of `summary.summarize`.
        varied: variant → (key of its series, value), as `config.resolved.varied` finds them.
        lines: the key of each series → its line.
        descending: by falling value instead.
    """
    accuracy, found = means_of(summary, "test_accuracy"), []
    for key in dict.fromkeys(key for key, _ in varied.values()):
        own = {variant: value for variant, (series, value) in varied.items() if series == key}
        each = pd.DataFrame(own.items(), columns=["variant", "value"])
        points = [(value, accuracy[variant]) for variant, value in own.items()]
        points.sort(key=itemgetter(0), reverse=descending)
        table = each.merge(runs[["variant", "seed", "test_accuracy"]], on="variant")
        found.append(Series(lines[key], table, points))
    return found


def draw_series(axes, series: Iterable[Series], told: str) -> None:
    """A marker per run and a line through the means of each series.

    Args:
        told: what a run's point says before its seed, with {name} of the series and {value}.
    """
    for line, runs, points in series:
        drawn = {"linestyle": line.dashes, "color": line.colour}
        mark(axes.plot(*zip(*points, strict=True), **drawn), line.name)
        axes.plot([], [], marker=line.marker, label=line.name, **drawn)
        dots = axes.plot(
            runs["value"], runs["test_accuracy"], line.marker, color=line.colour, alpha=0.7
        )
        words = [
            f"{told.format(name=line.name, value=run.value)}, seed {run.seed}:"
            f" {run.test_accuracy:.2f} %"
            for run in runs.itertuples()
        ]
        mark(dots, line.name, words)
    axes.set_ylabel("test accuracy, %")


def draw_paper(axes, line: Line, points: Points, told: str) -> None:
    """A line of the Group Normalization paper; `told` as of `draw_series`, before the accuracy."""
    known = axes.plot(
        *zip(*points, strict=True), marker=line.marker, linestyle=line.dashes, color=line.colour
    )
    words = [f"{told.format(name=line.name, value=x)} {y:.1f} %" for x, y in points]
    mark(known, line.name, words)
    axes.set_ylabel("validation accuracy, %")


def value_axis(axes, values: Iterable[float], title: str, label: str, base: int = 2) -> None:
    """Make the x axis logarithmic, with a tick at each value."""
    ticks = sorted(set(values))
    axes.set_xscale("log", base=base)
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(FixedFormatter([f"{tick:g}" for tick in ticks]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_title(title)
    axes.set_xlabel(label)


def over_seeds(runs: pd.DataFrame) -> str:
    """What the lines go through, for the alt text."""
    return "mean over seeds" if runs["seed"].nunique() > 1 else "one seed"


def _lines(norms: Iterable[str]) -> dict[str, Line]:
    """norm → its line, in the order of their first appearance."""
    known = dict.fromkeys(norms)
    names = [f"{norm_name(n)} Normalization" if n != "none" else "no normalization" for n in known]
    return {
        norm: Line(name, *look)
        for norm, name, look in zip(known, names, cycle(LOOKS), strict=False)
    }


def _listed(points: Points, digits: int) -> str:
    """Accuracies as words."""
    return listing([f"{accuracy:.{digits}f} % at {value:g}" for value, accuracy in points])


def accuracy_against_batch_size(
    runs: pd.DataFrame, summary: pd.DataFrame, config: dict
) -> Plot | None:
    """This study's test accuracy by batch size, and the Group Normalization paper's beside it.

    Args:
        runs: a table of `summary.run_metrics`.
        summary: a table of `summary.summarize`.

    Returns:
        None for a study that does not vary the batch size.
    """
    varied = varied_batch_sizes(config)
    if not varied:
        return None
    lines = _lines([*PAPER_ERROR, *(norm for norm, _ in varied.values())])
    series = all_series(runs, summary, varied, lines, descending=True)
    found = [f"{own.line.name} {_listed(own.means, 2)}" for own in series]
    paper: dict[Line, Points] = {
        lines[norm]: [(x, 100 - y) for x, y in zip(PAPER_BATCH_SIZES, errors, strict=True)]
        for norm, errors in PAPER_ERROR.items()
    }
    known = [f"{line.name} {_listed(points, 1)}" for line, points in paper.items()]
    return Plot(
        name="batch_size",
        draw=partial(_batch_sizes, series, paper),
        alt=(
            f"Test accuracy in this study, {over_seeds(runs)}: {'; '.join(found)}."
            f" ImageNet validation accuracy in Wu and He 2018: {'; '.join(known)}."
        ),
        caption=(
            "Accuracy against batch size, one marker per run and a line through the means. Beside"
            " it ResNet-50 on ImageNet (Wu & He 2018, table 2): another network and data, so"
            " that only the shapes compare."
        ),
        table="runs.csv, summary.csv",
        function="figures.varied.accuracy_against_batch_size",
    )


def _batch_sizes(series: list[Series], paper: dict[Line, Points], width: float) -> Figure:
    """Draw `accuracy_against_batch_size`: our panel beside or, where narrow, above the paper's."""
    narrow = width < WIDTH
    figure = Figure(figsize=(width, 6.4 if narrow else 3.7), layout="constrained")
    ours, theirs = figure.subplots(2, 1) if narrow else figure.subplots(1, 2)
    draw_series(ours, series, "{name}, batch size {value:g}")
    for line, points in paper.items():
        draw_paper(theirs, line, points, "{name}, batch size {value}:")
    sizes = [value for own in series for value in own.runs["value"]]
    value_axis(ours, sizes, "This study", "batch size, images")
    value_axis(theirs, PAPER_BATCH_SIZES, "Wu & He 2018, ImageNet", "batch size, images per GPU")
    for axes in (ours, theirs):
        axes.invert_xaxis()  # large batches first, as in the paper
    keys = ours.get_legend_handles_labels()
    figure.legend(*keys, loc="outside lower left", ncols=1 if narrow else 3)
    return figure


def accuracy_against_learning_rate(
    runs: pd.DataFrame, summary: pd.DataFrame, config: dict
) -> Plot | None:
    """Test accuracy by peak learning rate, a line per normalization.

    Does one rate for all favour a normalization? Arguments as of `accuracy_against_batch_size`.

    Returns:
        None for a study that does not vary the learning rate at one batch size.
    """
    varied = varied_learning_rates(config)
    if not varied:
        return None
    series = all_series(runs, summary, varied, _lines(norm for norm, _ in varied.values()))
    found = [f"{own.line.name} {_listed(own.means, 2)}" for own in series]
    return Plot(
        name="learning_rate",
        draw=partial(_learning_rates, series),
        alt=f"Test accuracy by peak learning rate, {over_seeds(runs)}: {'; '.join(found)}.",
        caption=(
            "Test accuracy against the peak learning rate, a marker per run and a line through the"
            " means. If the lines cross or peak at different rates, a comparison at one rate says"
            " as much about the rate as about the normalizations."
        ),
        table="runs.csv, summary.csv",
        function="figures.varied.accuracy_against_learning_rate",
    )


def _learning_rates(series: list[Series], width: float) -> Figure:
    narrow = width < WIDTH
    figure = Figure(figsize=(width, 4.2 if narrow else 3.7), layout="constrained")
    axes = figure.subplots()
    draw_series(axes, series, "{name}, max lr {value:g}")
    rates = [value for own in series for value in own.runs["value"]]
    label = "peak learning rate of the one-cycle schedule"
    value_axis(axes, rates, "Accuracy against learning rate", label, base=10)
    figure.legend(loc="outside lower left", ncols=1 if narrow else 3)
    return figure
