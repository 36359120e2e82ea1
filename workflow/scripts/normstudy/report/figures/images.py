"""The figure of augmented training images."""

from functools import partial

import numpy as np
from matplotlib.figure import Figure

from ..text.wording import listing
from .plot import WIDTH, Plot, plain

GAP = 2  # pixels between two images


def augmented_strip(
    augmented: tuple[list[int], np.ndarray], classes: tuple[str, ...], noun: str, training: dict
) -> Plot:
    """What the network sees in training: an image of each class, and draws of it below.

    Args:
        augmented: the classes shown and their pictures, of `example.augmented`.
        classes: names of the classes.
        noun: what an image shows.
        training: a recipe's rotation_degrees, brightness and contrast.
    """
    present, rows = augmented
    count = len(rows) - 1
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
            f"The first training image of each class ({names}) and, below each,"
            f" {count} random draws of that {noun}, {ranges}."
        ),
        caption=(
            f"The first training image of each class, and {count} draws of what the"
            f" network sees of it in training: {ranges}."
        ),
        table="provenance.json",
        function="figures.images.augmented_strip",
        pictures=tuple(
            (classes[label], rows[:, place].reshape(-1, 28)) for place, label in enumerate(present)
        ),
    )


def _strip(rows: np.ndarray, names: list[str], width: float) -> Figure:
    """Draw `augmented_strip`: rows (row, class, 28, 28), the originals first.

    A class has a column or, where the figure is narrow, a row.
    """
    narrow = width < WIDTH
    grid = rows.swapaxes(0, 1) if narrow else rows
    (down, across), pitch = grid.shape[:2], 28 + GAP
    sheet = np.full((down * pitch - GAP, across * pitch - GAP), np.nan)  # drawn as paper
    for place in np.ndindex(down, across):
        y, x = (pitch * at for at in place)
        sheet[y : y + 28, x : x + 28] = grid[place]
    kinds = ["original", *(f"draw {number}" for number in range(1, len(rows)))]
    heads, sides = (kinds, names) if narrow else (names, kinds)
    figure = Figure(
        figsize=(width, 0.3 + (width - 0.7) / max(across, 5) * down), layout="constrained"
    )
    axes = figure.add_subplot()
    axes.imshow(sheet, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, top=True, labeltop=True, labelbottom=False, labelsize=9)
    for set_ticks, labels in ((axes.set_xticks, heads), (axes.set_yticks, sides)):
        set_ticks([13.5 + pitch * n for n in range(len(labels))], [plain(n, 9) for n in labels])
    return figure


def _factors(jitter: float) -> str:
    return f"{max(0.0, 1 - jitter):g} to {1 + jitter:g}"
