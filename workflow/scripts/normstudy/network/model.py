"""The network: one small CNN whose normalization is an argument.

Every normalization here computes, for each activation x_i,

    y_i = gamma_c · (x_i − mean(S_i)) / sqrt(var(S_i) + eps) + beta_c

with one learned gamma and beta per channel c; var is the biased variance. They
differ only in the index set S_i over which mean and variance are taken
(Wu & He 2018, "Group Normalization", section 3.1). For an activation of image n,
channel c, place (h, w), in a tensor of shape (N, C, H, W):

    batch          all images, this channel      (N, H, W)       C sets; in eval mode the
                                                                 running averages instead
    layer          this image, all channels      (C, H, W)       N sets
    group          this image, the channels of   (C/G, H, W)     N·G sets
                   c's group
    instance       this image, this channel      (H, W)          N·C sets
    channel_layer  this image, this place,       (C)             N·H·W sets
                   all channels
    rms            as layer, with 0 for the mean (C, H, W)       N sets
    none           no normalization: the control

With a mean of 0 the variance is the mean square: RMSNorm (Zhang & Sennrich 2019,
"Root Mean Square Layer Normalization"), whose authors learn gamma only; beta is kept
here so that the models differ in nothing else.

Instance Normalization cannot learn in this network, nor can groups of one channel: the
final average over H·W of a channel that was just normalized over H·W is always its beta.

Layer Normalization here is Group Normalization with one group, as in the original:
an affine pair per channel. `nn.LayerNorm([C, H, W])` has the same
statistics but an affine pair per activation, and the LayerNorm of ConvNeXt-style
networks averages over C alone: that is channel_layer here.
"""

from collections import OrderedDict
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import nn

NormFactory = Callable[[int], nn.Module]


def _group(
    channels: int, num_groups: int | None = None, channels_per_group: int = 4
) -> nn.GroupNorm:
    """GroupNorm by number or by size of the groups; the original has four channels per group."""
    if num_groups is None and channels % channels_per_group:
        what = f"channels_per_group {channels_per_group}"
        raise ValueError(f"{what} does not divide a layer of {channels} channels")
    return nn.GroupNorm(num_groups or channels // channels_per_group, channels)


class RMSNorm(nn.Module):
    """Divide each image's activations by their root mean square; a gamma and beta per channel.

    `nn.RMSNorm([C, H, W])` has the same statistics, a gamma per activation and no beta.
    """

    def __init__(self, channels: int, eps: float = 1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, C, H, W) to the same shape."""
        x = x.to(self.weight.dtype)  # in autocast too, as PyTorch does for its own normalizations
        mean_square = x.square().mean(dim=(1, 2, 3), keepdim=True)
        scale = self.weight[:, None, None] * (mean_square + self.eps).rsqrt()
        return torch.addcmul(self.bias[:, None, None], x, scale)


class Dropout(nn.Dropout):
    """Dropout by the masks of the run's random stream; without those, PyTorch's own.

    A trainer sets `mask`: a function of the shape of the activations that gives 0 for those that
    are dropped and 1 / (1 − p) for the others, as a float32 array or tensor.
    """

    mask: Callable[[torch.Size], np.ndarray | torch.Tensor] | None = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Activations of any shape to the same shape."""
        if not self.training or self.mask is None:
            return super().forward(x)
        return (x * torch.as_tensor(self.mask(x.shape), device=x.device)).to(x.dtype)


class ChannelLayerNorm(nn.LayerNorm):
    """LayerNorm over the channels at each place of each image."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, C, H, W) to the same shape."""
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


# name -> function of the number of channels (and options of its own) that makes the layer.
# A name here is a name in config.yaml; the report describes one of your own by its docstring.
NORMS: dict[str, Callable[..., nn.Module]] = {
    "batch": nn.BatchNorm2d,
    "layer": partial(nn.GroupNorm, 1),
    "group": _group,
    "instance": partial(nn.InstanceNorm2d, affine=True),
    "channel_layer": ChannelLayerNorm,
    "rms": RMSNorm,
    "none": lambda channels: nn.Identity(),
}


def _block(
    norm: NormFactory, c_in: int, c_out: int, padding: int = 0, dropout: float | None = None
) -> nn.Sequential:
    """Conv 3×3 → ReLU → Norm (→ Dropout): the original normalizes after the ReLU."""
    layers = OrderedDict(
        conv=nn.Conv2d(c_in, c_out, 3, padding=padding, bias=False),
        relu=nn.ReLU(inplace=True),  # nothing else reads the convolution's output
        norm=norm(c_out),
    )
    if dropout is not None:
        layers["dropout"] = Dropout(dropout)
    return nn.Sequential(layers)


class NormCNN(nn.Module):
    """The original's CNN: 8,880 parameters with a normalization, 8,712 without.

    Args:
        norm: makes the normalization layer for a number of channels.
        dropout: probability with which blocks 2 (end) and 3 drop an activation.
        num_classes: outputs; 10 gives the numbers of parameters above, each other class 16.
    """

    def __init__(self, norm: NormFactory, dropout: float = 0.04, num_classes: int = 10):
        super().__init__()
        self.input = _block(norm, 1, 8)  # 28 → 26
        self.block1 = _block(norm, 8, 16)  # 26 → 24
        self.transition = nn.Sequential(
            OrderedDict(conv=nn.Conv2d(16, 8, 1, bias=False), pool=nn.MaxPool2d(2))  # 24 → 12
        )
        self.block2a = _block(norm, 8, 12)  # 12 → 10
        self.block2b = _block(norm, 12, 16, dropout=dropout)  # 10 → 8
        self.block3 = _block(norm, 16, 16, dropout=dropout)  # 8 → 6
        self.block4 = _block(norm, 16, 16, padding=1)  # 6 → 6
        self.output = nn.Sequential(
            OrderedDict(
                pool=nn.AvgPool2d(6),  # 6 → 1
                conv=nn.Conv2d(16, num_classes, 1, bias=False),
                flatten=nn.Flatten(),
                log_softmax=nn.LogSoftmax(dim=1),
            )
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Normalized images (N, 1, 28, 28) to log-probabilities (N, num_classes)."""
        x = self.block1(self.input(images))
        x = self.block2b(self.block2a(self.transition(x)))
        return self.output(self.block4(self.block3(x)))


def build_model(
    norm: str, *, dropout: float = 0.04, num_classes: int = 10, **norm_options
) -> NormCNN:
    """The original's CNN with the named normalization.

    Args:
        norm: one of `NORMS`.
        dropout: dropout probability.
        num_classes: number of classes.
        norm_options: what the normalization takes besides the number of channels:
            for "group", num_groups or channels_per_group.

    Raises:
        ValueError: unknown norm, or groups that do not divide a layer's channels.
    """
    if norm not in NORMS:
        raise ValueError(f"unknown norm {norm!r}: choose one of {', '.join(NORMS)}")
    return NormCNN(partial(NORMS[norm], **norm_options), dropout, num_classes)


def model_of(recipe: dict) -> NormCNN:
    """The network of a run, by the parameters that `config.run_parameters` makes."""
    return build_model(
        recipe["norm"],
        dropout=recipe["dropout"],
        num_classes=recipe["num_classes"],
        **recipe["norm_options"],
    )


def parameter_count(model: nn.Module) -> int:
    """Number of learned parameters."""
    return sum(parameter.numel() for parameter in model.parameters())
