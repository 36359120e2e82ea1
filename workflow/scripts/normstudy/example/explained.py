"""What the report explains and only PyTorch knows: made once, so that a report need not load it.

Importing PyTorch takes longer than drawing any figure of the report.
"""

import base64
from collections.abc import Iterable

import numpy as np
import torch
from torch import nn

from ..data.idx import Split
from ..network.draws.augmentation import FILL, draw, jitter, rotate
from ..network.draws.streams import key
from ..network.model import NORMS, model_of, parameter_count
from ..records.json_records import Explained
from .pytorch import layer_is_group_of_one

DRAWS = 4  # of each augmented image


def explained(
    recipes: dict[str, dict], train: Split, classes: int, training: dict, seed: int
) -> Explained:
    """What rule worked_example writes besides its spreadsheet.

    Args:
        recipes: variant → its norm, norm_options, dropout and num_classes.
        train: the training images.
        classes: number of classes.
        training: a recipe's rotation_degrees, brightness and contrast.
        seed: of the augmentation's draws.
    """
    return Explained(
        network=outline(next(iter(recipes.values()))),
        parameters={v: parameter_count(model_of(recipe)) for v, recipe in recipes.items()},
        norms=described(recipe["norm"] for recipe in recipes.values()),
        layer_is_group=layer_is_group_of_one().to_dict("records"),
        augmented=augmented(train, classes, training, seed),
    )


def described(norms: Iterable[str]) -> dict[str, str]:
    """norm → the first line of its docstring."""
    return {norm: (NORMS[norm].__doc__ or "").strip().partition("\n")[0] for norm in norms}


def outline(recipe: dict) -> list[dict]:
    """The network block by block: its name, layers, output and learned parameters, as text."""
    model = model_of(recipe).eval()
    image, rows = torch.zeros(1, 1, 28, 28), []
    with torch.inference_mode():
        for name, block in model.named_children():
            image = block(image)
            layers = list(block.children())
            counts = [parameter_count(layer) for layer in layers if parameter_count(layer)]
            rows.append(
                {
                    "block": name,
                    "layers": "; ".join(filter(None, map(_layer, layers))),
                    "output": "×".join(map(str, image.shape[1:])),
                    "parameters": " + ".join(f"{count:,}" for count in counts),
                }
            )
    return rows


def _layer(layer: nn.Module) -> str:
    """A layer in words; "" for one that only reshapes."""
    if isinstance(layer, nn.Conv2d):
        size = f"Conv {layer.kernel_size[0]}×{layer.kernel_size[1]}"
        padding = f", padding {layer.padding[0]}" if layer.padding[0] else ""
        return f"{size}, {layer.in_channels}→{layer.out_channels}{padding}"
    if isinstance(layer, nn.MaxPool2d):
        return f"MaxPool {layer.kernel_size}×{layer.kernel_size}"
    if isinstance(layer, nn.AvgPool2d):
        return f"AvgPool {layer.kernel_size}×{layer.kernel_size}"
    if isinstance(layer, nn.Dropout):
        return f"Dropout {layer.p:g}"
    names = {nn.ReLU: "ReLU", nn.LogSoftmax: "log-softmax", nn.Flatten: "", nn.Identity: ""}
    return names.get(type(layer), "Norm")


def augmented(train: Split, classes: int, training: dict, seed: int) -> dict:
    """The first training image of each class, and what the network sees of it in training.

    Returns:
        classes: those of which there is an image; pictures: uint8 (1 + DRAWS, class, 28, 28) in
        base64, the originals first.
    """
    present = [label for label in range(classes) if (train.labels == label).any()]
    chosen = [int(np.flatnonzero(train.labels == label)[0]) for label in present]
    rows = np.tile(train.images[chosen], (1 + DRAWS, 1, 1)).astype(np.float32)
    draws = draw(
        DRAWS * len(chosen),
        key(seed, "augmentation"),
        training["rotation_degrees"],
        training["brightness"],
        training["contrast"],
    )
    for n, image in enumerate(rows[len(chosen) :]):
        rotate(train.images[chosen[n % len(chosen)]], draws.degrees[n], FILL, image)
        jitter(image, draws.brightness[n], draws.contrast[n], draws.brightness_first[n])
    rows = rows.round().astype(np.uint8)
    return {"classes": present, "pictures": base64.b64encode(rows.tobytes()).decode("ascii")}
