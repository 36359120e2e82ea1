"""What a network says of pictures of one's own: python -m normstudy.evaluation.predict NETWORK PNG…

NETWORK is a run's checkpoint.pt. The pictures are made grey and scaled to 28×28; dark writing on
a bright ground is inverted, since MNIST's digits are white on black.
"""

import sys
from pathlib import Path

import numpy as np

from ..data.pictures import grey
from ..errors import StudyError
from ..network.checkpoint import load_checkpoint
from ..network.scoring import log_probabilities


def predictions(network: str | Path, pictures: list[str]) -> list[tuple[int, float, bool]]:
    """Of each picture its class, the network's confidence, and whether it was inverted.

    Raises:
        StudyError: a file is no picture, or no checkpoint.
    """
    try:
        model, recipe = load_checkpoint(network)
    except FileNotFoundError as error:
        raise StudyError(f"there is no network {network}; train it, or name another") from error
    images = np.stack([grey(Path(path)) for path in pictures])
    bright = np.median(images, axis=(1, 2)) > 127  # the ground covers most of a picture
    images[bright] = 255 - images[bright]
    probabilities = np.exp(log_probabilities(model, images, recipe["mean"], recipe["std"]))
    classes, confidences = probabilities.argmax(axis=1), probabilities.max(axis=1)
    return list(zip(classes.tolist(), confidences.tolist(), bright.tolist(), strict=True))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: python -m normstudy.evaluation.predict NETWORK PNG…")
    try:
        made = predictions(sys.argv[1], sys.argv[2:])
    except StudyError as error:
        sys.exit(f"Error: {error}")
    for path, (label, confidence, inverted) in zip(sys.argv[2:], made, strict=True):
        print(f"{path}: {label} ({confidence:.1%})" + ", inverted to white on black" * inverted)
