"""The picture of misclassified images: rows of five, each with its predicted and actual class."""

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from .pictures import style

COLUMNS = 5
# Vermillion that can be read on white; the dagger is the cue that needs no colour.
DISPUTED = "#B34E00"


@style()
def misclassified_matrix(
    images: np.ndarray,
    errors: pd.DataFrame,
    classes: Sequence[str],
    title: str,
    count: int = 10,
    order: str = "index",
) -> Figure:
    """The first `count` errors as a matrix of images, annotated.

    Args:
        images: the test images, uint8 (N, 28, 28).
        errors: a table of `evaluation.misclassified_table`, in the order to show.
        classes: names of the classes.
        title: names the model and the seed.
        count: places in the matrix; those beyond the number of errors stay blank.
        order: what `errors` is sorted by, for the title.

    Returns:
        A figure of count / 5 rows.
    """
    rows = -(-count // COLUMNS)
    figure = Figure(figsize=(1.8 * COLUMNS, 1.1 + 2.4 * rows), layout="constrained")
    shown = errors.head(count)
    of_all = (
        f"{len(shown)} of {len(errors):,} errors"
        if len(errors) > len(shown)
        else "the only error"
        if len(errors) == 1
        else f"all {len(errors):,} errors"
        if len(errors)
        else "no errors"
    )
    by = "in test-set order" if order == "index" else "highest confidence first"
    what = f"{of_all} among {len(images):,} images, {by}"
    # Not by matplotlib's own wrapping, which takes what is between two dollar signs for a formula.
    lines = textwrap.fill(f"{title}: misclassified test images", 75)
    figure.suptitle(f"{lines}\n{what}")
    axes = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    for axis in axes:
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    for axis, error in zip(axes, shown.itertuples(), strict=False):
        axis.imshow(images[error.index], cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        axis.set_title(
            f"predicted {classes[error.prediction]}\nactual {classes[error.label]}"
            f"{' †' if error.disputed else ''}",
            loc="center",
            fontsize=10,
            color=DISPUTED if error.disputed else "black",
        )
        axis.set_xlabel(f"{100 * error.confidence:.1f} % · no. {error.index}", fontsize=8)
    legend = "%: the network's confidence · no.: the image"
    if shown["disputed"].any():
        legend += " · †: label backed by fewer than three of five raters (Northcutt et al. 2021)"
    figure.supxlabel(legend, fontsize=8, wrap=True)
    return figure
