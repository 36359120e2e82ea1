"""Initial weights: PyTorch's default distribution, drawn from the run's own streams."""

import math

import numpy as np

from .streams import key, uniforms


def uniform_weights(name: str, shape: tuple[int, ...], fan_in: int, seed: int) -> np.ndarray:
    """Uniform in ±1/√fan_in, float32: what PyTorch gives to weights and biases of its convolutions
    and linear layers (`kaiming_uniform_` with a = √5).

    Args:
        name: of the tensor in the network's state dict. Its stream depends on this and the seed
            alone, so that networks that differ elsewhere start from the same weights here.
        shape: of the tensor.
        fan_in: how many inputs make one output of the layer.
        seed: the run's.
    """
    uniform = uniforms(key(seed, "initialisation", name), math.prod(shape))
    return ((2 * uniform - 1) * (1 / math.sqrt(fan_in))).astype(np.float32).reshape(shape)


def initial_weights(shapes: dict[str, tuple[int, ...]], seed: int) -> dict[str, np.ndarray]:
    """The initial state dict of the network that `model.py` defines, by names and shapes.

    Convolutions have no bias there; a normalization starts as the identity.
    """
    constant = {"weight": 1, "bias": 0, "running_mean": 0, "running_var": 1}
    return {
        name: uniform_weights(name, shape, math.prod(shape[1:]), seed)
        if name.endswith("conv.weight")
        else np.array(0)  # num_batches_tracked
        if not shape
        else np.full(shape, constant[name.rpartition(".")[2]], np.float32)
        for name, shape in shapes.items()
    }
