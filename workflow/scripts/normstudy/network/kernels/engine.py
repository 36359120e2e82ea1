"""A network in the kernels: model.py's state dict as arrays, evaluated and trained."""

from collections.abc import Mapping

import numpy as np

from ...data.idx import Split
from ..draws.augmentation import normalize
from ..draws.batches import Batches
from ..draws.dropout import key_words
from ..draws.initial import initial_weights
from ..draws.streams import key
from ..schedule import one_cycle
from . import step as network
from .simd import LANES
from .step import BATCH, C_IN, C_OUT, IMAGE, NAMES, NONE, PIXELS, Norm, Parameters

BUFFERS = ("running_mean", "running_var", "num_batches_tracked")  # not learned
PREDICTED = 1000  # images at a time
NO_LABELS, NO_DROPOUT = np.zeros(0, np.int64), (0.0, 0, np.uint64(0), np.uint64(0))


def norm_of(recipe: dict) -> Norm:
    """The normalization of a run, one of config.KERNEL_NORMS."""
    options = recipe["norm_options"]
    per_group = options.get("channels_per_group") or 4
    groups = tuple(options.get("num_groups") or c // per_group for c in C_OUT)
    return {
        "group": Norm(IMAGE, groups),
        "layer": Norm(IMAGE),
        "instance": Norm(IMAGE, C_OUT),
        "rms": Norm(IMAGE, centred=False),
        "batch": Norm(BATCH),
        "none": Norm(NONE),
    }[recipe["norm"]]


def shapes_of(recipe: dict) -> dict[str, tuple[int, ...]]:
    """Name → shape of the network's state dict, in its order."""
    shapes: dict[str, tuple[int, ...]] = {}
    for name, c_in, c_out in zip(NAMES, C_IN, C_OUT, strict=True):
        shapes[f"{name}.conv.weight"] = (c_out, c_in, 3, 3)
        if recipe["norm"] != "none":
            shapes[f"{name}.norm.weight"] = shapes[f"{name}.norm.bias"] = (c_out,)
        if recipe["norm"] == "batch":
            shapes |= {f"{name}.norm.{buffer}": (c_out,) for buffer in BUFFERS[:2]}
            shapes[f"{name}.norm.{BUFFERS[2]}"] = ()
        if name == NAMES[network.TRANSITION]:
            shapes["transition.conv.weight"] = (8, 16, 1, 1)
    shapes["output.conv.weight"] = (recipe["num_classes"], 16, 1, 1)
    return shapes


def views(flat: np.ndarray, shapes: dict[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    """Name → its part of a flat array, in the order of the names."""
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes.values()])
    parts = np.split(flat, ends[:-1])
    return {n: part.reshape(s) for (n, s), part in zip(shapes.items(), parts, strict=True)}


def of_layers(
    named: dict[str, np.ndarray], kind: str, names: tuple = NAMES, otherwise: float = 0
) -> tuple[np.ndarray, ...]:
    """A flat array per layer, as the kernels want them; a constant where a layer has none."""
    default = np.full(max(C_OUT), otherwise, np.float32)
    return tuple(named.get(f"{name}.{kind}", default).reshape(-1) for name in names)


def parameters(named: dict[str, np.ndarray]) -> Parameters:
    """A state dict's learned arrays, or their gradients."""
    return Parameters(
        convolutions=of_layers(named, "conv.weight", (*NAMES, "transition")),
        gammas=of_layers(named, "norm.weight", otherwise=1),
        betas=of_layers(named, "norm.bias"),
        output=named["output.conv.weight"].reshape(-1),
    )


class Network:
    """A network of the kernels; `arrays` and `gradient` by the names of model.py's state dict.

    Args:
        recipe: a run's parameters as `config.run_parameters` makes them.
        state: its values, which are copied.
    """

    def __init__(self, recipe: dict, state: Mapping[str, np.ndarray]):
        self.recipe, self.norm, shapes = recipe, norm_of(recipe), shapes_of(recipe)
        learned = {n: s for n, s in shapes.items() if n.rpartition(".")[2] not in BUFFERS}
        self.weights = np.concatenate([np.ravel(state[name]) for name in learned])
        self.slopes = np.zeros_like(self.weights)
        self.gradient = views(self.slopes, learned)
        arrays = views(self.weights, learned)
        self.arrays = {name: arrays.get(name, np.array(state[name])) for name in shapes}
        self.p, self.d = parameters(self.arrays), parameters(self.gradient)
        self.running = tuple(of_layers(self.arrays, f"norm.{name}") for name in BUFFERS[:2])
        at_once = recipe["batch_size"] if self.norm.over == BATCH else LANES
        self.memory = network.new_memory(-(-at_once // LANES), recipe["num_classes"])

    def _run(self, images, labels, training, dropout):
        """Log-probabilities of network inputs, by `step.run`."""
        log_probs = np.empty((len(images), self.recipe["num_classes"]), np.float32)
        of_network = self.norm, self.p, self.d, self.running, dropout, self.memory
        network.run(images.reshape(-1, PIXELS), labels, training, *of_network, log_probs)
        return log_probs

    def step(self, images: np.ndarray, labels: np.ndarray, dropout: tuple) -> np.ndarray:
        """Log-probabilities of a batch in training, float32 (n, classes); sets the gradient.

        Args:
            images, labels: float32 (n, 28, 28), int64 (n,).
            dropout: probability of dropping; of the masks the step, and the words of the key.
        """
        self.slopes[:] = 0
        for name in NAMES if self.norm.over == BATCH else ():
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
        for share in views(self.l1, {n: a.shape for n, a in self.gradient.items()}).values():
            share[...] = recipe["l1"] / (share.size if recipe["l1_reduction"] == "mean" else 1)

    def epoch(self, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Train for one epoch: log-probabilities and labels as of `training.Engine`."""
        words = key_words(key(self.seed, "dropout", epoch))
        outputs, labels = [], []
        for step, (images, targets) in enumerate(self.batches.epoch(epoch)):
            outputs.append(self.step(images, targets, (self.recipe["dropout"], step, *words)))
            labels.append(targets)
            at = (epoch - 1) * len(self.batches) + step
            rate, momentum = np.float32(self.rates[at]), np.float32(self.momenta[at])
            network.descend(self.weights, self.slopes, self.velocity, self.l1, rate, momentum)
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
        for name, value in state["model"].items():
            self.arrays[name][...] = value
