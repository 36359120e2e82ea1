"""Whether the kernels compute what model.py says, and the bits that they give elsewhere."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from math import prod

import numpy as np

from ...data.idx import Split
from ..compiled import FOLDER, compiled
from ..draws.augmentation import normalize
from ..draws.dropout import dropout_masks, key_words
from ..draws.initial import initial_weights
from ..draws.streams import key, uniforms
from .engine import Network, Trainer, shapes_of

# Digest of what a few steps give; a test computes it as other processors do.
REFERENCE = "3171d24aecd57394c34a0538bb3bf5b2bcf354cf2b92d0ac00d3313140baade3"
IMAGES = 20  # of the batch that is compared: more than a vector's, no multiple of it
# In units of a tensor's largest value. Single precision is 1e-6 off; a changed layer, far more.
LOG_PROBS, GRADIENTS = 1e-5, 1e-4


def numbers(name: str, *shape: int) -> np.ndarray:
    """Uniform in ±1, float32: the same in every run."""
    drawn = uniforms(key(0, "initialisation", f"check/{name}"), prod(shape))
    return (2 * drawn - 1).astype(np.float32).reshape(shape)


def trial_state(recipe: dict) -> dict[str, np.ndarray]:
    """Weights for the comparison: before a normalization so small that its epsilon shows."""
    state = initial_weights(shapes_of(recipe), 0)
    for name, array in state.items():
        if ".norm." in name and array.shape:
            array += 0.3 * numbers(name, *array.shape)
        elif name.endswith("conv.weight") and recipe["norm"] != "none":
            array *= 0.1 if name.startswith(("input", "block")) else 1
    return state


def comparisons(
    recipe: dict, state: dict, inputs: np.ndarray, labels: np.ndarray, step: int = 0
) -> Iterator[tuple[str, np.ndarray, np.ndarray, float, float]]:
    """A training step by the kernels and by autograd in float64 through `model_of`'s network.

    Args:
        recipe, state: a run's parameters, the network's state dict.
        inputs, labels: float32 (n, 28, 28), int64 (n,).
        step: place of the batch in the epoch, which decides dropout.

    Yields:
        What is compared, both arrays, the largest error, and what that is relative to.
    """
    import torch  # takes seconds
    from torch.nn.functional import nll_loss

    from ..model import Dropout, model_of

    model, network, stream = model_of(recipe), Network(recipe, state), key(0, "dropout", "check")
    model.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})
    model.double().train()
    dropouts = [layer for layer in model.modules() if isinstance(layer, Dropout)]
    for number, layer in enumerate(dropouts):
        layer.mask = partial(dropout_masks, step=step, layer=number, p=layer.p, stream=stream)
    exact = model(torch.from_numpy(inputs)[:, None].double())
    nll_loss(exact, torch.from_numpy(labels)).backward()
    output = network.step(inputs, labels, (recipe["dropout"], step, *key_words(stream)))

    def largest(array: np.ndarray) -> float:
        return np.abs(array).max(initial=1)

    yield "its output in training", output, exact.detach().numpy(), LOG_PROBS, largest(output)
    slopes = {name: p.grad.numpy() for name, p in model.named_parameters() if p.grad is not None}
    top = max(np.abs(slope).max() for slope in slopes.values())
    for name, slope in slopes.items():
        scale = np.abs(slope).max()
        if scale < 1e-9 * top:  # zero but for rounding, as most of Instance Norm's
            scale = top
        yield f"the gradient of {name}", network.gradient[name], slope, GRADIENTS, scale
    for name, tensor in model.state_dict().items():
        array = tensor.numpy()
        yield f"{name} after a step", network.arrays[name], array, LOG_PROBS, largest(array)
    images = (127.5 * (1 + inputs)).clip(0, 255).astype(np.uint8)
    output = network.log_probabilities(images)
    levels = normalize(images, recipe["mean"], recipe["std"])
    exact = model.eval()(torch.from_numpy(levels)[:, None].double())
    yield "its output in evaluation", output, exact.detach().numpy(), LOG_PROBS, largest(output)


def difference(recipe: dict) -> str | None:
    """What differs between the kernels and the network that `build_model` returns, if anything.

    One batch goes through both: log-probabilities in train mode with dropout, all gradients,
    Batch Norm's running averages, log-probabilities in eval mode.
    """
    import torch

    from ..model import model_of

    torch.set_num_threads(recipe["threads"])  # more would wait for each other, 20 times as long
    shapes = {name: tuple(tensor.shape) for name, tensor in model_of(recipe).state_dict().items()}
    if shapes != shapes_of(recipe):
        return "the names or shapes of its parameters"
    recipe = recipe | {"batch_size": IMAGES, "mean": 0.5, "std": 0.25}
    batch = numbers("images", IMAGES, 28, 28), np.arange(IMAGES) % recipe["num_classes"]
    for what, ours, exact, error, scale in comparisons(recipe, trial_state(recipe), *batch):
        if not np.abs(ours - exact).max() <= error * scale:
            return what
    return None


def few_steps() -> str:
    """A digest of two short trainings: weights and all outputs, from first draw to evaluation."""
    images = (127.5 * (1 + numbers("training images", 150, 28, 28))).astype(np.uint8)
    split = Split(images, np.arange(150) % 10)
    recipe = {"norm_options": {}, "num_classes": 10, "dropout": 0.04, "mean": 0.1307, "std": 0.3081}
    recipe |= {"epochs": 1, "batch_size": 64, "l1": 1e-4, "l1_reduction": "mean"}
    recipe |= {"max_lr": 0.1, "base_momentum": 0.85, "max_momentum": 0.95}
    recipe |= {"rotation_degrees": 7, "brightness": 0.4, "contrast": 0.4}
    digest = hashlib.sha256()
    for norm in ("group", "batch"):
        trainer = Trainer(recipe | {"norm": norm}, 1, split)
        outputs, _ = trainer.epoch(1)
        for array in (outputs, trainer.weights, trainer.log_probabilities(images)):
            digest.update(array.tobytes())
    return digest.hexdigest()


@compiled
def keeps_denormals(smallest):
    """Whether half the smallest normal number is not 0: some libraries switch a process to that."""
    return smallest / np.float32(2) > 0


def gives_reference_bits() -> bool:
    """Whether this machine's few steps are the reference's, and this process keeps denormals.

    The former is computed once per cache of `compiled`, and kept as the name of an empty file:
    jobs that start at once cannot disturb each other.
    """
    if not keeps_denormals(np.finfo(np.float32).tiny):
        return False
    digests = [path.name for path in FOLDER.glob("few_steps-*")] if FOLDER else []
    if not digests:
        digests = [f"few_steps-{few_steps()}"]
        with suppress(OSError):  # a full disk: next time
            if FOLDER:
                (FOLDER / digests[0]).touch()
    return digests == [f"few_steps-{REFERENCE}"]
