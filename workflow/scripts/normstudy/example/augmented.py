"""What the network sees of a training image: an image of each class, and draws of it."""

import numpy as np

from ..data.idx import Split
from ..network.draws.augmentation import FILL, draw, jitter, rotate
from ..network.draws.streams import key

DRAWS = 3  # of each image


def augmented(
    train: Split, classes: int, training: dict, seed: int
) -> tuple[list[int], np.ndarray]:
    """The first training image of each class, and what the network sees of it in training.

    Args:
        train: the training images.
        classes: number of classes.
        training: a recipe's rotation_degrees, brightness and contrast.
        seed: of the draws.

    Returns:
        The classes of which there is an image; uint8 (1 + DRAWS, class, 28, 28), the originals
        first.
    """
    present = [label for label in range(classes) if (train.labels == label).any()]
    chosen = [int(np.flatnonzero(train.labels == label)[0]) for label in present]
    rows = np.tile(train.images[chosen], (1 + DRAWS, 1, 1)).astype(np.float32)
    draws = draw(DRAWS * len(chosen), key(seed, "augmentation"), training)
    for n, image in enumerate(rows[len(chosen) :]):
        rotate(train.images[chosen[n % len(chosen)]], draws.degrees[n], FILL, image)
        jitter(image, draws.brightness[n], draws.contrast[n], draws.brightness_first[n])
    return present, rows.round().astype(np.uint8).reshape(1 + DRAWS, len(present), 28, 28)
