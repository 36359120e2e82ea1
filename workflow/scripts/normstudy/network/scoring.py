"""A network's log-probabilities for images, and their loss and accuracy."""

import torch
from torch import nn
from torch.nn.functional import nll_loss

from .draws.augmentation import normalize

BATCH = 50  # images at a time: the activations then stay in the cache, a fifth faster than 1000


@torch.inference_mode()
def log_probabilities(
    model: nn.Module, images: torch.Tensor, mean: float, std: float
) -> torch.Tensor:
    """The network's log-probabilities in eval mode, without augmentation.

    Args:
        images: uint8 (N, 28, 28), on the model's device.
        mean, std: the dataset's constants.

    Returns:
        float32 (N, num_classes), on the same device. The model is left in eval mode.
    """
    model.eval()
    return torch.cat([model(normalize(batch, mean, std)).float() for batch in images.split(BATCH)])


def score(log_probs: torch.Tensor, labels: torch.Tensor) -> tuple[float, float]:
    """Mean loss in nats per image, and accuracy in percent."""
    loss = nll_loss(log_probs.double(), labels).item()
    correct = (log_probs.argmax(dim=1) == labels).sum().item()
    return loss, 100 * correct / len(labels)
