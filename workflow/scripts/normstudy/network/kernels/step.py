"""The network forward and backward over a batch, and the step of SGD: layers in their order."""

from itertools import accumulate
from typing import NamedTuple

import numpy as np

from ..compiled import compiled, inner
from ..draws.dropout import masks_of_lanes
from . import layers, normalization
from .normalization import DY_SUMS, SUMS, A, B, P, Q, U
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
LAYERS, LAST, PIXELS = len(NAMES), len(NAMES) - 1, 28 * 28
TRANSITION = 1  # the layer that the transition follows

NONE, IMAGE, BATCH = range(3)
ZERO, LEAST = np.float32(0), np.float32(-np.inf)


class Norm(NamedTuple):
    """A normalization: what it is over, groups per layer, and whether it subtracts the mean."""

    over: int  # NONE, IMAGE or BATCH
    groups: tuple[int, ...] = (1,) * LAYERS
    centred: bool = True


class Parameters(NamedTuple):
    """The network's parameters, or their gradients: float32, each flat as in the state dict."""

    convolutions: tuple[np.ndarray, ...]  # the transition's last
    gammas: tuple[np.ndarray, ...]
    betas: tuple[np.ndarray, ...]
    output: np.ndarray


class Memory(NamedTuple):
    """What a step works in, all of it float32."""

    blocks: np.ndarray  # (blocks at once, BLOCK), by BUFFERS
    stats: np.ndarray  # (LAYERS, 11, blocks at once, 16 · LANES): s of normalization.py
    forward: tuple[np.ndarray, ...]  # the convolutions' weights, packed; the transition's last
    backward: tuple[np.ndarray, ...]
    lanes: tuple[np.ndarray, ...]  # their gradients, lane by lane; the transition's last
    logits: np.ndarray  # (classes · LANES)


def _squares(channels: tuple, size: tuple, border: tuple = (0,) * LAYERS) -> list[int]:
    """Vectors of each layer's activations, in their border."""
    return [c * (s + 2 * b) ** 2 for c, s, b in zip(channels, size, border, strict=True)]


# A block's buffers: the layers' inputs x, ReLUs' outputs r, gradients g and dropout masks; before
# the transition y, after it dt; the gradient dy that is handed down; room for tiles.
BUFFERS = [
    *_squares(C_IN, WIDTH),
    *_squares(C_OUT, SIZE),
    *_squares(C_OUT, SIZE, G_BORDER),
    *[16 * s * s * (d >= 0) for s, d in zip(SIZE, DROPOUT, strict=True)],
    *[16 * 24 * 24, 16 * 24 * 24, 8 * 12 * 12, 8 * 12 * 12, 8 * 2 * 24],
]
*_STARTS, BLOCK = accumulate((size * LANES for size in BUFFERS), initial=0)
X, R, G, MASK = (tuple(_STARTS[i * LAYERS : (i + 1) * LAYERS]) for i in range(4))
Y, DY, WHICH, DT, SCRATCH = _STARTS[4 * LAYERS :]


def aligned(*shape: int) -> np.ndarray:
    """Zeros, float32, that start at a cache line."""
    count = int(np.prod(shape))
    raw = np.zeros(count + 16, np.float32)
    start = -raw.ctypes.data % 64 // 4
    return raw[start : start + count].reshape(shape)


def new_memory(blocks: int, classes: int) -> Memory:
    """The memory of steps with so many blocks of images at once."""
    pairs = list(zip(C_IN, C_OUT, strict=True))
    return Memory(
        blocks=aligned(blocks, BLOCK),
        stats=aligned(LAYERS, U + 1, blocks, 16 * LANES),
        forward=(*(aligned(9 * i * o) for i, o in pairs), aligned(128)),
        backward=tuple(aligned(9 * max(i, layers.CHANNELS) * o) for i, o in pairs),
        lanes=(*(aligned(9 * i * o * LANES) for i, o in pairs), aligned(128 * LANES)),
        logits=aligned(classes * LANES),
    )


# --- Forward and backward -------------------------------------------------------------------


@inner
def pack_weights(p, memory):
    """Put the weights in the order in which the kernels read them."""
    for i in range(LAYERS):
        weights, c_in, c_out = p.convolutions[i], C_IN[i], C_OUT[i]
        layers.pack(weights, memory.forward[i], c_out, c_in, (9 * c_in, 9), 9, False)
        layers.pack(weights, memory.backward[i], c_in, c_out, (9, 9 * c_in), 9, True)
    layers.pack(p.convolutions[-1], memory.forward[-1], 8, 16, (16, 1), 1, False)


@inner
def put_images(images, block):
    """Images (n ≤ LANES, PIXELS) into the lanes of the first layer's input; zeros beyond n."""
    for lane in range(LANES):
        for pixel in range(PIXELS):
            value = images[lane, pixel] if lane < len(images) else 0
            block[X[0] + pixel * LANES + lane] = value


@inner
def sets_of(norm, i, images, blocks):
    """Layer i's index sets, as `normalization` takes them."""
    if norm.over == BATCH:
        return 1, blocks * LANES, images, norm.centred
    return C_OUT[i] // norm.groups[i], 1, blocks * LANES, norm.centred


