"""A trained network's predictions, its confidence, and its errors."""

from functools import partial

import numpy as np
import pandas as pd
import torch
from torch import nn

from ..data.idx import Split
from ..network.kernels.engine import Network
from ..network.portable import exp
from ..network.scoring import log_probabilities, score
from ..network.training import on_this_machine


def evaluate(
    model: nn.Module, recipe: dict, train: Split, test: Split
) -> tuple[pd.DataFrame, np.ndarray]:
    """Loss and accuracy on both splits, in eval mode and without augmentation.

    By the engine that trained it, with the bits that it gave then.

    Returns:
        A row per split: split, loss (nats per image), accuracy (percent), images, errors;
        and the log-probabilities of the test images, (N, num_classes).

    Raises:
        StudyError: the kernels trained it and do not compute what model.py says.
    """
    if recipe["engine"] == "kernels":
        on_this_machine(recipe)
        state = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
        answer = Network(recipe, state).log_probabilities
    else:
        torch.set_num_threads(recipe["threads"])
        answer = partial(log_probabilities, model, mean=recipe["mean"], std=recipe["std"])
    rows = []
    for name, split in (("train", train), ("test", test)):
        log_probs = answer(split.images)
        loss, accuracy = score(log_probs, split.labels)
        rows.append(
            {
                "split": name,
                "loss": round(loss, 6),
                "accuracy": round(accuracy, 4),
                "images": len(split.labels),
                "errors": int((log_probs.argmax(axis=1) != split.labels).sum()),
            }
        )
    return pd.DataFrame(rows), log_probs


def predictions_table(log_probs: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    """A row per image: index, label, prediction, confidence, label_probability."""
    rows, prediction = np.arange(len(labels)), log_probs.argmax(axis=1)
    confidence, label_probability = (
        np.array([exp(float(x)) for x in log_probs[rows, classes]]).round(6)
        for classes in (prediction, labels)
    )
    return pd.DataFrame(
        {
            "index": rows,
            "label": labels,
            "prediction": prediction,
            "confidence": confidence,
            "label_probability": label_probability,
        }
    )


def misclassified_table(
    predictions: pd.DataFrame, disputed: set[int], order: str = "index"
) -> pd.DataFrame:
    """The errors among the predictions, with whether the image's label is disputed.

    Args:
        predictions: a table of `predictions_table`.
        disputed: indices of the images whose label is doubted.
        order: "index" (as in the dataset) or "confidence" (highest first).
    """
    errors = predictions[predictions["label"] != predictions["prediction"]]
    errors = errors.assign(disputed=errors["index"].isin(disputed))
    if order == "confidence":
        errors = errors.sort_values(["confidence", "index"], ascending=[False, True])
    return errors.reset_index(drop=True)
