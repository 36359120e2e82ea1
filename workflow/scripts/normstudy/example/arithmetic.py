"""The normalizations worked out on a batch that fits on a page.

Four images of four channels, each channel a 2×2 matrix of whole numbers, for two
layers. Batch, Layer and Group Normalization (two groups) compute the same formula,

    y = (x − mean(S)) / sqrt(variance(S) + eps)

and differ in the sets S that they average over: Batch has one per channel (4), Layer one per image
(4), Group one per image and group (8). Variances are biased (divided by the size of S),
as Wu & He 2018, section 3.1, and PyTorch's layers have them; there is no gamma and beta.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd

IMAGES, CHANNELS, SIDE, GROUPS = 4, 4, 2, 2
LARGEST = 3  # entries are whole numbers from −3 to 3
EPS = 1e-5  # PyTorch's default
SEED = 1
LAYERS = ("Layer 1", "Layer 2")


@dataclass(frozen=True)
class Method:
    """A normalization of the example.

    `axes` are those averaged over in a batch of `shape`: (image, group, channel of the group,
    row, column).
    """

    name: str
    axes: tuple[int, ...]
    groups: int = GROUPS

    @property
    def shape(self) -> tuple[int, ...]:
        """Of a batch with its groups apart."""
        return IMAGES, self.groups, CHANNELS // self.groups, SIDE, SIDE

    def sets(self) -> list[str]:
        """Names of its sets, in the order of the means' flattened array."""
        if 0 in self.axes:
            return [f"channel {c}" for c in range(1, CHANNELS + 1)]
        if 1 in self.axes:
            return [f"image {n}" for n in range(1, IMAGES + 1)]
        groups = range(1, self.groups + 1)
        return [f"image {n}, group {g}" for n in range(1, IMAGES + 1) for g in groups]


def group_normalization(groups: int) -> Method:
    """Group Normalization with so many groups, which must divide CHANNELS."""
    return Method(f"Group Normalization, {groups} group{'s' * (groups > 1)}", (2, 3, 4), groups)


METHODS = {
    "batch": Method("Batch Normalization", (0, 3, 4)),
    "layer": Method("Layer Normalization", (1, 2, 3, 4)),
    "group": group_normalization(GROUPS),
}


def example_batches() -> dict[str, np.ndarray]:
    """layer → whole numbers (image, channel, row, column), the same each time."""
    shape = (len(LAYERS), IMAGES, CHANNELS, SIDE, SIDE)
    numbers = np.random.default_rng(SEED).integers(-LARGEST, LARGEST, shape, endpoint=True)
    return dict(zip(LAYERS, numbers, strict=True))


def set_numbers(method: str | Method) -> np.ndarray:
    """(image, channel, row, column): the number, from 0, of the set that each cell is in.

    Args:
        method: one of METHODS by its key, or any other.
    """
    method = METHODS[method] if isinstance(method, str) else method
    shape = [1 if axis in method.axes else size for axis, size in enumerate(method.shape)]
    numbers = np.arange(np.prod(shape)).reshape(shape)
    return np.broadcast_to(numbers, method.shape).reshape(IMAGES, CHANNELS, SIDE, SIDE)


def apply_method(
    batch: np.ndarray, method: str | Method
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means and variances, (sets,) each, and the normalized batch, in the batch's shape."""
    method = METHODS[method] if isinstance(method, str) else method
    cells, axes = batch.reshape(method.shape).astype(float), method.axes
    mean = cells.mean(axis=axes, keepdims=True)
    variance = cells.var(axis=axes, keepdims=True)
    normalized = (cells - mean) / np.sqrt(variance + EPS)
    return mean.ravel(), variance.ravel(), normalized.reshape(batch.shape)


def rounded(number: float, digits: int = 4) -> str:
    """The number as a reader's calculator has it: halves rounded away from zero, a true minus.

    Four digits, the default, are all that a mean of 16 whole numbers has; zeros at their end are
    left out. With fewer digits they stay.
    """
    rounded = Decimal(repr(float(number))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    text = f"{abs(rounded):f}"
    if digits == 4:
        text = text.rstrip("0").rstrip(".")
    return "−" * (rounded < 0) + text


def statistics_table(batches: dict[str, np.ndarray]) -> pd.DataFrame:
    """Every mean and variance: layer, method, set, mean, variance."""
    tables = []
    for layer, batch in batches.items():
        for key, method in METHODS.items():
            mean, variance, _ = apply_method(batch, key)
            columns = {"layer": layer, "method": method.name, "set": method.sets()}
            tables.append(pd.DataFrame({**columns, "mean": mean, "variance": variance}))
    return pd.concat(tables, ignore_index=True)
