"""The training images as augmented batches, for every engine and device."""

from collections.abc import Iterator
from operator import itemgetter

import numpy as np

from ...data.idx import Split
from .augmentation import augment, draw
from .streams import key, permutation


class Batches:
    """What a run is shown, epoch by epoch.

    Order and augmentation depend on the seed and the epoch alone: every variant with the
    same seed (and batch size) is shown the same batches, bit for bit, on every processor.

    Args:
        split: the training images.
        recipe: a run's parameters as `config.run_parameters` makes them.
        seed: the run's seed.
    """

    def __init__(self, split: Split, recipe: dict, seed: int):
        self.split, self.recipe, self.seed = split, recipe, seed

    def __len__(self) -> int:
        """Batches in an epoch; the last may be smaller."""
        return -(-len(self.split.labels) // self.recipe["batch_size"])

    def epoch(self, epoch: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The epoch's batches: inputs float32 (n, 28, 28), labels int64 (n,)."""
        recipe, count = self.recipe, len(self.split.labels)
        order = permutation(key(self.seed, "order", epoch), count)
        draws = draw(count, key(self.seed, "augmentation", epoch), recipe)
        for start in range(0, count, recipe["batch_size"]):
            part = slice(start, start + recipe["batch_size"])
            shown = draws.map(itemgetter(part))
            inputs = augment(self.split.images, order[part], shown, recipe["mean"], recipe["std"])
            yield inputs, self.split.labels[order[part]]
