"""The picture of the worked example: which cells each normalization averages together."""

from functools import partial

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from ...example.arithmetic import (
    CHANNELS,
    GROUPS,
    IMAGES,
    METHODS,
    SIDE,
    normalize,
    set_numbers,
    shown,
)
from .plot import WIDTH, Plot, title

# The outline tells the sets apart; the fill helps the eye.
FILLS = ("#BFDDF0", "#F7CDB0", "#BFE6DA", "#F0D5E4", "#DDEFFA", "#FBE3BF", "#E6E6E6", "#FAF6C2")
GAP = 0.35  # between the matrices of neighbouring channels and images


def _corner(n: int, c: int, i: int, j: int) -> tuple[float, float]:
    """Top left of a cell: images down, channels across."""
    return c * (SIDE + GAP) + j, n * (SIDE + GAP) + i


def _rectangle(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _panel(axes, method: str, batch: np.ndarray) -> None:
    numbers = set_numbers(method)
    means, variances, _ = normalize(batch, method)
    cells = {place: _corner(*place) for place in np.ndindex(numbers.shape)}
    colours = [FILLS[numbers[place]] for place in cells]
    squares = [_rectangle(x, y, x + 1, y + 1) for x, y in cells.values()]
    axes.add_collection(
        PolyCollection(squares, facecolors=colours, edgecolors="white", linewidths=0.8)
    )
    for place, (x, y) in cells.items():
        words = shown(batch[place].item())
        number = axes.text(x + 0.5, y + 0.5, words, ha="center", va="center", fontsize=9)
        number.set_in_layout(False)  # within its cell: measuring it takes longer than drawing
    edge = CHANNELS * (SIDE + GAP)
    outlines = []
    for number, (mean, variance) in enumerate(zip(means, variances, strict=True)):
        own = np.argwhere(numbers == number)
        (left, top), (right, bottom) = _corner(*own[0]), _corner(*own[-1])
        outlines.append(_rectangle(left - 0.08, top - 0.08, right + 1.08, bottom + 1.08))
        words = f"μ {shown(mean)}\nσ² {shown(variance)}"
        if method == "batch":
            axes.text((left + right + 1) / 2, edge, words, ha="center", va="top", fontsize=8)
        else:
            # Beside the rows of its image; a group's figures stand in the group's order.
            column = number % GROUPS if method == "group" else 0
            axes.text(edge + 2.6 * column, (top + bottom + 1) / 2, words, va="center", fontsize=8)
            if method == "group" and number < GROUPS:
                heading = f"group {number + 1}"
                axes.text(edge + 2.6 * column, -0.25, heading, va="bottom", fontsize=8)
    axes.add_collection(
        PolyCollection(outlines, facecolors="none", edgecolors="black", linewidths=1.8)
    )
    for c in range(CHANNELS):
        x, _ = _corner(0, c, 0, 0)
        words = str(c + 1) if c else "channel 1"
        axes.text(x + SIDE / 2, -0.25, words, ha="center", va="bottom", fontsize=8)
    for n in range(IMAGES):
        _, y = _corner(n, 0, 0, 0)
        axes.text(-0.25, y + SIDE / 2, f"image {n + 1}", ha="right", va="center", fontsize=8)
    axes.set_title(f"{METHODS[method].name}:\n{len(means)} means and variances", fontsize=9.5)
    axes.set_xlim(-2.2, edge + (5.2 if method == "group" else 2.6))
    axes.set_ylim(edge + 1.5, -1.0)
    axes.set_aspect("equal")
    axes.set_axis_off()


def _draw(layer: str, batch: np.ndarray, width: float) -> Figure:
    """Draw `averaging_sets`: two panels above the third or, where narrow, all in a column."""
    narrow = width < WIDTH
    mosaic = [["batch"], ["layer"], ["group"]] if narrow else [["batch", "layer"], ["group"] * 2]
    figure = Figure(figsize=(width, 9.6 if narrow else 6.6), layout="constrained")
    title(figure, f"{layer}: the cells that share a mean and a variance", width)
    for method, axes in figure.subplot_mosaic(mosaic).items():
        _panel(axes, method, batch)
    return figure


def averaging_sets(layer: str, batch: np.ndarray) -> Plot:
    """Which cells of one layer's batch are averaged together, and their means and variances.

    Args:
        layer: its name, one of `arithmetic.LAYERS`.
        batch: whole numbers (image, channel, row, column).
    """
    sentences = []
    for key, method in METHODS.items():
        means, variances, _ = normalize(batch, key)
        pairs = ", ".join(
            f"{name} {shown(mean)} and {shown(variance)}"
            for name, mean, variance in zip(method.sets(), means, variances, strict=True)
        )
        sentences.append(f"{method.name} has {len(means)} means and variances: {pairs}.")
    return Plot(
        name=f"worked_example_{layer.lower().replace(' ', '_')}",
        draw=partial(_draw, layer, batch),
        alt=(
            f"{layer} as a grid of {IMAGES} images by {CHANNELS} channels, each a {SIDE} by"
            f" {SIDE} matrix, three times over. " + " ".join(sentences)
        ),
        caption=(
            f"{layer}: the cells within one outline share the mean μ and the variance σ² that they"
            " are normalized by."
        ),
        table="normalization_example.xlsx",
        function="figures.worked_example.averaging_sets",
    )
