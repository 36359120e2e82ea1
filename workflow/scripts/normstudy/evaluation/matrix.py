"""The picture of misclassified images: rows of five, each with its predicted and actual class."""

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

COLUMNS = 5
DISPUTED = (
    "#B34E00"  # vermillion that can be read on white; the dagger is the cue that needs no colour
)


def misclassified_matrix(
    images: np.ndarray,
    errors: pd.DataFrame,
    classes: Sequence[str],
    title: str,
    count: int = 10,
    order: str = "index",
    columns: int = COLUMNS,
) -> Figure:
    """The first `count` errors as a matrix of images, annotated.

    Args:
        images: the test images, uint8 (N, 28, 28).
        errors: a table of `evaluation.misclassified_table`, in the order to show.
        classes: names of the classes.
        title: names the model and the seed.
        count: places in the matrix; those beyond the number of errors stay blank.
        order: what `errors` is sorted by, for the title.
        columns: images in a row.

    Returns:
        A figure of count/columns rows.
    """
    rows, width = -(-count // columns), 1.8 * columns
    figure = Figure(figsize=(width, 1.1 + 2.4 * rows), dpi=160, layout="constrained")
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
        "\n".join(
            textwrap.fill(line, round(9 * width))
            for line in (
                f"{title}: misclassified test images",
                f"{of_all} among {len(images):,} images, {by}",
            )
        ),
        fontsize=12,
        parse_math=False,  # a label may hold a dollar sign
    )
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis in axes:
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    for axis, error in zip(axes, shown.itertuples(), strict=False):
        axis.imshow(images[error.index], cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        axis.set_title(
            f"predicted {classes[error.prediction]}\nactual {classes[error.label]}"
            f"{' †' if error.disputed else ''}",
            fontsize=10,
            parse_math=False,
            color=DISPUTED if error.disputed else "black",
        )
        axis.set_xlabel(f"{100 * error.confidence:.1f} % sure · no. {error.index}", fontsize=8)
    if shown["disputed"].any():
        figure.supxlabel(
            textwrap.fill(
                "† disputed label: fewer than three of five raters backed it"
                " (Northcutt et al. 2021)",
                round(13 * width),
            ),
            fontsize=8,
            color=DISPUTED,
        )
    return figure
