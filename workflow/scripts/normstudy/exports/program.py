"""A trained network as a program that needs nothing of this project: only PyTorch.

The program takes images as they are in the dataset, so that nobody has to know mean and standard
deviation of its pixels.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from ..errors import StudyError
from ..network.scoring import log_probabilities
from ..records.files import replacing

TOLERANCE = 1e-4  # of log-probabilities: single precision, summed in another order
BATCHES = (1, 7, 50)  # images at a time, to see that the program takes any number


class Predictor(nn.Module):
    """Images uint8 (N, 28, 28) to log-probabilities (N, classes): scaling and network in one."""

    def __init__(self, model: nn.Module, mean: float, std: float):
        super().__init__()
        self.model, self.mean, self.std = model, mean, std

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        inputs = (images.to(torch.float32) / 255 - self.mean) / self.std
        return self.model(inputs.unsqueeze(1))


def export(model: nn.Module, recipe: dict, path: str | Path) -> None:
    """Write the network as a `torch.export` program, for `torch.export.load(path).module()`.

    Args:
        model: the network in eval mode, on the CPU.
        recipe: its run's parameters, with the dataset's mean and std.
        path: the .pt2 file.
    """
    predictor = Predictor(model.eval(), recipe["mean"], recipe["std"]).eval()
    example = torch.zeros(2, 28, 28, dtype=torch.uint8)
    images = torch.export.Dim("images", min=1)
    program = torch.export.export(predictor, (example,), dynamic_shapes=({0: images},))
    with replacing(path) as temporary, temporary.open("wb") as file:
        torch.export.save(program, file)


@torch.inference_mode()
def largest_difference(
    path: str | Path, model: nn.Module, recipe: dict, images: np.ndarray
) -> float:
    """How far the program's log-probabilities are from the network's, at most.

    Args:
        path: what `export` wrote.
        model, recipe: as for `export`.
        images: uint8 (N, 28, 28).

    Raises:
        StudyError: by more than TOLERANCE.
    """
    program = torch.export.load(str(path)).module()
    ours = log_probabilities(model, images, recipe["mean"], recipe["std"])
    given = torch.from_numpy(images.copy())
    theirs = [torch.cat([program(part) for part in given.split(size)]) for size in BATCHES]
    difference = max(float(abs(answer.numpy() - ours).max()) for answer in theirs)
    if not difference <= TOLERANCE:
        raise StudyError(
            f"{path} does not agree with its checkpoint: log-probabilities differ by {difference:g}"
        )
    return difference
