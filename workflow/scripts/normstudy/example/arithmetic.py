"""The normalizations worked out on a batch that fits on a page.

Four images of four channels, each channel a 2×2 matrix of whole numbers, for a layer N and
the next. Batch, Layer and Group Normalization (two groups) compute the same formula,

    y = (x − mean(S)) / sqrt(variance(S) + eps)

and differ in the sets S that they average over: Batch has one a channel (4), Layer one an
image (4), Group one an image and group (8). Variances are biased (divided by the size of S),
as Wu & He 2018, section 3.1, and PyTorch's layers have them; there is no gamma and beta.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import nn

from ..network.model import build_model

IMAGES, CHANNELS, SIDE, GROUPS = 4, 4, 2, 2
LARGEST = 3  # entries are whole numbers from −3 to 3
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


def pytorch_normalize(batch: np.ndarray, method: str) -> np.ndarray:
    """The normalized batch by PyTorch's own layer, in double precision and train mode."""
    layer = {
        "batch": nn.BatchNorm2d(CHANNELS, eps=EPS, affine=False),
        "layer": nn.GroupNorm(1, CHANNELS, eps=EPS, affine=False),
        "group": nn.GroupNorm(GROUPS, CHANNELS, eps=EPS, affine=False),
    }[method]
    return layer.double()(torch.from_numpy(batch).double()).numpy()


def pytorch_agreement(batches: dict[str, np.ndarray]) -> pd.DataFrame:
    """How far the example is from PyTorch: layer, method, largest_difference."""
    return pd.DataFrame(
        [
            {
                "layer": layer,
                "method": method.name,
                "largest_difference": float(
                    np.abs(normalize(batch, key)[2] - pytorch_normalize(batch, key)).max()
                ),
            }
            for layer, batch in batches.items()
            for key, method in METHODS.items()
        ]
    )


@torch.inference_mode()
def layer_is_group_of_one(seed: int = SEED) -> pd.DataFrame:
    """That Layer Normalization is Group Normalization with one group, in numbers.

    Returns:
        compared, values (how many outputs were compared), largest_difference: of the
        example's batches, of random activations in the shapes that the network normalizes
        (nn.LayerNorm over channels, rows and columns, without its affine pair), and of the
        outputs of two whole networks with the same weights, in training and eval mode.
    """
    draws = torch.Generator().manual_seed(seed)
    pairs = [
        (
            "nn.LayerNorm([C, H, W]) and nn.GroupNorm(1, C) on the example",
            [torch.from_numpy(batch).float() for batch in example_batches(seed).values()],
        ),
        (
            "nn.LayerNorm([C, H, W]) and nn.GroupNorm(1, C) on random activations",
            [torch.randn(8, c, s, s, generator=draws) for c, s in ((8, 26), (12, 10), (16, 6))],
        ),
    ]
    rows = []
    for compared, batches in pairs:
        worst, values = 0.0, 0
        for batch in batches:
            shape = list(batch.shape[1:])
            plain = nn.LayerNorm(shape, elementwise_affine=False)(batch)
            one_group = nn.GroupNorm(1, shape[0], affine=False)(batch)
            worst = max(worst, (plain - one_group).abs().max().item())
            values += batch.numel()
        rows.append((compared, values, worst))
    images = torch.randn(64, 1, 28, 28, generator=draws)
    layer, group = build_model("layer", dropout=0), build_model("group", num_groups=1, dropout=0)
    group.load_state_dict(layer.state_dict())
    for mode in (True, False):
        outputs = layer.train(mode)(images), group.train(mode)(images)
        compared = (
            "the network with norm: layer and with norm: group, num_groups: 1, in"
            f" {'train' if mode else 'eval'} mode"
        )
        rows.append((compared, outputs[0].numel(), (outputs[0] - outputs[1]).abs().max().item()))
    return pd.DataFrame(rows, columns=["compared", "values", "largest_difference"])


def layer_is_group_sentence(table: pd.DataFrame) -> str:
    """What `layer_is_group_of_one` found, as a sentence."""
    layers, networks = table.iloc[:2], table.iloc[2:]
    worst = networks["largest_difference"].max()
    return (
        "Layer Normalization is Group Normalization with one group:"
        f" nn.LayerNorm over channels, rows and columns and nn.GroupNorm(1, C) differ by at most"
        f" {layers['largest_difference'].max():.1g} on {layers['values'].sum():,} activations,"
        " and two networks with the same weights, one built with either, "
        + (
            "give exactly the same output."
            if worst == 0
            else f"differ by at most {worst:.1g} in their outputs."
        )
    )
