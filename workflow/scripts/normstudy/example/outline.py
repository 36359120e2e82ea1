"""The networks of a study as a table, for a report that need not import PyTorch."""

from collections.abc import Mapping
from functools import partial

import pandas as pd
import torch
from torch import nn

from ..network.model import NORMS, model_of, parameter_count
from ..records.tables import NETWORK


def network_table(recipes: Mapping[str, dict]) -> pd.DataFrame:
    """Every variant's network block by block: network.csv.

    Args:
        recipes: variant → its norm, norm_options, dropout and num_classes.

    Returns:
        A row per variant and block: variant; block and its layers in words; the shape of its
        output; the learned parameters of its convolution and of its normalization; norm_about,
        the first line of the normalization's docstring.
    """
    rows = []
    for variant, recipe in recipes.items():
        norm = NORMS[recipe["norm"]]  # of a `partial`, the docstring is that of partial itself
        about = "–" if isinstance(norm, partial) else (norm.__doc__ or "–")
        about = about.strip().partition("\n")[0]
        model, image = model_of(recipe).eval(), torch.zeros(1, 1, 28, 28)
        for name, block in model.named_children():
            with torch.inference_mode():
                image = block(image)
            convolution = parameter_count(block.get_submodule("conv"))
            words = map(_words, block.children())
            shape = "×".join(map(str, image.shape[1:]))
            normalization = parameter_count(block) - convolution
            layers = "; ".join(filter(None, words))
            rows.append((variant, name, layers, shape, convolution, normalization, about))
    return pd.DataFrame(rows, columns=list(NETWORK))


def _words(layer: nn.Module) -> str:
    """A layer in words; "" for one that only reshapes."""
    match layer:
        case nn.Conv2d():
            padding = f", padding {layer.padding[0]}" if layer.padding[0] else ""
            side, channels = layer.kernel_size[0], f"{layer.in_channels}→{layer.out_channels}"
            return f"Conv {side}×{side}, {channels}{padding}"
        case nn.MaxPool2d() | nn.AvgPool2d():
            return f"{type(layer).__name__[:7]} {layer.kernel_size}×{layer.kernel_size}"
        case nn.Dropout():
            return f"Dropout {layer.p:g}"
        case nn.ReLU():
            return "ReLU"
        case nn.LogSoftmax():
            return "log-softmax"
        case nn.Flatten() | nn.Identity():
            return ""
    return "Norm"
