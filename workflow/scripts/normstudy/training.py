"""Training one run: a variant with a seed."""

import time
from collections.abc import Callable
from contextlib import nullcontext
from operator import itemgetter
from pathlib import Path

import pandas as pd
import torch
from torch import nn
from torch.nn.functional import nll_loss

from .augmentation import augment, draw
from .data import Split
from .errors import StudyError
from .evaluation import log_probabilities, score
from .files import replacing
from .model import build_model
from .streams import stream, stream_seed

AUGMENT = 1024  # images augmented at a time: their index array then stays in the cache


def choose_device(name: str) -> torch.device:
    """The device named in the config; "auto" is CUDA, else MPS, else the CPU.

    Raises:
        StudyError: the named device is not to be had here.
    """
    present = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        name = next(device for device, here in present.items() if here)
    if not present[name]:
        raise StudyError(f"training.device is {name}, which this machine does not have: use auto")
    return torch.device(name)


def l1_weights(parameters: list[nn.Parameter], l1: float, reduction: str) -> torch.Tensor:
    """The weight of each |w| in the L1 penalty, flat in the order of `parameters`.

    The usual penalty is l1 · Σ|w| ("sum"). The study adds each tensor's mean instead
    ("mean"): l1 · Σ_tensor mean|w|, which divides a weight's share by its tensor's size.
    """
    return torch.cat(
        [
            torch.full((p.numel(),), l1 / (p.numel() if reduction == "mean" else 1))
            for p in parameters
        ]
    ).to(parameters[0].device)


def train(
    recipe: dict,
    seed: int,
    train_split: Split,
    test_split: Split,
    on_epoch: Callable[[dict, float], None] = lambda row, seconds: None,
) -> tuple[nn.Module, pd.DataFrame]:
    """Train a network by the recipe and measure it after each epoch.

    Args:
        recipe: a run's parameters as `config.run_parameters` makes them.
        seed: what the run's random streams are derived from.
        train_split, test_split: the images.
        on_epoch: receives each epoch's row and its seconds.

    Returns:
        The network, and a row per epoch: epoch (1-based), learning_rate (of its last step),
        train_loss and train_accuracy (running, in train mode on the augmented images, without
        the penalty), test_loss, test_accuracy; losses in nats per image, accuracies in percent.

    Raises:
        StudyError: the loss stopped being a number.
    """
    torch.set_num_threads(recipe["threads"])
    device = choose_device(recipe["device"])
    torch.manual_seed(stream_seed(seed, "initialisation"))
    model = build_model(recipe["norm"], dropout=recipe["dropout"], **recipe["norm_options"])
    model = model.to(device, memory_format=torch.channels_last)
    parameters = list(model.parameters())
    mean, std = recipe["mean"], recipe["std"]
    penalty = l1_weights(parameters, recipe["l1"], recipe["l1_reduction"]) if recipe["l1"] else None

    images = torch.from_numpy(train_split.images.copy()).to(device)
    labels = torch.from_numpy(train_split.labels).to(device)
    test_images = torch.from_numpy(test_split.images.copy()).to(device)
    test_labels = torch.from_numpy(test_split.labels).to(device)
    count, batch_size = len(labels), recipe["batch_size"]
    steps = -(-count // batch_size)  # the last batch of an epoch may be smaller

    # The schedule moves the momentum too (cycle_momentum); what SGD is given never acts.
    optimizer = torch.optim.SGD(
        parameters, lr=recipe["max_lr"], momentum=recipe["max_momentum"], fused=True
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=recipe["max_lr"],
        epochs=recipe["epochs"],
        steps_per_epoch=steps,
        base_momentum=recipe["base_momentum"],
        max_momentum=recipe["max_momentum"],
    )
    autocast = (
        torch.autocast(device.type, torch.bfloat16)
        if recipe["precision"] == "bf16"
        else nullcontext()
    )

    def augmented(epoch: int):
        """The epoch's batches: augmented images and labels."""
        order = torch.randperm(count, generator=stream(seed, "order", epoch)).to(device)
        draws = draw(
            count,
            stream(seed, "augmentation", epoch),
            recipe["rotation_degrees"],
            recipe["brightness"],
            recipe["contrast"],
        ).map(lambda field: field.to(device))
        chunk = max(1, AUGMENT // batch_size) * batch_size
        for start in range(0, count, chunk):
            part = slice(start, start + chunk)
            rows = order[part]
            inputs = augment(images[rows], draws.map(itemgetter(part)), mean, std)
            yield from zip(inputs.split(batch_size), labels[rows].split(batch_size), strict=True)

    rows = []
    outputs = torch.empty((count, 10), device=device)
    targets = torch.empty(count, dtype=torch.int64, device=device)
    for epoch in range(1, recipe["epochs"] + 1):
        started = time.monotonic()
        torch.manual_seed(stream_seed(seed, "dropout", epoch))  # alone in using the global stream
        model.train()
        seen = 0
        for inputs, target in augmented(epoch):
            with autocast:
                log_probs = model(inputs).float()
            loss = nll_loss(log_probs, target)
            if penalty is not None:
                flat = torch.cat([parameter.flatten() for parameter in parameters])
                loss = loss + penalty.dot(flat.abs())
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            learning_rate = schedule.get_last_lr()[0]
            optimizer.step()
            schedule.step()
            # Kept for the epoch's end: reading a number out now would make the device wait.
            outputs[seen : seen + len(target)] = log_probs.detach()
            targets[seen : seen + len(target)] = target
            seen += len(target)
        if not outputs.isfinite().all():
            broken = (~outputs.isfinite().all(dim=1)).nonzero()[0].item() // batch_size
            raise StudyError(
                f"training diverged in epoch {epoch}, batch {broken + 1} of {steps}: the network's"
                f" output is no longer a number; lower max_lr (now {recipe['max_lr']})"
            )
        train_loss, train_accuracy = score(outputs, targets)
        test_loss, test_accuracy = score(
            log_probabilities(model, test_images, mean, std), test_labels
        )
        rows.append(
            {
                "epoch": epoch,
                "learning_rate": round(learning_rate, 10),
                "train_loss": round(train_loss, 6),
                "train_accuracy": round(train_accuracy, 4),
                "test_loss": round(test_loss, 6),
                "test_accuracy": round(test_accuracy, 4),
            }
        )
        on_epoch(rows[-1], time.monotonic() - started)
    return model, pd.DataFrame(rows)


def epoch_line(row: dict, epochs: int, seconds: float) -> str:
    """A line of progress: epoch 7/20 · test 99.31 % · 8.9 s · 2 min left."""
    left = (epochs - row["epoch"]) * seconds
    remaining = f"{left / 60:.0f} min left" if left >= 90 else f"{left:.0f} s left"
    return (
        f"epoch {row['epoch']}/{epochs} · test {row['test_accuracy']:.2f} %"
        f" · {seconds:.1f} s · {remaining}"
    )


def save_checkpoint(model: nn.Module, recipe: dict, path: str | Path) -> None:
    """A plain state dict and the run's parameters, for `torch.load(weights_only=True)`."""
    state = {name: tensor.cpu().contiguous() for name, tensor in model.state_dict().items()}
    with replacing(path) as temporary:
        torch.save({"state_dict": state, "parameters": recipe}, temporary)
