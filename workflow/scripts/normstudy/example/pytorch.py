"""Layer Normalization beside Group Normalization with one group, by PyTorch's own layers."""

import copy

import pandas as pd
import torch
from torch import nn

from ..network.model import build_model
from .arithmetic import SEED, example_batches


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
