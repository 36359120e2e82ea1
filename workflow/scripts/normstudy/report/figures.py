"""Every figure of the report, each a function of tables: `Plot`s with their words.

The curves over the epochs are in curves.py, what all share in plot.py.
"""

from functools import partial

import numpy as np
import pandas as pd
import torch
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ..augmentation import draw, jitter, rotate
from ..data import Split
from ..matrix import misclassified_matrix
from ..single_run import wilson
from ..streams import stream
from .curves import accuracy, loss, variant_curves
from .plot import DISTINCT, GREY, WIDTH, Plot, looks, name_rows, plain, title
from .study import Study
from .wording import counted, listing

__all__ = [
    "accuracy",
    "augmented_strip",
    "final_accuracy",
    "loss",
    "narrow_matrix",
    "variant_curves",
]

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
    seeds = runs["seed"].nunique()
    values = {v: runs.loc[runs["variant"] == v, "test_accuracy"].to_numpy(float) for v in labels}
    words = []
    for variant, label in labels.items():
        own = values[variant]
        if seeds == 1:
            low, high = wilson(own[0], images)
            words.append(f"{label} {own[0]:.2f} % (interval {low:.2f}–{high:.2f} %)")
        else:
            spread = f"seeds {own.min():.2f}–{own.max():.2f} %"
            words.append(f"{label} mean {own.mean():.2f} % ({spread})")
        if variant in reference:
            words[-1] += f", replicated study {reference[variant]:.2f} %"
    return Plot(
        name="final_accuracy",
        draw=partial(_final_accuracy, values, labels, images, reference),
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


def _final_accuracy(values, labels, images, reference, width) -> Figure:
    """Draw `final_accuracy`: values[variant] are its test accuracies in percent, by seed."""
    look, narrow = looks(labels), width < WIDTH
    seeds = len(next(iter(values.values())))
    row_height = 0.62 if narrow else 0.5 if len(labels) <= DISTINCT else 0.36
    figure = Figure(figsize=(width, 1.5 + row_height * len(labels)), layout="constrained")
    title(figure, "Final test accuracy", width)
    axes = figure.subplots()
    for row, (variant, own) in enumerate(values.items()):
        drawn = {"color": look[variant].colour, "marker": look[variant].marker}
        if seeds == 1:
            axes.plot(wilson(own[0], images), [row, row], color=look[variant].colour, linewidth=2)
            axes.plot(own, [row], linestyle="", markersize=8, **drawn)
        else:
            # Spread over a little height in the order of the seeds: equal values stay visible.
            heights = row + np.linspace(-0.18, 0.18, len(own))
            axes.plot(own, heights, linestyle="", markersize=6, alpha=0.65, **drawn)
            axes.plot([own.mean()] * 2, [row - 0.32, row + 0.32], color="black", linewidth=2)
        if variant in reference:
            axes.plot(
                [reference[variant]], [row], linestyle="", marker="x", color=GREY,
                markersize=9, markeredgewidth=2,
            )  # fmt: skip
    name_rows(axes, labels.values(), width)
    axes.margins(x=0.06)
    axes.xaxis.set_major_locator(MaxNLocator(4 if narrow else 7, steps=[1, 2, 5, 10]))
    axes.ticklabel_format(axis="x", useOffset=False)
    axes.set_xlabel(f"test accuracy, % of {counted(images, 'image')}")
    if seeds == 1:
        handles = [_handle("the run, with Wilson's 95 % interval", marker="o", linestyle="-")]
    else:
        handles = [
            _handle("a run", marker="o"),
            _handle("mean over seeds", marker="|", markersize=12, markeredgewidth=2),
        ]
    if any(variant in labels for variant in reference):
        handles += [
            _handle("the replicated study's run", marker="x", color=GREY, markeredgewidth=2)
        ]
    figure.legend(handles=handles, loc="outside lower left", ncols=1 if narrow else 3)
    return figure


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
    rows = torch.stack([originals.float(), *augmented.split(count)]).numpy()
    ranges = (
        f"rotated by up to ±{training['rotation_degrees']:g}°, brightness by factors of"
        f" {_factors(training['brightness'])}, contrast by factors of"
        f" {_factors(training['contrast'])}"
    )
    names = listing([classes[label] for label in present])
    return Plot(
        name="augmentation",
        draw=partial(_strip, rows, [classes[label] for label in present]),
        alt=(
            f"The first training image of each class ({names}) and, beside each,"
            f" {AUGMENTED_ROWS} random draws of that {noun}, {ranges}."
        ),
        caption=(
            f"The first training image of each class, and {AUGMENTED_ROWS} draws of what the"
            f" network sees of it in training: {ranges}."
        ),
        table="provenance.json",
        function="figures.augmented_strip",
        photographs=True,
    )


def _strip(rows: np.ndarray, names: list[str], width: float) -> Figure:
    """Draw `augmented_strip`: rows (row, class, 28, 28), the originals first.

    A class has a column or, where the figure is narrow, a row.
    """
    narrow = width < WIDTH
    grid = rows.swapaxes(0, 1) if narrow else rows
    down, across = grid.shape[:2]
    kinds = ["original", *(f"draw {number}" for number in range(1, len(rows)))]
    side = (width - 0.7) / max(across, 5)
    figure = Figure(figsize=(width, 0.3 + side * down), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.01, h_pad=0.01, wspace=0.01, hspace=0.01)
    for axes, image in zip(
        figure.subplots(down, across, squeeze=False).flat, grid.reshape(-1, 28, 28), strict=True
    ):
        axes.imshow(image, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    heads, sides = (kinds, names) if narrow else (names, kinds)
    for axes, name in zip(figure.axes, heads, strict=False):
        axes.set_title(plain(name, 9), fontsize=9, loc="center")
    for axes, name in zip(figure.axes[::across], sides, strict=False):
        axes.set_ylabel(plain(name, 9), rotation=0, ha="right", va="center", fontsize=9)
    return figure


def narrow_matrix(study: Study, variant: str, test: Split) -> Figure:
    """The errors of a variant with the first seed, two images a row for a phone."""
    seed, shown = study.seeds[0], study.config["misclassified"]
    return misclassified_matrix(
        test.images,
        study.errors(variant, seed),
        study.facts.classes,
        f"{study.labels[variant]}, seed {seed}",
        shown["count"],
        shown["order"],
        columns=2,
    )


def _factors(jitter: float) -> str:
    return f"{max(0.0, 1 - jitter):g} to {1 + jitter:g}"
