"""A network's log-probabilities for images, and their loss and accuracy."""

import math

import numpy as np
import torch
from torch import nn

from .draws.augmentation import normalize

BATCH = 50  # images at a time: the activations then stay in the cache, a fifth faster than 1000


@torch.inference_mode()
def log_probabilities(model: nn.Module, images: np.ndarray, mean: float, std: float) -> np.ndarray:
    """The network's log-probabilities in eval mode, without augmentation.

    Args:
        model: on any device; left in eval mode.
        images: uint8 (N, 28, 28), grey levels as in the training images: MNIST's digits are white
            (255) on black (0).
        mean, std: the dataset's constants.

    Returns:
        float32 (N, num_classes).

    Raises:
        StudyError: the images are not uint8.
    """
    model.eval()
    device = next(model.parameters()).device
    inputs = torch.from_numpy(normalize(images, mean, std)).unsqueeze(1)
    outputs = [model(batch.to(device)).float().cpu() for batch in inputs.split(BATCH)]
    return torch.cat(outputs).numpy()


def score(log_probs: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Mean loss in nats per image, and accuracy in percent.

    The sum of the losses is exact before it is rounded once (`math.fsum`): no order changes it.
    """
    losses = -log_probs[np.arange(len(labels)), labels].astype(np.float64)
    correct = int((log_probs.argmax(axis=1) == labels).sum())
    return math.fsum(losses) / len(labels), 100 * correct / len(labels)
