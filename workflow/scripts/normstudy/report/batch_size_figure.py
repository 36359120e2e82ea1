"""Accuracy against batch size, beside what the Group Normalization paper found on ImageNet."""

from collections.abc import Iterable
from itertools import cycle

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from .context import norm_name
from .plot import COLOURS, WIDTH, Plot, style
from .wording import listing

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


def _lines(norms: Iterable[str]) -> dict[str, tuple]:
    """norm → its name, colour, marker and line style."""
    known = dict.fromkeys([*PAPER_ERROR, *norms])
    return {
        norm: (f"{norm_name(norm)} Normalization" if norm != "none" else "no normalization", *look)
        for norm, look in zip(known, cycle(LOOKS), strict=False)
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


def _axis(axes, sizes, title: str) -> None:
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_locator(FixedLocator(sizes))
    axes.xaxis.set_major_formatter(FixedFormatter([f"{size:g}" for size in sizes]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.invert_xaxis()  # large batches first, as in the paper
    axes.set_title(title)


def accuracy_against_batch_size(runs: pd.DataFrame, config: dict) -> Plot | None:
    """This study's test accuracy by batch size on the left, the paper's on the right.

    Args:
        runs: a table of `summary.run_metrics`.

    Returns:
        None for a study that does not vary the batch size.
    """
    varied = batch_sizes(config)
    if varied.empty:
        return None
    merged = varied.merge(runs[["variant", "seed", "test_accuracy"]], on="variant")
    lines, found, known = _lines(merged["norm"]), [], []
    with style():
        figure = Figure(figsize=(WIDTH, 3.7), layout="constrained")
        ours, theirs = figure.subplots(1, 2)
        for norm, rows in merged.groupby("norm", sort=False):
            label, colour, marker, line = lines[norm]
            means = rows.groupby("batch_size")["test_accuracy"].mean().sort_index(ascending=False)
            ours.plot(means.index, means, linestyle=line, color=colour)
            ours.plot([], [], marker=marker, linestyle=line, color=colour, label=label)
            ours.plot(rows["batch_size"], rows["test_accuracy"], marker, color=colour, alpha=0.7)
            each = [f"{value:.2f} % at {size}" for size, value in means.items()]
            found.append(f"{label} {listing(each)}")
        for norm, errors in PAPER_ERROR.items():
            label, colour, marker, line = lines[norm]
            accuracies = [100 - error for error in errors]
            theirs.plot(PAPER_BATCH_SIZES, accuracies, marker=marker, linestyle=line, color=colour)
            each = [
                f"{accuracy:.1f} % at {size}"
                for size, accuracy in zip(PAPER_BATCH_SIZES, accuracies, strict=True)
            ]
            known.append(f"{label} {listing(each)}")
        _axis(ours, sorted(set(merged["batch_size"])), "This study")
        _axis(theirs, sorted(PAPER_BATCH_SIZES), "Wu & He 2018, ImageNet")
        ours.set_xlabel("batch size, images")
        theirs.set_xlabel("batch size, images a GPU")
        ours.set_ylabel("test accuracy, %")
        theirs.set_ylabel("validation accuracy, %")
        figure.legend(*ours.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    seeds = runs["seed"].nunique()
    return Plot(
        name="batch_size",
        figure=figure,
        alt=(
            f"Test accuracy in this study, {'mean over seeds' if seeds > 1 else 'one seed'}:"
            f" {'; '.join(found)}. ImageNet validation accuracy in Wu and He 2018:"
            f" {'; '.join(known)}."
        ),
        caption=(
            "Accuracy against batch size, a marker a run and a line through the means. On the"
            " right ResNet-50 on ImageNet (Wu & He 2018, table 2): another network and data, so"
            " that only the shapes compare."
        ),
        table="metrics.csv",
        function="batch_size_figure.accuracy_against_batch_size",
    )
