"""Every figure of the report, each a function of tables: `Plot`s with their words.

The curves over the epochs are in curves.py, what all share in plot.py.
"""

import numpy as np
import pandas as pd
import torch
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..augmentation import draw, jitter, rotate
from ..data import Split
from ..single_run import wilson
from ..streams import stream
from .curves import accuracy, loss, variant_curves
from .plot import GREY, WIDTH, Plot, looks, plain, style
from .wording import counted, listing

__all__ = ["accuracy", "augmented_strip", "final_accuracy", "loss", "variant_curves"]

AUGMENTED_ROWS = 4


def final_accuracy(
    runs: pd.DataFrame,
    labels: dict[str, str],
    images: int,
    reference: dict[str, float] | None = None,
) -> Plot:
    """The final test accuracy of every run: a dot a seed, the mean, the replicated study's mark.

    With one seed the bar is Wilson's 95 % interval, which is about the images drawn for the
    test and not about what another seed would give.

    Args:
        runs: variant, seed, test_accuracy (percent).
        labels: variant → label.
        images: number of test images.
        reference: variant → the replicated study's test accuracy in percent.
    """
    reference = reference or {}
    look = looks(labels)
    seeds = runs["seed"].nunique()
    words = []
    with style():
        figure = Figure(figsize=(WIDTH, 1.7 + 0.55 * len(labels)), layout="constrained")
        figure.suptitle("Final test accuracy", x=0.01, ha="left", fontsize=13, fontweight="bold")
        axes = figure.subplots()
        for row, (variant, label) in enumerate(labels.items()):
            own = runs.loc[runs["variant"] == variant, "test_accuracy"].to_numpy(float)
            drawn = {"color": look[variant].colour, "marker": look[variant].marker}
            if seeds == 1:
                low, high = wilson(own[0], images)
                axes.plot([low, high], [row, row], color=look[variant].colour, linewidth=2)
                axes.plot(own, [row], linestyle="", markersize=8, **drawn)
                words.append(f"{label} {own[0]:.2f} % (interval {low:.2f}–{high:.2f} %)")
            else:
                # Spread over a little height in the order of the seeds: equal values stay visible.
                heights = row + np.linspace(-0.18, 0.18, len(own))
                axes.plot(own, heights, linestyle="", markersize=6, alpha=0.65, **drawn)
                axes.plot([own.mean()] * 2, [row - 0.32, row + 0.32], color="black", linewidth=2)
                words.append(
                    f"{label} mean {own.mean():.2f} % (seeds {own.min():.2f}–{own.max():.2f} %)"
                )
            if variant in reference:
                axes.plot(
                    [reference[variant]], [row], linestyle="", marker="x", color=GREY,
                    markersize=9, markeredgewidth=2,
                )  # fmt: skip
                words[-1] += f", replicated study {reference[variant]:.2f} %"
        axes.set_yticks(range(len(labels)), [plain(label, 28) for label in labels.values()])
        axes.set_ylim(len(labels) - 0.45, -0.55)  # the first variant on top
        axes.grid(axis="y", visible=False)
        axes.margins(x=0.06)
        axes.ticklabel_format(axis="x", useOffset=False)
        axes.set_xlabel(f"test accuracy, % of {counted(images, 'image')}")
        handles = [_handle("a run", marker="o", linestyle="-" if seeds == 1 else "")]
        if seeds == 1:
            handles[0].set_label("the run, with Wilson's 95 % interval")
        else:
            handles += [_handle("mean over seeds", marker="|", markersize=12, markeredgewidth=2)]
        if any(variant in labels for variant in reference):
            handles += [
                _handle("the replicated study's run", marker="x", color=GREY, markeredgewidth=2)
            ]
        figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return Plot(
        name="final_accuracy",
        figure=figure,
        alt=f"Final test accuracy, a row a model: {'; '.join(words)}.",
        caption=(
            "Test accuracy after the last epoch. The bars are Wilson's 95 % intervals: the chance"
            " in which images the test set holds, without that of another seed."
            if seeds == 1
            else f"Test accuracy after the last epoch, a mark for each of {seeds} seeds."
        ),
        table="metrics.csv",
        function="figures.final_accuracy",
    )


def _handle(label: str, **look) -> Line2D:
    """An entry of a legend that stands for every colour."""
    return Line2D([], [], label=label, **{"color": "black", "linestyle": "", **look})


def augmented_strip(
    train: Split, classes: tuple[str, ...], noun: str, training: dict, seed: int
) -> Plot:
    """What the network sees in training: an image of each class, and draws of it below.

    Args:
        train: the training images.
        classes: names of the classes.
        noun: what an image shows.
        training: a recipe's rotation_degrees, brightness and contrast.
        seed: of the draws.
    """
    present = [label for label in range(len(classes)) if (train.labels == label).any()]
    chosen = [int(np.flatnonzero(train.labels == label)[0]) for label in present]
    originals = torch.from_numpy(train.images[chosen].copy())
    count = len(chosen)
    draws = draw(
        AUGMENTED_ROWS * count,
        stream(seed, "augmentation"),
        training["rotation_degrees"],
        training["brightness"],
        training["contrast"],
    )
    rotated = rotate(originals.repeat(AUGMENTED_ROWS, 1, 1), draws.degrees)
    augmented = jitter(rotated, draws.brightness, draws.contrast, draws.brightness_first)
    rows = [originals.float(), *augmented.split(count)]
    with style():
        figure = Figure(figsize=(WIDTH, 0.2 + 0.72 * len(rows)), layout="constrained")
        grid = figure.subplots(len(rows), count, squeeze=False)
        for number, (axes_row, images) in enumerate(zip(grid, rows, strict=True)):
            for axes, image in zip(axes_row, images, strict=True):
                axes.imshow(image.numpy(), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
                axes.set_xticks([])
                axes.set_yticks([])
                axes.spines[:].set_visible(False)
            axes_row[0].set_ylabel(
                "original" if number == 0 else f"draw {number}",
                rotation=0, ha="right", va="center", fontsize=9,
            )  # fmt: skip
    ranges = (
        f"rotated by up to ±{training['rotation_degrees']:g}°, brightness by factors of"
        f" {_factors(training['brightness'])}, contrast by factors of"
        f" {_factors(training['contrast'])}"
    )
    names = listing([classes[label] for label in present])
    return Plot(
        name="augmentation",
        figure=figure,
        alt=(
            f"The first training image of each class ({names}) in the top row; below, "
            f"{AUGMENTED_ROWS} random draws of each {noun}, {ranges}."
        ),
        caption=(
            f"The first training image of each class, and {AUGMENTED_ROWS} draws of what the"
            f" network sees of it in training: {ranges}."
        ),
        table="provenance.json",
        function="figures.augmented_strip",
    )


def _factors(jitter: float) -> str:
    return f"{max(0.0, 1 - jitter):g} to {1 + jitter:g}"
