"""Figures that show images: augmented training images, and errors drawn for a phone."""

from functools import partial

import numpy as np
import torch
from matplotlib.figure import Figure

from ...data.idx import Split
from ...evaluation.matrix import misclassified_matrix
from ...network.augmentation import draw, jitter, rotate
from ...network.streams import stream
from ..study import Study
from ..text.wording import listing
from .plot import WIDTH, Plot, plain

AUGMENTED_ROWS = 4
GAP = 2  # pixels between two images


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
        function="figures.images.augmented_strip",
        photographs=True,
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
