"""The picture of misclassified images: rows of five, each with what was seen and what it is."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

COLUMNS = 5
DISPUTED = "#D55E00"  # Okabe–Ito vermillion; the dagger is the cue that needs no colour


def misclassified_matrix(
    images: np.ndarray,
    errors: pd.DataFrame,
    classes: list[str],
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
        A figure of count/5 rows of five images.
    """
    rows = -(-count // COLUMNS)
    figure = Figure(figsize=(9, 1.1 + 2.25 * rows), dpi=160, layout="constrained")
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
    by = "in test-set order" if order == "index" else "surest first"
    figure.suptitle(
        f"{title}: misclassified test images\n{of_all} among {len(images):,} images, {by}",
        fontsize=12,
        parse_math=False,  # a label may hold a dollar sign
    )
    axes = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    for axis in axes:
        axis.set_axis_off()
    for axis, error in zip(axes, shown.itertuples(), strict=False):
        axis.imshow(images[error.index], cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        axis.set_title(
            f"predicted {classes[error.prediction]}\nactual {classes[error.label]}"
            f"{' †' if error.disputed else ''}",
            fontsize=10,
            parse_math=False,
            color=DISPUTED if error.disputed else "black",
        )
        axis.text(
            0.5,
            -0.04,
            f"{100 * error.confidence:.1f} % sure · no. {error.index}",
            transform=axis.transAxes,
            ha="center",
            va="top",
            fontsize=8,
        )
    if shown["disputed"].any():
        figure.supxlabel(
            "† disputed label: fewer than three of five raters backed it (Northcutt et al. 2021)",
            fontsize=8,
            color=DISPUTED,
        )
    return figure
