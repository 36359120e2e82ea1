"""Dropout masks, in the layout that either engine wants, from one definition.

Element e (channel, row, column, counted as they lie in an (C, H, W) array) of image n of a batch,
in dropout layer l (counted from the input), at step s of an epoch, is kept where word e mod 4 of

    Philox4x32-10(counter = (e div 4, n, s, l), key = the epoch's)

is below (1 − p) · 2³², and is then divided by 1 − p; otherwise it is 0.
"""

import numpy as np

from ..compiled import compiled

LANES = 16  # images side by side in the kernels' layout
# Multipliers, the key's increments (Salmon et al. 2011, and its Random123), and 32 bits.
M0, M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
W0, W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
LOW, HALF = np.uint64(0xFFFFFFFF), np.uint64(32)


@compiled
def philox4x32(c0, c1, c2, c3, k0, k1):
    """Philox4x32-10: four random words for a counter and a key, each uint64 below 2³²."""
    for _ in range(10):
        p0, p1 = c0 * M0, c2 * M1
        c0, c1, c2, c3 = (p1 >> HALF) ^ c1 ^ k0, p1 & LOW, (p0 >> HALF) ^ c3 ^ k1, p0 & LOW
        k0, k1 = (k0 + W0) & LOW, (k1 + W1) & LOW
    return c0, c1, c2, c3


@compiled
def masks_of_lanes(out, elements, first_image, layer, p, step, k0, k1):
    """Write the masks of 16 images: element e of image first_image + i to out[16·e + i].

    Args:
        out: float32, flat; elements beyond a multiple of 4 are filled up to the next one.
        elements: C·H·W.
        first_image: place in the batch of the first of the 16.
        layer: number of the dropout layer.
        p: probability of dropping, 0 … 1.
        step: place of the batch in the epoch.
        k0, k1: the epoch's key, of `key_words`.
    """
    limit = np.uint64(np.rint((1.0 - p) * 4294967296.0))
    scale = np.float32(1.0 / (1.0 - p)) if p < 1.0 else np.float32(0.0)
    nothing = np.float32(0.0)
    for quarter in range((elements + 3) // 4):
        at = 4 * LANES * quarter
        for lane in range(LANES):
            image = np.uint64(first_image + lane)
            words = philox4x32(np.uint64(quarter), image, np.uint64(step), np.uint64(layer), k0, k1)
            out[at + lane] = scale if words[0] < limit else nothing
            out[at + LANES + lane] = scale if words[1] < limit else nothing
            out[at + 2 * LANES + lane] = scale if words[2] < limit else nothing
            out[at + 3 * LANES + lane] = scale if words[3] < limit else nothing


def key_words(key: bytes) -> tuple[np.uint64, np.uint64]:
    """The two 32-bit words of a stream's key that Philox4x32 takes."""
    low, high = np.frombuffer(key[:8], "<u4").astype(np.uint64)
    return low, high


@compiled
def _fill(out, elements, layer, p, step, k0, k1):
    """`masks_of_lanes` of a batch: out (blocks of 16 images, elements filled up to fours · 16)."""
    for block in range(len(out)):
        masks_of_lanes(out[block], elements, LANES * block, layer, p, step, k0, k1)


def dropout_masks(
    shape: tuple[int, ...], step: int, layer: int, p: float, stream: bytes
) -> np.ndarray:
    """The masks of a batch.

    Args:
        shape: of the layer's activations, (N, C, H, W) or (N, features).
        step: place of the batch in the epoch.
        layer: number of the dropout layer, counted from the input.
        p: probability of dropping, 0 … 1.
        stream: the epoch's, of `streams.key`.

    Returns:
        float32 of that shape: 0 where an activation is dropped, else 1 / (1 − p).
    """
    images, elements = shape[0], int(np.prod(shape[1:]))
    out = np.empty((-(-images // LANES), -(-elements // 4) * 4 * LANES), np.float32)
    _fill(out, elements, layer, p, step, *key_words(stream))
    lanes_last = out.reshape(len(out), -1, LANES)[:, :elements]
    return lanes_last.transpose(0, 2, 1).reshape(-1, elements)[:images].reshape(shape)
