"""The images: read the four IDX files of a dataset.

IDX is the format of Yann LeCun's MNIST page: two zero bytes, a type code (8: unsigned
byte), the number of dimensions, each dimension as a big-endian uint32, then the data.
"""

import math
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import StudyError

# split -> (images, labels)
FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
FILE_NAMES = [name for pair in FILES.values() for name in pair]


@dataclass(frozen=True)
class Split:
    """Images uint8 (N, 28, 28) with their labels int64 (N,)."""

    images: np.ndarray
    labels: np.ndarray


def read_idx(path: str | Path) -> np.ndarray:
    """The array in an IDX file of unsigned bytes.

    Raises:
        StudyError: no such file, not of that format, or of another length than its header says.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise StudyError(f"{path} cannot be read: {error.strerror}") from error
    if content[:2] == b"\x1f\x8b":
        raise StudyError(f"{path} is gzipped: unpack it with gunzip")
    if len(content) < 4 or content[:3] != b"\x00\x00\x08":
        raise StudyError(f"{path} is not an IDX file of unsigned bytes (its first bytes are wrong)")
    rank = content[3]
    if not 1 <= rank <= 3:
        raise StudyError(f"{path} has {rank} dimensions where images have 3 and labels 1")
    header = 4 + 4 * rank
    if len(content) < header:
        raise StudyError(f"{path} ends within its header")
    shape = struct.unpack(f">{rank}I", content[4:header])
    promised = header + math.prod(shape)
    if len(content) != promised:
        raise StudyError(
            f"{path} has {len(content):,} bytes where its header promises {promised:,}:"
            " it was cut short or added to"
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def load_split(raw: str | Path, split: str, limit: int | None = None) -> Split:
    """The images of a split ("train" or "test") in folder `raw`, the first `limit` if given.

    Raises:
        StudyError: images and labels do not belong together, or fewer than `limit`.
    """
    image_file, label_file = (Path(raw) / name for name in FILES[split])
    images, labels = read_idx(image_file), read_idx(label_file)
    if images.shape[1:] != (28, 28) or labels.ndim != 1 or len(images) != len(labels):
        raise StudyError(
            f"{image_file} holds an array of shape {images.shape}, {label_file} one of shape"
            f" {labels.shape}: 28×28 images and a label for each are needed"
        )
    if not len(images):
        raise StudyError(f"{image_file} holds no images")
    if limit is not None and limit > len(images):
        raise StudyError(
            f"config key dataset.{split}_images asks for {limit:,} images,"
            f" {image_file} holds {len(images):,}"
        )
    return Split(images[:limit], labels[:limit].astype(np.int64))


def pixel_constants(split: Split) -> dict[str, float]:
    """Mean and standard deviation (mean, std) of the pixels scaled to 0…1.

    Raises:
        StudyError: all pixels are equal.
    """
    parts = np.array_split(split.images, 64)  # bincount makes each pixel eight bytes long
    counts = sum(np.bincount(part.ravel(), minlength=256) for part in parts)
    levels = np.arange(256) / 255
    mean = np.average(levels, weights=counts)
    std = math.sqrt(np.average((levels - mean) ** 2, weights=counts))
    if not std:
        raise StudyError("all pixels of the training images are alike: nothing can be learned")
    return {"mean": round(float(mean), 4), "std": round(std, 4)}


def completed(recipe: dict, train: Split) -> dict:
    """The recipe with the mean and std of the training images where it has none."""
    return recipe if recipe["mean"] is not None else {**recipe, **pixel_constants(train)}


def check_labels(labels: np.ndarray, num_classes: int, raw: str | Path) -> None:
    """Check that every label is that of a class.

    Raises:
        StudyError: one is not.
    """
    if labels.max(initial=0) >= num_classes:
        raise StudyError(
            f"{raw} has labels up to {labels.max()}, but only {num_classes} classes are"
            " named: list all of them, from label 0 on, as dataset.classes in the config"
        )
