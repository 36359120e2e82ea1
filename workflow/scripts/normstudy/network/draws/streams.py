"""Random numbers of a run: one stream for each purpose and part, all derived from the run's seed.

A stream depends on (seed, purpose, part) and on nothing that another stream drew. So variants with
the same seed start from the same convolutions and see the same images in the same order with the
same augmentation whatever their layers are, and a resumed run needs no saved generator.

The numbers come from Philox, a counter-based generator (Salmon et al. 2011, "Parallel Random
Numbers: As Easy as 1, 2, 3"): from NumPy's, whose raw output NumPy guarantees (NEP 19), and for
dropout from `dropout.py`. Integers, shifts and exact products make all draws of them, so that
they have the same bits on every processor.
"""

import hashlib
from typing import Literal

import numpy as np

Purpose = Literal["initialisation", "order", "augmentation", "dropout"]


def key(seed: int, purpose: Purpose, part: int | str = 0) -> bytes:
    """The 128 bits that select a stream; the part is an epoch, or a tensor's name."""
    return hashlib.sha256(f"{seed}/{purpose}/{part}".encode()).digest()[:16]


def torch_seed(key: bytes) -> int:
    """A seed for PyTorch's own generator: for layers that draw from no stream of this project."""
    return int.from_bytes(key[:8], "big") >> 1


def raw(key: bytes, count: int) -> np.ndarray:
    """The first numbers of a stream, uint64 (count,)."""
    return np.random.Philox(key=np.frombuffer(key, "<u8")).random_raw(count)


def uniforms(key: bytes, count: int) -> np.ndarray:
    """Uniform in [0, 1), multiples of 2⁻⁵³, float64 (count,)."""
    return (raw(key, count) >> np.uint64(11)) * 2.0**-53


def permutation(key: bytes, count: int) -> np.ndarray:
    """0 … count − 1 in random order, int64: the order of as many 64-bit random numbers."""
    return np.argsort(raw(key, count), kind="stable")
