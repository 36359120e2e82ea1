"""The normalizations worked out on a batch that fits on a page.

Four images of four channels, each channel a 2×2 matrix of whole numbers, for a layer N and
the next. Batch, Layer and Group Normalization (two groups) compute the same formula,

    y = (x − mean(S)) / sqrt(variance(S) + eps)

and differ in the sets S that they average over: Batch has one per channel (4), Layer one per image
(4), Group one per image and group (8). Variances are biased (divided by the size of S),
as Wu & He 2018, section 3.1, and PyTorch's layers have them; there is no gamma and beta.
"""

import copy
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import nn

from ..network.model import build_model

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


def with_layer_norm(network: nn.Module, images: torch.Tensor) -> nn.Module:
    """A copy of a network in which PyTorch's nn.LayerNorm replaces each nn.GroupNorm.

    nn.LayerNorm has a factor and an offset per activation; here each has its channel's.

    Args:
        images: a batch for the network, from which the layers' sizes are taken.
    """
    copied = copy.deepcopy(network)
    sizes: dict[str, torch.Size] = {}
    norms = {name: m for name, m in copied.named_modules() if isinstance(m, nn.GroupNorm)}
    hooks = [
        norm.register_forward_pre_hook(
            lambda _, inputs, name=name: sizes.update({name: inputs[0].shape[1:]})
        )
        for name, norm in norms.items()
    ]
    copied(images)
    for hook in hooks:
        hook.remove()
    for name, norm in norms.items():
        layer = nn.LayerNorm(sizes[name], eps=norm.eps)
        with torch.no_grad():
            layer.weight.copy_(norm.weight[:, None, None].expand(sizes[name]))
            layer.bias.copy_(norm.bias[:, None, None].expand(sizes[name]))
        copied.set_submodule(name, layer)
    return copied


@torch.no_grad()
def layer_is_group_of_one(seed: int = SEED) -> pd.DataFrame:
    """How far nn.LayerNorm is from Group Normalization with one group, in numbers.

    Returns:
        compared, values (how many outputs were compared), largest_difference: of the
        example's batches, of random activations in the shapes that the network normalizes
        (nn.LayerNorm over channels, rows and columns, without its affine pair), and of the
        outputs of the study's own network with norm: layer and of its copy with nn.LayerNorm.
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
    network = build_model("layer", dropout=0)
    for parameter in network.parameters():
        if parameter.ndim == 1:  # a norm's factors and offsets, which start as ones and zeros
            parameter.add_(0.1 * torch.randn(parameter.shape, generator=draws))
        else:
            parameter.copy_(0.2 * torch.randn(parameter.shape, generator=draws))
    ours, theirs = network(images), with_layer_norm(network, images)(images)
    compared = "the network with norm: layer and the same network with nn.LayerNorm"
    rows.append((compared, ours.numel(), (ours - theirs).abs().max().item()))
    return pd.DataFrame(rows, columns=["compared", "values", "largest_difference"])


def layer_is_group_sentence(table: pd.DataFrame) -> str:
    """What `layer_is_group_of_one` found, as a sentence."""
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
