"""The network forward and backward over a batch, and the step of SGD: layers in their order."""

from collections.abc import Mapping
from math import prod
from typing import NamedTuple

import numpy as np

from ..compiled import compiled, inner
from ..draws.dropout import masks_of_lanes
from . import layers as kernels
from . import normalization
from .layers import LEAST, ZERO, Convolution, Transition, tiled
from .normalization import DY_SUMS, SUMS, Norm, Y
from .simd import LANES

# --- The network: convolutions with ReLU and normalization ----------------------------------

NAMES = ("input", "block1", "block2a", "block2b", "block3", "block4")
C_IN = (1, 8, 8, 12, 16, 16)
C_OUT = (8, 16, 12, 16, 16, 16)
WIDTH = (28, 26, 12, 10, 8, 8)  # of the input, with its border
BORDER = (0, 0, 0, 0, 0, 1)  # of zeros: the convolution's padding
SIZE = tuple(width - 2 for width in WIDTH)  # of the output
G_BORDER = (0, 2, 2, 2, 2, 1)  # of the gradient: the input's gradient is then a convolution of it
DROPOUT = (-1, -1, -1, 0, 1, -1)  # which dropout layer follows the normalization
TRANSITION, LAST = 1, len(NAMES) - 1  # the layer before the transition; that before the head


class Layer(NamedTuple):
    """A layer's numbers, and its values: (blocks of 16 images, channels · places · LANES)."""

    there: Convolution
    back: Convolution  # of g by the kernels turned by 180°: the gradient of x
    gamma: int  # where γ begins in w
    beta: int
    size: int  # height and width of r
    norm: Norm
    dropout: int
    x: np.ndarray  # in its border
    r: np.ndarray
    mask: np.ndarray  # of dropout
    g: np.ndarray  # in its border
    s: np.ndarray  # (12, channels, blocks · LANES)


class Network(NamedTuple):
    """All of a network."""

    layers: tuple[Layer, ...]
    transition: Transition
    w: np.ndarray  # parameters, in the order of the state dict
    order: np.ndarray  # (2, parameters): those that `convolve` reads, forward and backward
    packed: np.ndarray  # w[order]
    dw: np.ndarray  # their gradients
    lanes: np.ndarray  # those of the convolutions, lane by lane: (parameters · LANES)
    running: np.ndarray  # Batch Norm's running means, where w has γ, and variances, as β
    output: np.ndarray  # the head's part of w, (classes, channels)
    d_output: np.ndarray
    logits: np.ndarray  # (classes, blocks · LANES)
    dy: np.ndarray  # gradient that is handed down: (blocks, values · LANES)


def aligned(*shape: int) -> np.ndarray:
    """Zeros, float32, that start at a cache line."""
    raw = np.zeros(prod(shape) + 16, np.float32)
    start = -raw.ctypes.data % 64 // 4
    return raw[start : start + prod(shape)].reshape(shape)


def network_of(start: Mapping[str, int], norms: list[Norm], classes: int, blocks: int) -> Network:
    """A network of zeros.

    Args:
        start: name of a parameter in the state dict → where it begins; the output's is the last.
        norms: of each layer.
        classes: outputs.
        blocks: of 16 images, that go through it at once.
    """

    def values(channels: int, width: int) -> np.ndarray:
        return aligned(blocks, channels * width**2 * LANES)

    output, layers = start["output.conv.weight"], []
    w, dw, running = np.zeros((3, output + classes * C_OUT[LAST]), np.float32)
    order = np.zeros((2, w.size), np.int64)
    for i, name in enumerate(NAMES):
        c_in, c_out, size, wide = C_IN[i], C_OUT[i], SIZE[i], SIZE[i] + 2 * G_BORDER[i]
        first, count = start[f"{name}.conv.weight"], 9 * c_in * c_out
        weights = np.arange(first, first + count).reshape(c_out, c_in, 9)
        order[0, first : first + count] = tiled(weights)
        if i > 0:
            order[1, first : first + count] = tiled(weights[:, :, ::-1].swapaxes(0, 1))
        layers.append(
            Layer(
                Convolution(c_in, c_out, WIDTH[i], BORDER[i], first),
                Convolution(c_out, c_in, wide, G_BORDER[i], first),
                start.get(f"{name}.norm.weight", 0),
                start.get(f"{name}.norm.bias", 0),
                size,
                norms[i],
                DROPOUT[i],
                x=values(c_in, WIDTH[i]),
                r=values(c_out, size),
                mask=values(c_out, size),
                g=values(c_out, wide),
                s=aligned(Y + 1, c_out, blocks * LANES),
            )
        )
    first, scratch = start["transition.conv.weight"], aligned(8 * 2 * 24 * LANES)
    order[0, first : first + 128] = tiled(np.arange(first, first + 128).reshape(8, 16, 1))
    logits = aligned(classes, blocks * LANES)
    pooling = Transition(first, values(16, 24), values(8, 12), values(8, 12), scratch)
    parameters = w, order, aligned(2, w.size), dw, aligned(w.size * LANES), running
    head = w[output:].reshape(classes, -1), dw[output:].reshape(classes, -1), logits
    return Network(tuple(layers), pooling, *parameters, *head, values(16, 24))


