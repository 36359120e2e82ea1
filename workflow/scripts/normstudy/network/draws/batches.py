"""The training images as augmented batches, all of them resident on the device."""

from collections.abc import Iterator
from operator import itemgetter

import torch

from ...data.idx import Split
from .augmentation import augment, draw
from .streams import stream

AUGMENT = 1024  # images augmented at a time: their index array then stays in the cache


class Batches:
    """What a run is shown, epoch by epoch.

    Order and augmentation depend on the seed and the epoch alone: every variant with the
    same seed (and batch size) is shown the same batches, bit for bit.

    Args:
        split: the training images.
        recipe: a run's parameters as `config.run_parameters` makes them.
        seed: the run's seed.
        device: where the images lie and are augmented.
    """

    def __init__(self, split: Split, recipe: dict, seed: int, device: torch.device):
        self.images = torch.from_numpy(split.images.copy()).to(device)
        self.labels = torch.from_numpy(split.labels).to(device)
        self.recipe = recipe
        self.seed = seed

    def __len__(self) -> int:
        """Batches in an epoch; the last may be smaller."""
        return -(-len(self.labels) // self.recipe["batch_size"])

    def epoch(self, epoch: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """The epoch's batches: inputs float32 (n, 1, 28, 28), labels int64 (n,)."""
        recipe, count, device = self.recipe, len(self.labels), self.labels.device
        order = torch.randperm(count, generator=stream(self.seed, "order", epoch)).to(device)
        draws = draw(
            count,
            stream(self.seed, "augmentation", epoch),
            recipe["rotation_degrees"],
            recipe["brightness"],
            recipe["contrast"],
        ).map(lambda field: field.to(device))
        size = recipe["batch_size"]
        chunk = max(1, AUGMENT // size) * size
        for start in range(0, count, chunk):
            part = slice(start, start + chunk)
            rows = order[part]
            inputs = augment(
                self.images[rows], draws.map(itemgetter(part)), recipe["mean"], recipe["std"]
            )
            yield from zip(inputs.split(size), self.labels[rows].split(size), strict=True)
