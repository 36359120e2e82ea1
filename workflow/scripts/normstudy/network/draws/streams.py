"""Random streams: one for each purpose and epoch, all derived from the run's seed.

A stream depends on (seed, purpose, epoch) and on nothing that another stream drew. So
variants with the same seed see the same images in the same order with the same
augmentation whatever their layers draw, and a resumed run needs no saved generator.
"""

import hashlib
from typing import Literal

import torch

Purpose = Literal["initialisation", "order", "augmentation", "dropout"]


def stream_seed(seed: int, purpose: Purpose, epoch: int = 0) -> int:
    """A 63-bit seed for one stream."""
    digest = hashlib.sha256(f"{seed}/{purpose}/{epoch}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def stream(seed: int, purpose: Purpose, epoch: int = 0) -> torch.Generator:
    """A CPU generator for one stream: the draws are the same on every device."""
    return torch.Generator().manual_seed(stream_seed(seed, purpose, epoch))