# --- Forward and backward -------------------------------------------------------------------


@inner
def put_images(images, x):
    """Images (n ≤ LANES, 28 · 28) into the lanes of the first layer's input; zeros beyond n."""
    for lane in range(LANES):
        for pixel in range(28 * 28):
            x[pixel * LANES + lane] = images[lane, pixel] if lane < len(images) else 0


@inner
def forward(network, images, first, training, dropout, log_probs):
    """Log-probabilities (n, classes) of images (n, 28 · 28), from number `first` of a batch on."""
    layers, transition, weights = network.layers, network.transition, network.packed[0]
    blocks, layer = -(-len(images) // LANES), layers[0]
    for b in range(blocks):
        put_images(images[b * LANES : (b + 1) * LANES], layer.x[b])
    for i in range(LAST + 1):
        above = layers[min(i + 1, LAST)]
        layer.s.fill(0)
        for b in range(blocks):
            given = layer.there, layer.x[b], weights, layer.r[b], ZERO
            kernels.convolve(*given, None, False, None, layer.s[SUMS:], b)
        normalization.statistics(layer, network.w, network.running, len(images), training)
        drops = dropout[0] > 0 and layer.dropout >= 0
        for b in range(blocks if i < LAST else 0):  # the head takes the mean of y
            if drops:
                place = layer.there.c_out * layer.size**2, first + b * LANES, layer.dropout
                masks_of_lanes(layer.mask[b], *place, *dropout)
            y = transition.x[b] if i == TRANSITION else above.x[b]
            kernels.normalize(layer, b, drops, y, above.there.border)
            if i == TRANSITION:
                kernels.transition_forward(transition, b, weights, above.x[b])
        layer = above
    normalization.head(layer, network.output, network.logits, log_probs)


@inner
def backward(network, labels, log_probs, batch, drops):
    """Add the gradients of a batch's mean loss, from images that just went forward."""
    layers, transition, layer = network.layers, network.transition, network.layers[LAST]
    head, outputs = (network.output, network.d_output, network.logits), (log_probs, labels, batch)
    normalization.head_back(layer, *head, *outputs, network.dy)
    for i in range(LAST, -1, -1):
        below = layers[max(i - 1, 0)]
        normalization.gradients(layer, network.w, network.dw, len(labels))
        for b in range(-(-len(labels) // LANES)):
            dy, r, s = network.dy[b], below.r[b], below.s[DY_SUMS:]
            kernels.normalize_back(layer, b, dy)
            kernels.convolution_gradient(layer, b, network.lanes)
            if i > 0:
                dx = transition.dt[b] if i - 1 == TRANSITION else dy
                given, drop = (layer.g[b], network.packed[1]), drops and below.dropout >= 0
                kernels.convolve(layer.back, *given, dx, LEAST, below.mask[b], drop, r, s, b)
            if i - 1 == TRANSITION:
                kernels.transition_backward(transition, b, network.w, network.lanes, dy, r, s)
        layer = below


# --- What the engine calls ------------------------------------------------------------------


@compiled
def run(network, images, labels, training, dropout, log_probs):
    """Log-probabilities of images; in training, the gradients of a batch's mean loss too.

    Args:
        images, labels: float32 (n, 28 · 28), int64 (n,); without training no label is read.
        dropout: probability of dropping, 0 without training, and of the masks the step and the
            words of the key.
    """
    w, dw, lanes = network.w, network.dw, network.lanes
    dw[:], lanes[:] = 0, 0
    for way in range(2):
        for i in range(w.size):
            network.packed[way, i] = w[network.order[way, i]]
    at_once = len(network.dy) * LANES if training else LANES
    for first in range(0, len(images), at_once):
        part = slice(first, first + at_once)
        forward(network, images[part], first, training, dropout, log_probs[part])
        if training:
            backward(network, labels[part], log_probs[part], len(images), dropout[0] > 0)
    for i in range(dw.size if training else 0):
        total = ZERO
        for lane in range(i * LANES, (i + 1) * LANES):
            total += lanes[lane]
        dw[i] += total


@compiled
def descend(w, dw, velocity, l1, learning_rate, momentum):
    """SGD with momentum (PyTorch's: v ← momentum·v + g, w ← w − rate·v) and an L1 penalty.

    l1: each weight's share of the penalty, whose gradient is its sign times that.
    """
    for i in range(w.size):
        slope = dw[i] + l1[i] * np.sign(w[i])
        velocity[i] = momentum * velocity[i] + slope
        w[i] -= learning_rate * velocity[i]
