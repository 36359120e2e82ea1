"""The images: write the IDX files of a dataset of one's own. Apart from what training reads."""

import struct
from pathlib import Path

import numpy as np

from .idx import FILES, Split


def write_split(data: Split, folder: Path, split: str) -> None:
    """Write images and labels as the two files of a split ("train" or "test") in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, array in zip(FILES[split], (data.images, data.labels), strict=True):
        header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
        (folder / file).write_bytes(header + array.astype(np.uint8).tobytes())
