"""Rotation and colour jitter: what torchvision's RandomRotation and ColorJitter do to an image.

Computed on the CPU for every device, with the same bits on every processor: places in float64,
grey levels in float32 with each product and sum rounded by itself, sums over an image in integers.
The random draws are separate from the transform, so that a test can give both the same draws, and
so that every variant sees the same ones.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from ...errors import StudyError
from ..compiled import compiled
from ..portable import cos_sin_pi
from .streams import uniforms

FILL = 1  # grey level (of 255) of the corners that a rotation uncovers, as in the original


@dataclass(frozen=True)
class Draws:
    """One draw per image; each field has shape (N,)."""

    degrees: np.ndarray  # float64, counter-clockwise
    brightness: np.ndarray  # float32, a factor
    contrast: np.ndarray  # float32, a factor
    brightness_first: np.ndarray  # bool

    def map(self, function: Callable[[np.ndarray], np.ndarray]) -> "Draws":
        """The draws with `function` applied to each field, e.g. to select."""
        return Draws(*(function(getattr(self, field.name)) for field in fields(self)))


def draw(count: int, key: bytes, recipe: dict) -> Draws:
    """Draws for `count` images from the stream of a key, as strong as a recipe says.

    Angles are uniform in ±rotation_degrees, the factors uniform in 1 ± brightness and
    1 ± contrast (not below 0, as in torchvision), the order of the two a fair coin.
    """
    angle, bright, contrasting, coin = uniforms(key, 4 * count).reshape(4, count)

    def factor(uniform: np.ndarray, strength: float) -> np.ndarray:
        low = max(0.0, 1 - strength)
        return (low + uniform * (1 + strength - low)).astype(np.float32)

    return Draws(
        degrees=(2 * angle - 1) * recipe["rotation_degrees"],
        brightness=factor(bright, recipe["brightness"]),
        contrast=factor(contrasting, recipe["contrast"]),
        brightness_first=coin < 0.5,
    )


@compiled
def rotate(image, degrees, fill, out):
    """Rotate an image about its centre, nearest neighbour.

    Args:
        image: uint8 (H, W).
        degrees: float64, counter-clockwise.
        fill: grey level where the source lies outside the image.
        out: float32 (H, W), grey levels 0…255.
    """
    height, width = image.shape
    centre_y, centre_x = 0.5 * (height - 1), 0.5 * (width - 1)
    cos, sin = cos_sin_pi(degrees / 180.0)
    levels, source = image.ravel(), np.empty(width, np.int64)
    for row in range(height):
        y = row - centre_y
        for column in range(width):  # by itself, for the processor does several at a time
            x = column - centre_x
            # Halves are rounded to even, as torchvision does.
            source_x = np.rint((x * cos - y * sin) + centre_x)
            source_y = np.rint((x * sin + y * cos) + centre_y)
            inside = (source_x >= 0) & (source_x < width) & (source_y >= 0) & (source_y < height)
            source[column] = np.int64(source_y * width + source_x) if inside else -1
        for column in range(width):
            at = source[column]
            out[row, column] = np.float32(levels[at] if at >= 0 else fill)


@compiled
def scale_and_clamp(grey, factor, shift):
    """grey = factor · grey + shift in place, each level clamped to 0…255; all float32."""
    levels = grey.ravel()
    for i in range(levels.size):
        level = levels[i] * factor + shift
        levels[i] = min(max(level, np.float32(0.0)), np.float32(255.0))


@compiled
def mean_level(grey):
    """Mean of grey levels 0…255, float32; summed in units of 2⁻²², as integers."""
    total = np.int64(0)
    for level in grey.ravel():
        total += np.int64(np.int32(level * np.float32(4194304.0)))
    return np.float32(total / (4194304.0 * grey.size))


@compiled
def jitter(grey, brightness, contrast, brightness_first):
    """Brightness and contrast of an image in place, in the order drawn for it.

    Brightness scales the grey levels; contrast blends them with the image's mean level; each
    result is clamped to 0…255 (torchvision's adjust_brightness and adjust_contrast), not rounded.

    Args:
        grey: float32 (H, W), grey levels 0…255.
        brightness, contrast: float32.
        brightness_first: bool.
    """
    nothing = np.float32(0.0)
    if brightness_first:
        scale_and_clamp(grey, brightness, nothing)
    scale_and_clamp(grey, contrast, (np.float32(1.0) - contrast) * mean_level(grey))
    if not brightness_first:
        scale_and_clamp(grey, brightness, nothing)


@compiled
def _augment(images, rows, degrees, brightness, contrast, brightness_first, scale, shift, out):
    """`rotate`, `jitter` and the normalization scale · grey − shift of images[rows]."""
    for n in range(len(rows)):
        rotate(images[rows[n]], degrees[n], FILL, out[n])
        jitter(out[n], brightness[n], contrast[n], brightness_first[n])
        levels = out[n].ravel()
        for i in range(levels.size):
            levels[i] = levels[i] * scale - shift


def augment(
    images: np.ndarray, rows: np.ndarray, draws: Draws, mean: float, std: float
) -> np.ndarray:
    """Augmented network input.

    Args:
        images: uint8 (M, H, W).
        rows: int64 (N,): which of them.
        draws: one per row.
        mean, std: the dataset's constants: the network sees (x/255 − mean)/std.

    Returns:
        float32 (N, H, W).
    """
    out = np.empty((len(rows), *images.shape[1:]), np.float32)
    fields = draws.degrees, draws.brightness, draws.contrast, draws.brightness_first
    scale, shift = np.float32(1 / (255 * std)), np.float32(mean / std)
    _augment(images, rows, *fields, scale, shift, out)
    return out


def normalize(images: np.ndarray, mean: float, std: float) -> np.ndarray:
    """Network input (x/255 − mean)/std of images without augmentation, uint8 to float32.

    Raises:
        StudyError: the images are not uint8. Of levels from 0 to 1, all would be nearly black.
    """
    if images.dtype != np.uint8:
        raise StudyError(
            f"images must be uint8, grey levels from 0 to 255, not {images.dtype}; levels from 0 to"
            " 1: (255 * images).round().astype('uint8')"
        )
    levels = ((np.arange(256) / 255 - mean) / std).astype(np.float32)
    return levels[images]
