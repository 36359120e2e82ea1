"""The layers as kernels, forward and backward: 16 images of a batch at a time.

r is what a ReLU gives (what the normalizations read), g the gradient of what goes into the ReLU,
dy that of a normalization's output. g lies in a border of zeros, as wide as the gradient of the
convolution's input asks for. s is that of normalization.py, of these images.

Orders of summation: a convolution adds over channels in, kernel rows, kernel columns; a
weight's gradient over rows and columns in each lane, block of images by block, then over the
lanes. Neither depends on the size of the tiles, which is chosen for the registers at hand.
"""

from typing import NamedTuple

import numpy as np

from ..compiled import AVX512, inner
from .normalization import A, B, P, Q, U
from .simd import LANES, add, fma, if_equal, if_greater, load, multiply, outer, spread, store, tile

ZERO, LEAST = np.float32(0), np.float32(-np.inf)
CHANNELS, PLACES = 4, 2  # tile of a convolution: channels out × places
FILTERS = 2  # tile of a weight's gradient: channels out × ROWS·3 taps of the kernel
ROWS = 3 if AVX512 else 1

conv_zeros, _, conv_store = tile(CHANNELS, PLACES)
conv_update = outer(CHANNELS, [(0, place) for place in range(PLACES)], scalars=True)
_, taps_load, taps_store = tile(FILTERS, 3 * ROWS)
taps_update = outer(FILTERS, [(y, x) for y in range(ROWS) for x in range(3)], scalars=False)
square_zeros, square_load, square_store = tile(4, 4)
window_update = outer(4, [(0, 0), (0, 1), (1, 0), (1, 1)], scalars=True)
across_update = outer(4, [(0, place) for place in range(4)], scalars=True)
down_update = outer(4, [(channel, 0) for channel in range(4)], scalars=False)


# --- 3×3 convolution --------------------------------------------------------------------------


class Convolution(NamedTuple):
    """A 3×3 convolution: x (c_in, width, width) → (c_out, width − 2, width − 2)."""

    c_in: int
    c_out: int
    width: int
    border: int  # how many of x's outer rows are zeros, and skipped
    first: int  # where its weights begin, packed or not


def tiled(weights: np.ndarray) -> np.ndarray:
    """Weights (c_out, c_in, taps) in the order in which the tiles of a convolution read them."""
    _, c_in, taps = weights.shape
    return weights.reshape(-1, CHANNELS, c_in, taps).transpose(0, 2, 3, 1).ravel()


@inner
def convolve_row(convolution, x, weights, out, y):
    """Row y of out = weights ∗ x."""
    c_in, c_out, width, border, first_weight = convolution
    size, first, last = width - 2, max(0, border - y), min(3, width - border - y)
    for group in range(0, c_out, CHANNELS):
        for column in range(0, size, PLACES):
            t = conv_zeros()
            for c in range(c_in):
                for row in range(first, last):
                    i = (c * width + y + row) * width + column
                    w = first_weight + (group * c_in + c * CHANNELS) * 9 + row * 3 * CHANNELS
                    t = conv_update(t, weights, w, 1, x, i, 0)
                    t = conv_update(t, weights, w + CHANNELS, 1, x, i + 1, 0)
                    t = conv_update(t, weights, w + 2 * CHANNELS, 1, x, i + 2, 0)
            conv_store(t, out, (group * size + y) * size + column, size * size)


@inner
def convolve(convolution, x, weights, out, least, mask, masked, other, s, b):
    """out = max(weights ∗ x, least) · mask; to s[0] add its sums, to s[1] those of out · other.

    Args:
        mask: None for none.
        other: None for out itself. Read back from memory it would wait for the store, of which
            LLVM makes a masked one: a quarter of a forward pass.
    """
    size, floor = convolution.width - 2, spread(least)
    sums, products, blocks = s[0], s[1], s.shape[2] // LANES
    for y in range(size):
        convolve_row(convolution, x, weights, out, y)
        for c in range(convolution.c_out):
            total, product = spread(ZERO), spread(ZERO)
            for i in range((c * size + y) * size, (c * size + y + 1) * size):
                value = load(out, i)
                value = if_greater(floor, value, floor, value)  # NaN stays NaN
                if mask is not None and masked:
                    value = multiply(value, load(mask, i))
                store(value, out, i)
                factor = value if other is None else load(other, i)
                total, product = add(total, value), fma(value, factor, product)
            at = c * blocks + b
            store(add(load(sums, at), total), sums, at)
            store(add(load(products, at), product), products, at)


@inner
def convolution_gradient(layer, b, lanes):
    """Add the gradient of the weights (c_out, c_in, 9) to `lanes`, lane by lane."""
    (c_in, c_out, width, _, first), (_, _, wide, border, _) = layer.there, layer.back
    x, g, size = layer.x[b], layer.g[b], layer.size
    rows = 6 if size == 24 else size  # at a time: what of x and g stays in the cache
    for start in range(0, size, rows):
        for o in range(0, c_out, FILTERS):
            for c in range(c_in):
                for kernel_row in range(0, 3, ROWS):
                    at = first + (o * c_in + c) * 9 + 3 * kernel_row
                    t = taps_load(lanes, at, 9 * c_in)
                    for y in range(start, start + rows):
                        i = (o * wide + y + border) * wide + border
                        j = (c * width + y + kernel_row) * width
                        for k in range(size):
                            t = taps_update(t, g, i + k, wide * wide, x, j + k, width)
                    taps_store(t, lanes, at, 9 * c_in)


