"""Training one run, a variant with a seed, by whichever engine."""

import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from ..data.idx import Split
from ..errors import StudyError
from ..records.tables import METRICS
from .kernels.check import difference
from .kernels.engine import Trainer as KernelTrainer
from .pytorch.cuda import CudaTrainer
from .pytorch.trainer import Trainer, choose_device
from .resume import ResumeState
from .scoring import score

COLUMNS = [name for name in METRICS if name not in ("variant", "seed")]


class Diverged(StudyError):
    """The network's output stopped being a number; `metrics` has the whole epochs before that."""

    metrics: pd.DataFrame


def on_this_machine(recipe: dict, say: Callable[[str], None] = print) -> dict:
    """The recipe with the device and the engine of this machine, where it says "auto".

    Args:
        say: receives a line if the kernels do not compute what model.py says.

    Raises:
        StudyError: this machine does not have the device that the recipe names, or the kernels
            that it names do not compute what model.py says.
    """
    if recipe["device"] != "cpu":
        recipe = recipe | {"device": choose_device(recipe["device"]).type}
    engine, fault = recipe["engine"], None
    if engine != "pytorch" and recipe["device"] != "cpu":
        fault = f"kernels are for the CPU, not for {recipe['device']}"
    elif engine != "pytorch" and (different := difference(recipe)):
        fault = f"the kernels differ from model.py in {different}"
        if engine == "auto":
            say(f"T{fault[1:]}: training with PyTorch")
    if fault and engine == "kernels":
        raise StudyError(f"training.engine is kernels, but {fault}: use auto or pytorch")
    return recipe | {"engine": "pytorch" if fault or engine == "pytorch" else "kernels"}


def train(
    recipe: dict,
    seed: int,
    train_split: Split,
    test_split: Split,
    on_epoch: Callable[[dict, float], None] = lambda row, seconds: None,
    resume: ResumeState | None = None,
    on_resume: Callable[[int], None] = lambda epoch: None,
) -> tuple[dict[str, np.ndarray], pd.DataFrame]:
    """Train a network by the recipe and measure it after each epoch.

    Args:
        recipe: a run's parameters as `on_this_machine` completes them.
        seed: what the run's random streams are derived from.
        train_split, test_split: the images.
        on_epoch: receives each epoch's row and its seconds.
        resume: where the run's state is kept after each epoch, and taken up from.
        on_resume: receives the epoch after which the run resumes, if it does.

    Returns:
        The network's state dict, and a row per epoch: epoch (1-based), learning_rate (of its last
        step), train_loss and train_accuracy (running, in train mode on the augmented images,
        without the penalty), test_loss, test_accuracy; losses in nats per image, accuracies in
        percent.

    Raises:
        Diverged: the network's output stopped being a number.
    """
    count, size = len(train_split.labels), recipe["batch_size"]
    if size > count:
        raise StudyError(f"batch_size {size} is larger than the {count} training images: lower it")
    by_pytorch = CudaTrainer if recipe["device"] == "cuda" else Trainer
    engine = (KernelTrainer if recipe["engine"] == "kernels" else by_pytorch)(
        recipe, seed, train_split
    )
    steps, rows = len(engine.batches), []
    saved = resume.load() if resume else None
    if saved:
        engine.restore(saved["trainer"])
        rows = saved["rows"]
        on_resume(len(rows))

    def diverged(place: str, rate: float) -> Diverged:
        error = Diverged(
            f"training diverged in {place}, at learning rate {rate:.3g}: the network's output is no"
            f" longer a number; lower max_lr ({recipe['max_lr']})"
        )
        error.metrics = pd.DataFrame(rows, columns=COLUMNS)
        return error

    for epoch in range(len(rows) + 1, recipe["epochs"] + 1):
        started = time.monotonic()
        rates = engine.rates[(epoch - 1) * steps : epoch * steps]
        outputs, labels = engine.epoch(epoch)
        bad = ~np.isfinite(outputs).all(axis=1)
        if bad.any():
            batch = int(bad.argmax()) // size
            raise diverged(f"epoch {epoch}, batch {batch + 1} of {steps}", rates[batch])
        train_loss, train_accuracy = score(outputs, labels)
        outputs = engine.log_probabilities(test_split.images)
        if not np.isfinite(outputs).all():  # the epoch's last step did it
            raise diverged(f"epoch {epoch}, after its last batch", rates[-1])
        test_loss, test_accuracy = score(outputs, test_split.labels)
        rows.append(
            {
                "epoch": epoch,
                "learning_rate": round(float(rates[-1]), 10),
                "train_loss": round(train_loss, 6),
                "train_accuracy": round(train_accuracy, 4),
                "test_loss": round(test_loss, 6),
                "test_accuracy": round(test_accuracy, 4),
            }
        )
        if resume:
            resume.save({"trainer": engine.state(), "rows": rows})
        on_epoch(rows[-1], time.monotonic() - started)
    return engine.state_dict(), pd.DataFrame(rows)
