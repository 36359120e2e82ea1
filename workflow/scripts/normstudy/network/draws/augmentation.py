"""Rotation and colour jitter of a whole batch at once.

What torchvision's RandomRotation and ColorJitter do to one image after another, done
to a tensor of images. The random draws are separate from the transform, so that a test
can give both the same draws, and so that every variant sees the same ones.
"""

import math
from dataclasses import dataclass, fields

import torch

FILL = 1  # grey level (of 255) of the corners that a rotation uncovers, as in the original


@dataclass(frozen=True)
class Draws:
    """One draw per image; each field has shape (N,)."""

    degrees: torch.Tensor  # counter-clockwise
    brightness: torch.Tensor  # factor
    contrast: torch.Tensor  # factor
    brightness_first: torch.Tensor  # bool

    def map(self, function) -> "Draws":
        """The draws with `function` applied to each field, e.g. to select or to move them."""
        return Draws(*(function(getattr(self, field.name)) for field in fields(self)))


def draw(
    count: int,
    generator: torch.Generator,
    rotation_degrees: float = 7,
    brightness: float = 0.4,
    contrast: float = 0.4,
) -> Draws:
    """Draws for `count` images, on the CPU.

    Angles are uniform in ±rotation_degrees, the factors uniform in 1 ± brightness and
    1 ± contrast (not below 0, as in torchvision), the order of the two a fair coin.
    """
    uniform = torch.rand((4, count), generator=generator)
    low_b, low_c = max(0.0, 1 - brightness), max(0.0, 1 - contrast)
    return Draws(
        degrees=(2 * uniform[0] - 1) * rotation_degrees,
        brightness=low_b + uniform[1] * (1 + brightness - low_b),
        contrast=low_c + uniform[2] * (1 + contrast - low_c),
        brightness_first=uniform[3] < 0.5,
    )


def rotate(images: torch.Tensor, degrees: torch.Tensor, fill: int = FILL) -> torch.Tensor:
    """Rotate each image about its centre, nearest neighbour.

    Args:
        images: uint8 (N, H, W).
        degrees: float (N,), counter-clockwise.
        fill: grey level where the source lies outside the image.

    Returns:
        uint8 (N, H, W).
    """
    count, height, width = images.shape
    centre_y, centre_x = (height - 1) / 2, (width - 1) / 2
    # A border of `fill`, as wide as a rotated corner can reach, makes every source index
    # a valid one: a plain gather is then a third of grid_sample's cost.
    reach = math.hypot(centre_y, centre_x)
    pad = max(1, math.ceil(reach - min(centre_y, centre_x)))
    padded = torch.nn.functional.pad(images, (pad, pad, pad, pad), value=fill)
    radians = torch.deg2rad(degrees)[:, None, None]
    cos, sin = radians.cos(), radians.sin()
    y = torch.arange(height, device=images.device, dtype=torch.float32)[:, None] - centre_y
    x = torch.arange(width, device=images.device, dtype=torch.float32) - centre_x
    source_x = (x * cos - y * sin).add_(centre_x + pad).round_()
    source_y = (x * sin + y * cos).add_(centre_y + pad).round_()
    index = source_y.mul_(width + 2 * pad).add_(source_x).to(torch.int64)  # exact: far below 2^24
    return padded.view(count, -1).gather(1, index.view(count, -1)).view(count, height, width)


def jitter(
    images: torch.Tensor,
    brightness: torch.Tensor,
    contrast: torch.Tensor,
    brightness_first: torch.Tensor,
) -> torch.Tensor:
    """Brightness and contrast of each image, in the order drawn for it.

    Brightness scales the grey levels; contrast blends them with the image's mean level;
    each result is clamped to 0…255 (torchvision's adjust_brightness, adjust_contrast).
    Both are z = s·x + t, so one pass each serves either order.

    Args:
        images: uint8 or float (N, H, W), grey levels 0…255.
        brightness, contrast: float (N,).
        brightness_first: bool (N,).

    Returns:
        float32 (N, H, W), grey levels 0…255, not rounded.
    """
    x = images.to(torch.float32)
    zero = torch.zeros_like(brightness)

    def grey(x):  # the part of the blend that is the image's mean
        return (1 - contrast) * x.mean(dim=(1, 2))

    for is_brightness in (brightness_first, ~brightness_first):
        scale = torch.where(is_brightness, brightness, contrast)
        shift = torch.where(is_brightness, zero, grey(x))
        x = torch.addcmul(shift[:, None, None], x, scale[:, None, None]).clamp_(0, 255)
    return x


def normalize(images: torch.Tensor, mean: float, std: float) -> torch.Tensor:
    """Grey levels 0…255 to the network's input (x/255 − mean)/std, float32 (N, 1, H, W)."""
    return images.to(torch.float32).mul(1 / (255 * std)).sub_(mean / std).unsqueeze_(1)


def augment(images: torch.Tensor, draws: Draws, mean: float, std: float) -> torch.Tensor:
    """uint8 images (N, H, W) to augmented network input, float32 (N, 1, H, W)."""
    rotated = rotate(images, draws.degrees)
    return normalize(
        jitter(rotated, draws.brightness, draws.contrast, draws.brightness_first), mean, std
    )
