"""The layers as kernels, forward and backward: 16 images of a batch at a time.

r is what a ReLU gives (what the normalizations read), g the gradient of what goes into the ReLU,
dy that of a normalization's output. g lies in a border of zeros, as wide as the gradient of the
convolution's input asks for.

Orders of summation: a convolution adds over channels in, kernel rows, kernel columns; a
weight's gradient over rows and columns in each lane, block of images by block, then over the
lanes. Neither depends on the size of the tiles, which is chosen for the registers at hand.
"""

import numpy as np

from ..compiled import AVX512, inner
from .normalization import DOTS, DY_SUMS, A, B, P, Q, U
from .simd import (
    LANES,
    add,
    at_least,
    fma,
    load,
    multiply,
    outer,
    spread,
    store,
    tile,
    where_equal,
    where_greater,
)

ZERO = np.float32(0)
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


@inner
def pack(weights, packed, outs, ins, strides, taps, turned):
    """Weights as the tiles read them: (outs / CHANNELS, ins, taps, CHANNELS).

    Args:
        weights: that of an output and an input begins at their product with `strides`.
        turned: the taps from last to first, a kernel turned by 180°.
    """
    for o in range(outs):
        for i in range(ins):
            for k in range(taps):
                weight = weights[o * strides[0] + i * strides[1] + (taps - 1 - k if turned else k)]
                packed[((o // CHANNELS * ins + i) * taps + k) * CHANNELS + o % CHANNELS] = weight


@inner
def convolve_row(x, width, border, weights, out, y, c_in, c_out):
    """Row y of out (c_out, width − 2, width − 2) = weights ∗ x (c_in, width, width).

    x's outer `border` rows are zeros, and skipped.
    """
    size = width - 2
    first, last = max(0, border - y), min(3, width - border - y)
    for group in range(0, c_out, CHANNELS):
        for column in range(0, size, PLACES):
            t = conv_zeros()
            for c in range(c_in):
                for row in range(first, last):
                    i = (c * width + y + row) * width + column
                    w = (group * c_in + c * CHANNELS) * 9 + row * 3 * CHANNELS
                    t = conv_update(t, weights, w, 1, x, i, 0)
                    t = conv_update(t, weights, w + CHANNELS, 1, x, i + 1, 0)
                    t = conv_update(t, weights, w + 2 * CHANNELS, 1, x, i + 2, 0)
            conv_store(t, out, (group * size + y) * size + column, size * size)


@inner
def convolve_and_sum(x, width, border, weights, least, mask, masked, out, c_in, c_out, other, s):
    """out = max(weights ∗ x, least) · mask; in s[0] and s[1] its sums and those of out · other."""
    size = width - 2
    s[:2] = 0
    for y in range(size):
        convolve_row(x, width, border, weights, out, y, c_in, c_out)
        for c in range(c_out):
            total, product = spread(ZERO), spread(ZERO)
            for i in range((c * size + y) * size, (c * size + y + 1) * size):
                value = at_least(load(out, i), spread(least))
                if masked:
                    value = multiply(value, load(mask, i))
                store(value, out, i)
                total, product = add(total, value), fma(value, load(other, i), product)
            store(add(load(s[0], c), total), s[0], c)
            store(add(load(s[1], c), product), s[1], c)


@inner
def convolution_gradient(x, width, g, border, dw, c_in, c_out):
    """Add the gradient of the weights, lane by lane, to dw (c_out, c_in, 9)."""
    size = width - 2
    wide = size + 2 * border
    rows = 6 if size == 24 else size  # at a time: what of x and g stays in the cache
    for start in range(0, size, rows):
        for o in range(0, c_out, FILTERS):
            for c in range(c_in):
                for kernel_row in range(0, 3, ROWS):
                    at = (o * c_in + c) * 9 + 3 * kernel_row
                    t = taps_load(dw, at, 9 * c_in)
                    for y in range(start, start + rows):
                        i = (o * wide + y + border) * wide + border
                        j = (c * width + y + kernel_row) * width
                        for k in range(size):
                            t = taps_update(t, g, i + k, wide * wide, x, j + k, width)
                    taps_store(t, dw, at, 9 * c_in)


@inner
def sum_lanes(lanes, sums):
    """The sum of each vector's lanes, from first to last."""
    for i in range(sums.size):
        total = ZERO
        for lane in range(i * LANES, (i + 1) * LANES):
            total += lanes[lane]
        sums[i] = total


# --- Normalization, applied -------------------------------------------------------------------


@inner
def normalize(r, s, mask, masked, y, channels, size, border):
    """y = (a·r + b) · mask, into a buffer with a border."""
    wide = size + 2 * border
    for c in range(channels):
        scale, shift = load(s[A], c), load(s[B], c)
        for row in range(size):
            i, o = (c * size + row) * size, (c * wide + row + border) * wide + border
            for k in range(size):
                value = fma(load(r, i + k), scale, shift)
                if masked:
                    value = multiply(value, load(mask, i + k))
                store(value, y, o + k)


@inner
def normalize_back(r, dy, s, g, channels, size, border):
    """g = p·dy + q·r + u where r > 0, else 0, into a buffer with a border."""
    wide, zero = size + 2 * border, spread(ZERO)
    for c in range(channels):
        of_dy, of_r, constant = load(s[P], c), load(s[Q], c), load(s[U], c)
        for row in range(size):
            i, o = (c * size + row) * size, (c * wide + row + border) * wide + border
            for k in range(size):
                value = load(r, i + k)
                dr = fma(load(dy, i + k), of_dy, fma(value, of_r, constant))
                store(where_greater(value, zero, dr, zero), g, o + k)


# --- Transition: 1×1 convolution 16 → 8, then 2×2 max pooling ---------------------------------


@inner
def transition(x, weights, scratch, out, which, size):
    """out (8, size/2, size/2); `which` of the four places was the maximum, 0 to 3."""
    half = size // 2
    for group in range(0, 8, 4):
        for y in range(half):
            for k in range(half):
                t = square_zeros()
                for c in range(16):
                    i = (c * size + 2 * y) * size + 2 * k
                    t = window_update(t, weights, group * 16 + c * 4, 1, x, i, size)
                square_store(t, scratch, 0, 4)
                for c in range(4):
                    best, place = load(scratch, 4 * c), spread(ZERO)
                    for other in range(1, 4):
                        value = load(scratch, 4 * c + other)
                        place = where_greater(value, best, spread(np.float32(other)), place)
                        best = where_greater(value, best, value, best)
                    o = ((group + c) * half + y) * half + k
                    store(place, which, o)
                    store(best, out, o)


@inner
def transition_back(x, r, weights, dt, which, scratch, dy, dw, s, size):
    """dy, its sums and those of dy·r, and the gradient of the weights, added to dw lane by lane.

    dt is the gradient of the pooled output; x, whose gradient dy is, the normalized r.
    """
    sums, dots, zero = s[DY_SUMS], s[DOTS], spread(ZERO)
    half, pair = size // 2, 2 * size  # two rows of x at a time: a row of the pooled output
    sums[:], dots[:] = 0, 0
    for y in range(half):
        for o in range(8):
            for k in range(half):
                at = (o * half + y) * half + k
                value, which_one = load(dt, at), load(which, at)
                for place in range(4):
                    i = o * pair + place // 2 * size + 2 * k + place % 2
                    here = where_equal(which_one, spread(np.float32(place)), value, zero)
                    store(here, scratch, i)
        start = y * pair
        for group in range(0, 16, 4):
            for k in range(0, pair, 4):
                t = square_zeros()
                for o in range(8):
                    t = across_update(t, weights, o * 16 + group, 1, scratch, o * pair + k, 0)
                square_store(t, dy, group * size * size + start + k, size * size)
            for c in range(group, group + 4):
                total, dot = load(sums, c), load(dots, c)
                for k in range(c * size * size + start, c * size * size + start + pair):
                    value = load(dy, k)
                    total, dot = add(total, value), fma(value, load(r, k), dot)
                store(total, sums, c)
                store(dot, dots, c)
        for o in range(0, 8, 4):
            for c in range(0, 16, 4):
                t = square_load(dw, o * 16 + c, 16)
                for k in range(pair):
                    i, j = o * pair + k, c * size * size + start + k
                    t = down_update(t, scratch, i, pair, x, j, size * size)
                square_store(t, dw, o * 16 + c, 16)
