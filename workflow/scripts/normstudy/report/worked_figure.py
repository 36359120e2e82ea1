"""The picture of the worked example: which cells each normalization averages together."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from ..worked_example import CHANNELS, GROUPS, IMAGES, METHODS, SIDE, normalize, set_numbers
from .plot import WIDTH, Plot, style
from .wording import fixed

# Fill and hatching together tell the sets apart, so that either is enough.
FILLS = ("#BFDDF0", "#F7CDB0", "#BFE6DA", "#F0D5E4", "#DDEFFA", "#FBE3BF", "#E6E6E6", "#FAF6C2")
HATCHES = ("////", "....", "\\\\\\\\", "xxxx", "----", "oo", "||||", "++")
HATCH_GREY = "#A6A6A6"
GAP = 0.35  # between the matrices of neighbouring channels and images


def _corner(n: int, c: int, i: int, j: int) -> tuple[float, float]:
    """Top left of a cell: images down, channels across."""
    return c * (SIDE + GAP) + j, n * (SIDE + GAP) + i


def _panel(axes, method: str, batch: np.ndarray) -> None:
    numbers = set_numbers(method)
    means, variances, _ = normalize(batch, method)
    for place, number in np.ndenumerate(numbers):
        x, y = _corner(*place)
        axes.add_patch(
            Rectangle(
                (x, y),
                1,
                1,
                facecolor=FILLS[number],
                edgecolor=HATCH_GREY,
                hatch=HATCHES[number],
                linewidth=0.4,
            )
        )
        axes.add_patch(Circle((x + 0.5, y + 0.5), 0.34, facecolor="white", edgecolor="none"))
        axes.text(
            x + 0.5,
            y + 0.5,
            fixed(batch[place], 0),
            ha="center",
            va="center",
            fontsize=9,
        )
    edge = CHANNELS * (SIDE + GAP)
    for number, (mean, variance) in enumerate(zip(means, variances, strict=True)):
        cells = np.argwhere(numbers == number)
        (left, top), (right, bottom) = _corner(*cells[0]), _corner(*cells[-1])
        axes.add_patch(
            Rectangle(
                (left - 0.08, top - 0.08),
                right - left + 1.16,
                bottom - top + 1.16,
                fill=False,
                edgecolor="black",
                linewidth=1.8,
            )
        )
        words = f"μ = {fixed(mean)}\nσ² = {fixed(variance)}"
        if method == "batch":
            axes.text((left + right + 1) / 2, edge, words, ha="center", va="top", fontsize=7.5)
        else:
            # Beside the rows of its image; a group's figures stand in the group's order.
            column = number % GROUPS if method == "group" else 0
            axes.text(edge + 2.9 * column, (top + bottom + 1) / 2, words, va="center", fontsize=7.5)
            if method == "group" and number < GROUPS:
                heading = f"group {number + 1}"
                axes.text(edge + 2.9 * column, -0.25, heading, va="bottom", fontsize=7.5)
    for c in range(CHANNELS):
        x, _ = _corner(0, c, 0, 0)
        axes.text(x + SIDE / 2, -0.25, f"channel {c + 1}", ha="center", va="bottom", fontsize=7.5)
    for n in range(IMAGES):
        _, y = _corner(n, 0, 0, 0)
        axes.text(-0.25, y + SIDE / 2, f"image {n + 1}", ha="right", va="center", fontsize=7.5)
    axes.set_title(f"{METHODS[method].name}: {len(means)} means and variances", fontsize=9.5)
    axes.set_xlim(-2.2, edge + (5.9 if method == "group" else 2.6))
    axes.set_ylim(edge + 1.5, -1.0)
    axes.set_aspect("equal")
    axes.set_axis_off()


def averaging_sets(layer: str, batch: np.ndarray) -> Plot:
    """Which cells of one layer's batch are averaged together, and their means and variances.

    Args:
        layer: its name, one of `worked_example.LAYERS`.
        batch: whole numbers (image, channel, row, column).
    """
    with style():
        figure = Figure(figsize=(WIDTH, 2.05 * WIDTH / 2), layout="constrained")
        panels = figure.subplot_mosaic([["batch", "layer"], ["group", "group"]])
        figure.suptitle(f"{layer}: the cells that share a mean and a variance", fontsize=11)
        sentences = []
        for key, method in METHODS.items():
            _panel(panels[key], key, batch)
            means, variances, _ = normalize(batch, key)
            pairs = ", ".join(
                f"{name} {fixed(mean)} and {fixed(variance)}"
                for name, mean, variance in zip(method.sets(), means, variances, strict=True)
            )
            sentences.append(f"{method.name} has {len(means)} means and variances: {pairs}.")
    return Plot(
        name=f"worked_example_{layer.lower().replace(' ', '_').replace('+', '_plus_')}",
        figure=figure,
        alt=(
            f"{layer} as a grid of {IMAGES} images by {CHANNELS} channels, each a {SIDE} by"
            f" {SIDE} matrix, three times over. " + " ".join(sentences)
        ),
        caption=(
            f"{layer}: cells of one outline, fill and hatching share the mean μ and the variance"
            " σ² that they are normalized by."
        ),
        table="normalization_example.xlsx",
        function="worked_figure.averaging_sets",
    )
