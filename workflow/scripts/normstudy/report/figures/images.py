"""The figure of augmented training images."""

import numpy as np
from matplotlib.figure import Figure

from ...evaluation.pictures import style
from ..text.wording import factors, listing, plain
from .plot import WIDTH, Plot

PITCH = 30  # pixels from an image of 28 to the next


@style()
def augmented_strip(
    labels: np.ndarray, rows: np.ndarray, classes: tuple[str, ...], noun: str, training: dict
) -> Plot:
    """What the network sees in training: an image of each class, and draws of it below.

    Args:
        labels: the classes shown.
        rows: their pictures (kind, class, 28, 28), as `example.augmented` makes them.
        classes: names of the classes.
        noun: what an image shows.
        training: a recipe's rotation_degrees, brightness and contrast.
    """
    names = [classes[label] for label in labels]
    sheet = np.full((len(rows), PITCH, len(names), PITCH), np.nan)  # drawn as paper
    sheet[:, :28, :, :28] = rows.swapaxes(1, 2)
    sheet = sheet.reshape(PITCH * len(rows), PITCH * len(names))[:-2, :-2]
    height = 0.4 + (WIDTH - 0.7) / max(len(names), 5) * len(rows)
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(sheet, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, top=True, labeltop=True, labelbottom=False, labelsize=9)
    middles = 13.5 + PITCH * np.arange(max(len(rows), len(names)))
    axes.set_xticks(middles[: len(names)], [plain(name, 9) for name in names])
    kinds = ["original", *(f"draw {number}" for number in range(1, len(rows)))]
    axes.set_yticks(middles[: len(rows)], kinds)
    ranges = (
        f"rotated by up to ±{training['rotation_degrees']:g}°, brightness multiplied by"
        f" {factors(training['brightness'])}, contrast by {factors(training['contrast'])}"
    )
    draws = len(rows) - 1
    return Plot(
        name="augmentation",
        figure=figure,
        alt=(
            f"The first training image of each class ({listing(names)}) and, below each,"
            f" {draws} random draws of that {noun}, {ranges}."
        ),
        caption=(
            f"The first training image of each class and, below it, {draws} random versions of it"
            f" as the network sees them in training: {ranges}."
        ),
        table="provenance.json",
    )
