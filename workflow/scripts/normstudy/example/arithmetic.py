"""The normalizations worked out on a batch that fits on a page.

Four images of four channels, each channel a 2×2 matrix of whole numbers, for a layer N and
the next. Batch, Layer and Group Normalization (two groups) compute the same formula,

    y = (x − mean(S)) / sqrt(variance(S) + eps)

and differ in the sets S that they average over: Batch has one per channel (4), Layer one per image
(4), Group one per image and group (8). Variances are biased (divided by the size of S),
as Wu & He 2018, section 3.1, and PyTorch's layers have them; there is no gamma and beta.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

IMAGES, CHANNELS, SIDE, GROUPS = 4, 4, 2, 2
LARGEST = 3  # entries are whole numbers from −3 to 3
ROUNDING = 1e-5  # differences below it are those of 32-bit sums in another order
EPS = 1e-5  # PyTorch's default
SEED = 1
LAYERS = ("Layer N", "Layer N+1")


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


def example_batches(seed: int = SEED) -> dict[str, np.ndarray]:
    """layer → whole numbers (image, channel, row, column), the same for the same seed."""
    shape = (len(LAYERS), IMAGES, CHANNELS, SIDE, SIDE)
    numbers = np.random.default_rng(seed).integers(-LARGEST, LARGEST, shape, endpoint=True)
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


def normalize(batch: np.ndarray, method: str | Method) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means and variances, (sets,) each, and the normalized batch, in the batch's shape."""
    method = METHODS[method] if isinstance(method, str) else method
    cells, axes = batch.reshape(method.shape).astype(float), method.axes
    mean = cells.mean(axis=axes, keepdims=True)
    variance = cells.var(axis=axes, keepdims=True)
    normalized = (cells - mean) / np.sqrt(variance + EPS)
    return mean.ravel(), variance.ravel(), normalized.reshape(batch.shape)


def statistics_table(batches: dict[str, np.ndarray]) -> pd.DataFrame:
    """Every mean and variance: layer, method, set, mean, variance."""
    tables = []
    for layer, batch in batches.items():
        for key, method in METHODS.items():
            mean, variance, _ = normalize(batch, key)
            columns = {"layer": layer, "method": method.name, "set": method.sets()}
            tables.append(pd.DataFrame({**columns, "mean": mean, "variance": variance}))
    return pd.concat(tables, ignore_index=True)


def layer_is_group_sentence(rows: list[dict]) -> str:
    """What `pytorch.layer_is_group_of_one` found, as a sentence.

    Args:
        rows: its table's.
    """
    table = pd.DataFrame(rows)
    layers, network = table.iloc[:2], table.iloc[2]
    worst = max(layers["largest_difference"].max(), network["largest_difference"])
    return (
        "Layer Normalization is Group Normalization with one group: PyTorch's"
        f" nn.LayerNorm([C, H, W]) and nn.GroupNorm(1, C) differ by at most"
        f" {layers['largest_difference'].max():.1g} on {layers['values'].sum():,} activations, and"
        " this network's outputs by at most"
        f" {network['largest_difference']:.1g} when nn.LayerNorm replaces nn.GroupNorm"
        f"{': rounding of 32-bit numbers.' if worst < ROUNDING else '.'}"
    )
