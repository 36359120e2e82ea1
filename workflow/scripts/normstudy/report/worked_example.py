"""What the page's worked example is made from: every number that a reader can ask for."""

import numpy as np

from ..example.arithmetic import (
    CHANNELS,
    EPS,
    IMAGES,
    METHODS,
    SIDE,
    Method,
    apply_method,
    group_normalization,
    rounded,
    set_numbers,
)

GROUPINGS = (1, 2, 4)  # numbers of groups to choose from
WHAT = {
    "batch": "It averages all cells of one channel, over the four images.",
    "layer": "It averages all cells of one image, over its four channels.",
    1: "It averages all cells of one image: one group of all channels is Layer Normalization.",
    2: "It averages the cells of two neighbouring channels of one image.",
    4: "It averages the cells of one channel of one image: one group per channel is Instance"
    " Normalization.",
}


def worked_example(batches: dict[str, np.ndarray]) -> dict:
    """The example for the page's script, ready for JSON.

    Arrays of cells are in the order in which a reader sees them: a row of every image's first
    row, its second row, the next image's; within a row, channel after channel.

    Args:
        batches: layer → whole numbers (image, channel, row, column).

    Returns:
        images, channels, side, eps; layers: (name, cells) of each; methods: of each its key,
        name, groups (none where it has none), what is averaged, the set that each cell is in,
        the sets' names, and by layer the sets' means and variances and the normalized cells, as
        text.
    """
    chosen: list[tuple[str, int | None, Method]] = [
        (key, None, METHODS[key]) for key in ("batch", "layer")
    ]
    chosen += [("group", groups, group_normalization(groups)) for groups in GROUPINGS]
    return {
        "images": IMAGES,
        "channels": CHANNELS,
        "side": SIDE,
        "eps": f"{EPS:.5f}",
        "layers": [
            {"name": name, "cells": [rounded(cell) for cell in _seen(batch)]}
            for name, batch in batches.items()
        ],
        "methods": [
            {
                "key": key,
                "name": method.name,
                "groups": groups,
                "what": WHAT[groups or key],
                "sets": _seen(set_numbers(method)).tolist(),
                "names": method.sets(),
                "layers": [_results(batch, method) for batch in batches.values()],
            }
            for key, groups, method in chosen
        ],
    }


def _results(batch: np.ndarray, method: Method) -> dict[str, list[str]]:
    """Means and variances by set, and the normalized cells as a reader sees them."""
    mean, variance, normalized = apply_method(batch, method)
    return {
        "mean": [rounded(value) for value in mean],
        "variance": [rounded(value) for value in variance],
        "cells": [rounded(value, 2) for value in _seen(normalized)],
    }


def _seen(batch: np.ndarray) -> np.ndarray:
    """The cells (image, channel, row, column) in the order in which they are shown."""
    return batch.transpose(0, 2, 1, 3).ravel()