# --- Normalization, applied -------------------------------------------------------------------


@inner
def normalize(layer, b, masked, y, border):
    """y = (a·r + b) · mask, into a buffer with a border."""
    r, mask, size = layer.r[b], layer.mask[b], layer.size
    wide = size + 2 * border
    for c in range(layer.there.c_out):
        scale, shift = load(layer.s[A, c], b), load(layer.s[B, c], b)
        for row in range(size):
            i, o = (c * size + row) * size, (c * wide + row + border) * wide + border
            for k in range(size):
                value = fma(load(r, i + k), scale, shift)
                if masked:
                    value = multiply(value, load(mask, i + k))
                store(value, y, o + k)


@inner
def normalize_back(layer, b, dy):
    """g = p·dy + q·r + u where r > 0, else 0, into a buffer with a border."""
    r, g, s, size, zero = layer.r[b], layer.g[b], layer.s, layer.size, spread(ZERO)
    wide, border = layer.back.width, layer.back.border
    for c in range(layer.there.c_out):
        of_dy, of_r, constant = load(s[P, c], b), load(s[Q, c], b), load(s[U, c], b)
        for row in range(size):
            i, o = (c * size + row) * size, (c * wide + row + border) * wide + border
            for k in range(size):
                value = load(r, i + k)
                dr = fma(load(dy, i + k), of_dy, fma(value, of_r, constant))
                store(if_greater(value, zero, dr, zero), g, o + k)


# --- Transition: 1×1 convolution 16 → 8, then 2×2 max pooling ---------------------------------


class Transition(NamedTuple):
    """Where its weights begin, and its values: (blocks, channels · places · LANES)."""

    first: int
    x: np.ndarray
    which: np.ndarray  # of the four places was the maximum, 0 to 3
    dt: np.ndarray  # gradient of what it gives
    scratch: np.ndarray


@inner
def transition_forward(transition, b, weights, out):
    """Set out (8, 12, 12) and `which`."""
    first, scratch = transition.first, transition.scratch
    x, which = transition.x[b], transition.which[b]
    for group in range(0, 8, 4):
        for y in range(12):
            for k in range(12):
                t = square_zeros()
                for c in range(16):
                    i = (c * 24 + 2 * y) * 24 + 2 * k
                    t = window_update(t, weights, first + group * 16 + c * 4, 1, x, i, 24)
                square_store(t, scratch, 0, 4)
                for c in range(4):
                    best, place = load(scratch, 4 * c), spread(ZERO)
                    for other in range(1, 4):
                        value = load(scratch, 4 * c + other)
                        place = if_greater(value, best, spread(np.float32(other)), place)
                        best = if_greater(value, best, value, best)
                    o = ((group + c) * 12 + y) * 12 + k
                    store(place, which, o)
                    store(best, out, o)


@inner
def transition_backward(transition, b, w, lanes, dy, r, s):
    """dy, the gradient of x, and as of `convolve` sums in s; to `lanes`, that of the weights."""
    first, scratch, sums, products = transition.first, transition.scratch, s[0], s[1]
    x, which, dt, blocks = (
        transition.x[b],
        transition.which[b],
        transition.dt[b],
        s.shape[2] // LANES,
    )
    s[:2, :, b * LANES : (b + 1) * LANES] = 0
    for y in range(12):  # two rows of x, 48 places
        for o in range(8):
            for k in range(12):
                at = (o * 12 + y) * 12 + k
                value, maximum = load(dt, at), load(which, at)
                for place in range(4):
                    here = if_equal(maximum, spread(np.float32(place)), value, spread(ZERO))
                    store(here, scratch, o * 48 + place // 2 * 24 + 2 * k + place % 2)
        for group in range(0, 16, 4):
            for k in range(0, 48, 4):
                t = square_zeros()
                for o in range(8):
                    t = across_update(t, w, first + o * 16 + group, 1, scratch, o * 48 + k, 0)
                square_store(t, dy, group * 576 + y * 48 + k, 576)
            for c in range(group, group + 4):
                at = c * blocks + b
                total, product = load(sums, at), load(products, at)
                for i in range(c * 576 + y * 48, c * 576 + (y + 1) * 48):
                    value = load(dy, i)
                    total, product = add(total, value), fma(value, load(r, i), product)
                store(total, sums, at)
                store(product, products, at)
        for o in range(0, 8, 4):
            for c in range(0, 16, 4):
                t = square_load(lanes, first + o * 16 + c, 16)
                for k in range(48):
                    t = down_update(t, scratch, o * 48 + k, 48, x, c * 576 + y * 48 + k, 576)
                square_store(t, lanes, first + o * 16 + c, 16)