@inner
def forward(images, first, norm, p, running, training, dropout, memory, log_probs):
    """Log-probabilities (n, classes) of images (n, PIXELS) of a batch, from `first` on, at once."""
    blocks, used = memory.blocks, -(-len(images) // LANES)
    for b in range(used):
        put_images(images[b * LANES : (b + 1) * LANES], blocks[b])
    for i in range(LAYERS):
        s, c_in, c_out = memory.stats[i, :, :used], C_IN[i], C_OUT[i]
        for b in range(used):
            x, r = blocks[b, X[i] :], blocks[b, R[i] :]
            given = x, WIDTH[i], BORDER[i], memory.forward[i], ZERO, x, False  # no mask
            layers.convolve_and_sum(*given, r, c_in, c_out, r, s[SUMS:, b])
        if norm.over == NONE:
            s[A], s[B] = 1, 0
        else:
            sets, averages = sets_of(norm, i, len(images), used), (running[0][i], running[1][i])
            affine = p.gammas[i], p.betas[i]
            normalization.statistics(s, sets, SIZE[i] ** 2, *averages, training, *affine)
        for b in range(used if i < LAST else 0):  # the head takes the mean of y
            m = blocks[b]
            y, mask = m[Y if i == TRANSITION else X[i + 1] :], m[MASK[i] :]
            drops = dropout[0] > 0 and DROPOUT[i] >= 0
            if drops:
                masks_of_lanes(mask, c_out * SIZE[i] ** 2, first + b * LANES, DROPOUT[i], *dropout)
            layers.normalize(m[R[i] :], s[:, b], mask, drops, y, c_out, SIZE[i], BORDER[i + 1])
            if i == TRANSITION:
                out, scratch = m[X[i + 1] :], m[SCRATCH:]
                layers.transition(y, memory.forward[-1], scratch, out, m[WHICH:], SIZE[i])
    for b in range(used):
        s, part = memory.stats[LAST, :, b], log_probs[b * LANES : (b + 1) * LANES]
        normalization.head(s, SIZE[LAST] ** 2, p.output, memory.logits, part)


@inner
def backward(labels, log_probs, batch, norm, p, d, masked, memory):
    """Add the gradients of a batch's mean loss to d, from images that just went forward."""
    blocks, used = memory.blocks, -(-len(labels) // LANES)
    for b in range(used):
        part, s = slice(b * LANES, (b + 1) * LANES), memory.stats[LAST, :, b]
        outputs, dy = (labels[part], log_probs[part], batch), blocks[b, DY:]
        head = p.output, d.output, memory.logits
        normalization.head_back(s, SIZE[LAST] ** 2, *outputs, *head, dy)
    for i in range(LAST, -1, -1):
        s, c_in, c_out, border = memory.stats[i, :, :used], C_IN[i], C_OUT[i], G_BORDER[i]
        if norm.over == NONE:
            s[P], s[Q], s[U] = 1, 0, 0
        else:
            sets = sets_of(norm, i, len(labels), used)
            normalization.gradients(s, sets, SIZE[i] ** 2, p.gammas[i], d.gammas[i], d.betas[i])
        for b in range(used):
            m = blocks[b]
            g, dy, width, weights = m[G[i] :], m[DY:], SIZE[i] + 2 * border, memory.backward[i]
            layers.normalize_back(m[R[i] :], dy, s[:, b], g, c_out, SIZE[i], border)
            x, dw = m[X[i] :], memory.lanes[i]
            layers.convolution_gradient(x, WIDTH[i], g, border, dw, c_in, c_out)
            if i == 0:
                continue
            k = i - 1  # the layer that the gradient goes on to
            r, below, mask, drops = m[R[k] :], memory.stats[k, :, b], m[MASK[k] :], DROPOUT[k] >= 0
            dx = m[DT:] if k == TRANSITION else dy
            given = g, width, border, weights, LEAST, mask, masked and drops
            layers.convolve_and_sum(*given, dx, c_out, c_in, r, below[DY_SUMS:])
            if k == TRANSITION:
                pooled = m[Y:], r, p.convolutions[-1], dx, m[WHICH:], m[SCRATCH:]
                layers.transition_back(*pooled, dy, memory.lanes[-1], below, SIZE[k])


# --- What the engine calls ------------------------------------------------------------------


@compiled
def run(images, labels, training, norm, p, d, running, dropout, memory, log_probs):
    """Log-probabilities of images; in training, the gradients of a batch's mean loss in d too.

    Args:
        images, labels: float32 (n, PIXELS), int64 (n,); without training no label is read.
        d: zeros, if there is training.
        running: Batch Norm's running averages of means and of variances, moved by training.
        dropout: probability of dropping, 0 without training, and of the masks the step and the
            words of the key.
    """
    pack_weights(p, memory)
    for lanes in memory.lanes:
        lanes[:] = 0
    at_once = len(memory.blocks) * LANES if training else LANES
    for first in range(0, len(images), at_once):
        part = slice(first, first + at_once)
        given = images[part], first, norm, p, running, training
        forward(*given, dropout, memory, log_probs[part])
        if training:
            batch = labels[part], log_probs[part], len(images), norm, p, d
            backward(*batch, dropout[0] > 0, memory)
    for i in range(len(memory.lanes) if training else 0):
        layers.sum_lanes(memory.lanes[i], d.convolutions[i])


@compiled
def descend(weights, gradient, velocity, l1, learning_rate, momentum):
    """SGD with momentum (PyTorch's: v ← momentum·v + g, w ← w − rate·v) and an L1 penalty.

    l1: each weight's share of the penalty, whose gradient is its sign times that.
    """
    for i in range(weights.size):
        slope = gradient[i] + l1[i] * np.sign(weights[i])
        velocity[i] = momentum * velocity[i] + slope
        weights[i] -= learning_rate * velocity[i]
