"""A trained network's predictions, its confidence, and its errors."""

import numpy as np
import pandas as pd
import torch
from torch import nn

from ..data.idx import Split
from ..network.scoring import log_probabilities, score


def evaluate(
    model: nn.Module, recipe: dict, train: Split, test: Split
) -> tuple[pd.DataFrame, torch.Tensor]:
    """Loss and accuracy on both splits, in eval mode and without augmentation.

    Returns:
        A row per split: split, loss (nats per image), accuracy (percent), images, errors;
        and the log-probabilities of the test images, (N, num_classes).
    """
    torch.set_num_threads(recipe["threads"])
    rows = []
    for name, split in (("train", train), ("test", test)):
        images = torch.from_numpy(split.images.copy())
        labels = torch.from_numpy(split.labels)
        log_probs = log_probabilities(model, images, recipe["mean"], recipe["std"])
        loss, accuracy = score(log_probs, labels)
        rows.append(
            {
                "split": name,
                "loss": round(loss, 6),
                "accuracy": round(accuracy, 4),
                "images": len(labels),
                "errors": int((log_probs.argmax(dim=1) != labels).sum()),
            }
        )
    return pd.DataFrame(rows), log_probs


def predictions_table(log_probs: torch.Tensor, labels: np.ndarray) -> pd.DataFrame:
    """A row per image: index, label, prediction, confidence, label_probability."""
    probabilities = log_probs.double().exp()
    confidence, prediction = probabilities.max(dim=1)
    label_probability = probabilities.gather(1, torch.from_numpy(labels)[:, None]).squeeze(1)
    return pd.DataFrame(
        {
            "index": np.arange(len(labels)),
            "label": labels,
            "prediction": prediction.numpy(),
            "confidence": confidence.numpy().round(6),
            "label_probability": label_probability.numpy().round(6),
        }
    )


def misclassified_table(
    predictions: pd.DataFrame, disputed: set[int], order: str = "index"
) -> pd.DataFrame:
    """The errors among the predictions, with whether the image's label is disputed.

    Args:
        predictions: a table of `predictions_table`.
        disputed: indices of the images whose label is doubted.
        order: "index" (as in the dataset) or "confidence" (surest errors first).
    """
    errors = predictions[predictions["label"] != predictions["prediction"]]
    errors = errors.assign(disputed=errors["index"].isin(disputed))
    if order == "confidence":
        errors = errors.sort_values(["confidence", "index"], ascending=[False, True])
    return errors.reset_index(drop=True)
