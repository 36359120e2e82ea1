"""Accuracy against batch size, beside what the Group Normalization paper found on ImageNet."""

from functools import partial

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from ...config.resolved import varied_batch_sizes
from ..marks import mark
from .plot import WIDTH, Plot
from .series import Line, draw_series, final_runs, lines_of, listed, means_of

# Wu & He 2018 (arXiv 1803.08494v3), table 2: validation error of ResNet-50 on ImageNet, percent
PAPER_BATCH_SIZES = (32, 16, 8, 4, 2)  # images a GPU, on 8 GPUs
PAPER_ERROR = {
    "batch": (23.6, 23.7, 24.8, 27.3, 34.7),
    "group": (24.1, 24.2, 24.0, 24.2, 24.1),
}


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
    draw_series(ours, runs, means, lines, "batch_size")
    for norm, errors in PAPER_ERROR.items():
        line = lines[norm]
        accuracies = [100 - error for error in errors]
        known = theirs.plot(
            PAPER_BATCH_SIZES,
            accuracies,
            marker=line.marker,
            linestyle=line.dashes,
            color=line.colour,
        )
        told = zip(PAPER_BATCH_SIZES, accuracies, strict=True)
        mark(known, line.name, [f"{line.name}, batch size {x}: {y:.1f} %" for x, y in told])
    _axis(ours, sorted(set(runs["batch_size"])), "This study")
    _axis(theirs, sorted(PAPER_BATCH_SIZES), "Wu & He 2018, ImageNet")
    ours.set_xlabel("batch size, images")
    theirs.set_xlabel("batch size, images a GPU")
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
    varied = varied_batch_sizes(config)
    if not varied:
        return None
    merged = final_runs(runs, varied, "batch_size")
    lines = lines_of([*PAPER_ERROR, *merged["norm"]])
    means = means_of(merged, "batch_size", ascending=False)
    found = [f"{lines[norm].name} {listed(own.items(), 2)}" for norm, own in means.items()]
    known = []
    for norm, errors in PAPER_ERROR.items():
        accuracies = [100 - error for error in errors]
        found_there = listed(zip(PAPER_BATCH_SIZES, accuracies, strict=True), 1)
        known.append(f"{lines[norm].name} {found_there}")
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
