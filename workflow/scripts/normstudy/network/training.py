"""Training one run: a variant with a seed."""

import os
import time
from collections.abc import Callable
from contextlib import nullcontext

import pandas as pd
import torch
from torch import nn
from torch.nn.functional import nll_loss

from ..data.idx import Split
from ..errors import StudyError
from ..records.tables import METRICS
from ..running.memory import keep_freed_memory
from .draws.batches import Batches
from .draws.streams import stream_seed
from .model import model_of
from .resume import ResumeState
from .scoring import log_probabilities, score

COLUMNS = [name for name in METRICS if name not in ("variant", "seed")]


class Diverged(StudyError):
    """The network's output stopped being a number; `metrics` has the whole epochs before that."""

    metrics: pd.DataFrame


def choose_device(name: str) -> torch.device:
    """The device named in the config; "auto" is CUDA, else MPS, else the CPU.

    Raises:
        StudyError: the named device is not available.
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


def memory_format(norm: str) -> torch.memory_format:
    """How activations lie in memory: channels_last, the faster one, but for Batch Norm.

    PyTorch's Batch Norm sums over N·H·W in one go there, which leaves its single-precision
    gradients 0.1 to 2 % off double precision, a hundred times more than those of the other
    normalizations; contiguous tensors cost 16 % of a step and are as exact as theirs.
    """
    return torch.contiguous_format if norm == "batch" else torch.channels_last


@torch.no_grad()
def add_l1_gradient(parameters: list[nn.Parameter], l1: float, reduction: str) -> None:
    """Add the gradient of the L1 penalty to each parameter's: sign(w) times its share.

    The usual penalty is l1 · Σ|w| ("sum"). The original adds each tensor's mean instead
    ("mean"): l1 · Σ_tensor mean|w|, which divides a weight's share by its tensor's size.
    Written out because autograd through |w| adds 2.5 % to a step.
    """
    for parameter in parameters:
        share = l1 / (parameter.numel() if reduction == "mean" else 1)
        if parameter.grad is not None:  # as the optimizer does, which skips those without
            parameter.grad.add_(parameter.sign(), alpha=share)


class Trainer:
    """A network being trained by a recipe, from its initialisation to its last step.

    Args:
        recipe: a run's parameters as `config.run_parameters` makes them.
        seed: what the run's random streams are derived from.
        split: the training images.
    """

    def __init__(self, recipe: dict, seed: int, split: Split):
        if recipe["batch_size"] > len(split.labels):
            raise StudyError(
                f"batch_size {recipe['batch_size']} is larger than the {len(split.labels)} training"
                " images: lower it"
            )
        keep_freed_memory()
        torch.set_num_threads(recipe["threads"])
        self.recipe, self.seed = recipe, seed
        self.device = choose_device(recipe["device"])
        if self.device.type == "cuda":  # the CPU's algorithms are deterministic as they are
            os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS needs it for that
            torch.use_deterministic_algorithms(True)
        torch.manual_seed(stream_seed(seed, "initialisation"))
        self.model = model_of(recipe).to(self.device)
        self.model.to(memory_format=memory_format(recipe["norm"]))
        self.parameters = list(self.model.parameters())
        self.batches = Batches(split, recipe, seed, self.device)
        # The schedule moves the momentum too (cycle_momentum): the value given here has no effect.
        self.optimizer = torch.optim.SGD(
            self.parameters, lr=recipe["max_lr"], momentum=recipe["max_momentum"], fused=True
        )
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer,
            max_lr=recipe["max_lr"],
            epochs=recipe["epochs"],
            steps_per_epoch=len(self.batches),
            base_momentum=recipe["base_momentum"],
            max_momentum=recipe["max_momentum"],
        )
        self.autocast = (
            torch.autocast(self.device.type, torch.bfloat16)
            if recipe["precision"] == "bf16"
            else nullcontext()
        )
        self.outputs = torch.empty((len(split.labels), recipe["num_classes"]), device=self.device)
        self.targets = torch.empty_like(self.batches.labels)

    def epoch(self, epoch: int) -> dict:
        """Train for one epoch; returns learning_rate (of its last step) and the running
        train_loss and train_accuracy.

        Raises:
            Diverged: the network's output stopped being a number.
        """
        torch.manual_seed(stream_seed(self.seed, "dropout", epoch))  # alone uses the global stream
        self.model.train()
        seen, learning_rates = 0, []
        for inputs, targets in self.batches.epoch(epoch):
            learning_rates.append(float(self.schedule.get_last_lr()[0]))
            log_probs = self._step(inputs, targets)
            # Kept for the epoch's end: reading a number out now would make the device wait.
            part = slice(seen, seen + len(targets))
            self.outputs[part], self.targets[part] = log_probs, targets
            seen += len(targets)
        finite = self.outputs.isfinite().all(dim=1)
        if not finite.all():
            batch = (~finite).nonzero()[0].item() // self.recipe["batch_size"]
            place = f"epoch {epoch}, batch {batch + 1} of {len(self.batches)}"
            raise self.diverged(place, learning_rates[batch])
        loss, accuracy = score(self.outputs, self.targets)
        return {
            "learning_rate": round(learning_rates[-1], 10),
            "train_loss": round(loss, 6),
            "train_accuracy": round(accuracy, 4),
        }

    def diverged(self, place: str, learning_rate: float) -> Diverged:
        """The error that says where the network's output stopped being a number."""
        return Diverged(
            f"training diverged in {place}, at learning rate {learning_rate:.3g}: the network's"
            f" output is no longer a number; lower max_lr ({self.recipe['max_lr']})"
        )

    def _step(self, inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """One step of the optimizer; returns the log-probabilities before it."""
        with self.autocast:
            log_probs = self.model(inputs).float()
        loss = nll_loss(log_probs, targets)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if self.recipe["l1"]:
            add_l1_gradient(self.parameters, self.recipe["l1"], self.recipe["l1_reduction"])
        self.optimizer.step()
        self.schedule.step()
        return log_probs.detach()

    def state(self) -> dict:
        """All that the next epoch depends on: random streams need no state of their own."""
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
        }

    def restore(self, state: dict) -> None:
        """Put a state of `state` back."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])


def train(
    recipe: dict,
    seed: int,
    train_split: Split,
    test_split: Split,
    on_epoch: Callable[[dict, float], None] = lambda row, seconds: None,
    resume: ResumeState | None = None,
    on_resume: Callable[[int], None] = lambda epoch: None,
) -> tuple[nn.Module, pd.DataFrame]:
    """Train a network by the recipe and measure it after each epoch.

    Args:
        recipe: a run's parameters as `config.run_parameters` makes them.
        seed: what the run's random streams are derived from.
        train_split, test_split: the images.
        on_epoch: receives each epoch's row and its seconds.
        resume: where the run's state is kept after each epoch, and taken up from.
        on_resume: receives the epoch after which the run resumes, if it does.

    Returns:
        The network, and a row per epoch: epoch (1-based), learning_rate (of its last step),
        train_loss and train_accuracy (running, in train mode on the augmented images, without
        the penalty), test_loss, test_accuracy; losses in nats per image, accuracies in percent.

    Raises:
        Diverged: the network's output stopped being a number.
    """
    trainer = Trainer(recipe, seed, train_split)
    test_images = torch.from_numpy(test_split.images.copy()).to(trainer.device)
    test_labels = torch.from_numpy(test_split.labels).to(trainer.device)
    rows = []
    saved = resume.load() if resume else None
    if saved:
        trainer.restore(saved["trainer"])
        rows = saved["rows"]
        on_resume(len(rows))
    for epoch in range(len(rows) + 1, recipe["epochs"] + 1):
        started = time.monotonic()
        try:
            row = {"epoch": epoch, **trainer.epoch(epoch)}
            log_probs = log_probabilities(trainer.model, test_images, recipe["mean"], recipe["std"])
            if not log_probs.isfinite().all():  # the epoch's last step did it
                raise trainer.diverged(f"epoch {epoch}, after its last batch", row["learning_rate"])
        except Diverged as error:
            error.metrics = pd.DataFrame(rows, columns=COLUMNS)
            raise
        loss, accuracy = score(log_probs, test_labels)
        rows.append(row | {"test_loss": round(loss, 6), "test_accuracy": round(accuracy, 4)})
        if resume:
            resume.save({"trainer": trainer.state(), "rows": rows})
        on_epoch(rows[-1], time.monotonic() - started)
    return trainer.model, pd.DataFrame(rows)


def epoch_line(row: dict, epochs: int, seconds: float) -> str:
    """A line of progress: epoch 7/20 · test 99.31 % · 8.9 s · 2 min left."""
    left = (epochs - row["epoch"]) * seconds
    remaining = f"{left / 60:.0f} min left" if left >= 90 else f"{left:.0f} s left"
    return (
        f"epoch {row['epoch']}/{epochs} · test {row['test_accuracy']:.2f} %"
        f" · {seconds:.1f} s · {remaining}"
    )
