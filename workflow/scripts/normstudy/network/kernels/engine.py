"""A network in the kernels: model.py's state dict as arrays, evaluated and trained."""

from collections.abc import Mapping
from itertools import accumulate
from math import prod

import numpy as np

from ...data.idx import Split
from ..draws.augmentation import normalize
from ..draws.batches import Batches
from ..draws.dropout import key_words
from ..draws.initial import initial_weights
from ..draws.streams import key
from ..schedule import one_cycle
from .normalization import BATCH, IMAGE, NONE, Norm
from .simd import LANES
from .step import C_IN, C_OUT, NAMES, TRANSITION, descend, network_of, run

BUFFERS = ("running_mean", "running_var", "num_batches_tracked")  # not learned
PREDICTED = 1000  # images at a time
NO_LABELS, NO_DROPOUT = np.zeros(0, np.int64), (0.0, 0, np.uint64(0), np.uint64(0))


def norm_of(recipe: dict, channels: int) -> Norm:
    """A layer's normalization, one of config.KERNEL_NORMS."""
    options = recipe["norm_options"]
    groups, of_group = options.get("num_groups"), options.get("channels_per_group") or 4
    return {
        "group": Norm(IMAGE, channels // groups if groups else of_group),
        "layer": Norm(IMAGE, channels),
        "instance": Norm(IMAGE, 1),
        "rms": Norm(IMAGE, channels, centred=False),
        "batch": Norm(BATCH, 1),
        "none": Norm(NONE, 1),
    }[recipe["norm"]]


def shapes_of(recipe: dict) -> dict[str, tuple[int, ...]]:
    """Name → shape of the network's state dict, in its order."""
    shapes: dict[str, tuple[int, ...]] = {}
    for name, c_in, c_out in zip(NAMES, C_IN, C_OUT, strict=True):
        shapes[f"{name}.conv.weight"] = (c_out, c_in, 3, 3)
        if recipe["norm"] != "none":
            shapes |= dict.fromkeys((f"{name}.norm.weight", f"{name}.norm.bias"), (c_out,))
        if recipe["norm"] == "batch":
            shapes |= dict.fromkeys((f"{name}.norm.{buffer}" for buffer in BUFFERS), (c_out,))
            shapes[f"{name}.norm.num_batches_tracked"] = ()
        if name == NAMES[TRANSITION]:
            shapes["transition.conv.weight"] = (8, 16, 1, 1)
    return shapes | {"output.conv.weight": (recipe["num_classes"], 16, 1, 1)}


class Network:
    """A network of the kernels; `arrays` and `gradient` by the names of model.py's state dict.

    Args:
        recipe: a run's parameters as `config.run_parameters` makes them.
        state: its values, which are copied.
    """

    def __init__(self, recipe: dict, state: Mapping[str, np.ndarray]):
        self.recipe, self.shapes = recipe, shapes_of(recipe)
        learned = [name for name in self.shapes if name.rpartition(".")[2] not in BUFFERS]
        starts = accumulate((prod(self.shapes[name]) for name in learned), initial=0)
        self.start = dict(zip(learned, starts, strict=False))
        norms, batch = [norm_of(recipe, c) for c in C_OUT], recipe["norm"] == "batch"
        blocks = -(-recipe["batch_size"] // LANES) if batch else 1
        self.network = network_of(self.start, norms, recipe["num_classes"], blocks)
        self.weights, self.gradient = self.network.w, self.named(self.network.dw)
        arrays = self.named(self.weights)
        for name, average in self.named(self.network.running).items() if batch else ():
            arrays[name.replace("weight", "running_mean").replace("bias", "running_var")] = average
        self.arrays = {name: arrays.get(name, np.array(state[name])) for name in self.shapes}
        self.put(state)

    def named(self, flat: np.ndarray) -> dict[str, np.ndarray]:
        """Name of a parameter → its part of an array like `weights`."""
        return {
            name: flat[start:][: prod(self.shapes[name])].reshape(self.shapes[name])
            for name, start in self.start.items()
        }

    def put(self, state: Mapping[str, np.ndarray]) -> None:
        """Copy a state dict's values."""
        for name, array in self.arrays.items():
            array[...] = state[name]

    def _run(self, images, labels, training, dropout):
        """Log-probabilities of network inputs, by `step.run`."""
        log_probs = np.empty((len(images), self.recipe["num_classes"]), np.float32)
        run(self.network, images.reshape(len(images), -1), labels, training, dropout, log_probs)
        return log_probs

    def step(self, images: np.ndarray, labels: np.ndarray, dropout: tuple) -> np.ndarray:
        """Log-probabilities of a batch in training, float32 (n, classes); sets the gradient.

        Args:
            images, labels: float32 (n, 28, 28), int64 (n,).
            dropout: probability of dropping; of the masks the step, and the words of the key.
        """
        for name in NAMES if self.recipe["norm"] == "batch" else ():
            self.arrays[f"{name}.norm.num_batches_tracked"] += 1
        return self._run(images, labels, True, dropout)

    def log_probabilities(self, images: np.ndarray) -> np.ndarray:
        """Those of uint8 images (N, 28, 28) in eval mode, float32 (N, classes)."""
        parts = np.split(images, range(PREDICTED, len(images), PREDICTED))
        inputs = (normalize(part, self.recipe["mean"], self.recipe["std"]) for part in parts)
        return np.concatenate([self._run(x, NO_LABELS, False, NO_DROPOUT) for x in inputs])


class Trainer(Network):
    """A network being trained by a recipe, from its initialisation to its last step.

    Args:
        recipe: a run's parameters as `config.run_parameters` makes them.
        seed: what the run's random streams are derived from.
        split: the training images.
    """

    def __init__(self, recipe: dict, seed: int, split: Split):
        super().__init__(recipe, initial_weights(shapes_of(recipe), seed))
        self.seed, self.batches = seed, Batches(split, recipe, seed)
        self.rates, self.momenta = one_cycle(recipe, len(self.batches))
        self.velocity, self.l1 = np.zeros_like(self.weights), np.zeros_like(self.weights)
        for share in self.named(self.l1).values():
            share[...] = recipe["l1"] / (share.size if recipe["l1_reduction"] == "mean" else 1)

    def epoch(self, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Train for one epoch, 1-based.

        Returns:
            The log-probabilities that each step began with, float32 (images, classes), and the
            images' labels, both in the order of the epoch.
        """
        words = key_words(key(self.seed, "dropout", epoch))
        outputs, labels = [], []
        for step, (images, targets) in enumerate(self.batches.epoch(epoch)):
            outputs.append(self.step(images, targets, (self.recipe["dropout"], step, *words)))
            labels.append(targets)
            at = (epoch - 1) * len(self.batches) + step
            rate, momentum = np.float32(self.rates[at]), np.float32(self.momenta[at])
            descend(self.weights, self.network.dw, self.velocity, self.l1, rate, momentum)
        return np.concatenate(outputs), np.concatenate(labels)

    def state_dict(self) -> dict[str, np.ndarray]:
        """That of the network that `model.py` defines."""
        return self.arrays

    def state(self) -> dict:
        """All that the next epoch depends on: random streams need no state of their own."""
        import torch  # takes seconds; what is saved is tensors

        model = {name: torch.from_numpy(array) for name, array in self.arrays.items()}
        return {"model": model, "velocity": torch.from_numpy(self.velocity)}

    def restore(self, state: dict) -> None:
        """Put a state of `state` back."""
        self.velocity[:] = state["velocity"]
        self.put(state["model"])
