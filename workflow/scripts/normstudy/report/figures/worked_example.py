"""The picture of the worked example: which cells each normalization averages together."""

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ...evaluation.pictures import style
from ...example.arithmetic import (
    CHANNELS,
    IMAGES,
    METHODS,
    SIDE,
    apply_method,
    rounded,
    set_numbers,
)
from .plot import WIDTH, Plot

# The outline tells the sets apart; the fill helps the eye.
FILLS = ("#BFDDF0", "#F7CDB0", "#BFE6DA", "#F0D5E4", "#DDEFFA", "#FBE3BF", "#E6E6E6", "#FAF6C2")
MIDDLES = SIDE * (np.arange(IMAGES) + 0.5)  # of the images and, as many, of the channels


@style()
def averaging_sets(layer: str, batch: np.ndarray) -> Plot:
    """Which cells of one layer's batch are averaged together, and their means and variances.

    Args:
        layer: its name, one of `arithmetic.LAYERS`.
        batch: whole numbers (image, channel, row, column).
    """
    figure = Figure(figsize=(WIDTH, 4.6), layout="constrained")
    figure.suptitle(f"{layer}: the cells that share a mean and a variance", x=0.01, ha="left")
    panels = figure.subplot_mosaic([["batch", "layer"], ["group", "group"]])
    sentences = []
    for key, method in METHODS.items():
        means, variances, _ = apply_method(batch, key)
        pairs = [f"μ {rounded(m)}\nσ² {rounded(v)}" for m, v in zip(means, variances, strict=True)]
        _panel(panels[key], key, batch, pairs)
        named = ", ".join(
            f"{name} {rounded(mean)} and {rounded(variance)}"
            for name, mean, variance in zip(method.sets(), means, variances, strict=True)
        )
        sentences.append(f"{method.name} has {len(means)} means and variances: {named}.")
    return Plot(
        name=f"worked_example_{layer.lower().replace(' ', '_')}",
        figure=figure,
        alt=(
            f"{layer} as a grid of {IMAGES} images by {CHANNELS} channels, each a {SIDE} by"
            f" {SIDE} matrix, three times over. " + " ".join(sentences)
        ),
        caption=(
            f"{layer}. Cells within one outline have the same mean μ and the same variance σ²."
        ),
        table="normalization_example.xlsx",
    )


def _panel(axes, method: str, batch: np.ndarray, pairs: list[str]) -> None:
    """A method's grid, images down and channels across, with a mean and a variance per set."""
    # (image, channel, row, column) as it is seen: a row of all images' first rows, and so on.
    numbers, sets = (
        cells.swapaxes(1, 2).reshape(IMAGES * SIDE, CHANNELS * SIDE)
        for cells in (batch, set_numbers(method))
    )
    axes.pcolormesh(sets, cmap=ListedColormap(FILLS[: len(pairs)]), edgecolors="white")
    for (y, x), number in np.ndenumerate(numbers):
        centre = {"ha": "center", "va": "center", "in_layout": False}
        axes.text(x + 0.5, y + 0.5, rounded(number), **centre)
    for cut in range(SIDE, IMAGES * SIDE, SIDE):  # between one matrix and the next
        axes.axhline(cut, color="white", linewidth=4)
        axes.axvline(cut, color="white", linewidth=4)
    for number in range(len(pairs)):
        rows, columns = np.nonzero(sets == number)
        corner, size = (columns[0], rows[0]), (np.ptp(columns) + 1, np.ptp(rows) + 1)
        axes.add_patch(Rectangle(corner, *size, fill=False, linewidth=1.5, zorder=3))
    axes.set_title(f"{METHODS[method].name}: {len(pairs)} sets", fontsize=10)
    axes.set(xlim=(0, CHANNELS * SIDE), ylim=(IMAGES * SIDE, 0))
    axes.set_xticks(MIDDLES, ["channel 1", *range(2, CHANNELS + 1)])
    names = [f"image {n}" for n in range(1, IMAGES + 1)]
    axes.set_yticks(*([], []) if method == "layer" else (MIDDLES, names))  # beside batch's
    below, beside = axes.secondary_xaxis("bottom"), axes.secondary_yaxis("right")
    below.set_xticks(*(MIDDLES, pairs) if method == "batch" else ([], []))
    lines = np.char.partition(pairs, "\n")[:, ::2].reshape(IMAGES, -1, 2).swapaxes(1, 2)
    words = ["\n".join("   ".join(line) for line in image) for image in lines]
    beside.set_yticks(*([], []) if method == "batch" else (MIDDLES, words))
    for each in (axes, below, beside):
        each.tick_params(length=0, labelsize=8.5)
        each.spines[:].set_visible(False)
    axes.tick_params(top=True, labeltop=True, labelbottom=False)
    axes.grid(visible=False)
