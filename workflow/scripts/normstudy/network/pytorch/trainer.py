"""A training step by step with PyTorch: the network, its optimizer and its batches."""

import os
from contextlib import nullcontext
from functools import partial

import numpy as np
import torch
from torch import nn
from torch.nn.functional import nll_loss

from ...data.idx import Split
from ...errors import StudyError
from ...running.memory import keep_freed_memory
from .. import scoring
from ..draws.batches import Batches
from ..draws.dropout import dropout_masks
from ..draws.initial import uniform_weights
from ..draws.streams import key, torch_seed
from ..model import Dropout, model_of
from ..schedule import one_cycle


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


def initial_network(recipe: dict, seed: int) -> nn.Module:
    """The network of a recipe with the initial weights of a seed, on the CPU.

    Convolutions and linear layers get weights from the run's streams (`draws/initial.py`). What
    else a layer draws for itself comes from PyTorch's generator, seeded by the run: the same with
    the same version of PyTorch on the same kind of processor.
    """
    torch.manual_seed(torch_seed(key(seed, "initialisation")))
    model = model_of(recipe)
    with torch.no_grad():
        for layer_name, layer in model.named_modules():
            if isinstance(layer, nn.Conv1d | nn.Conv2d | nn.Linear):
                fan_in = layer.weight[0].numel()
                for name, tensor in layer.named_parameters(recurse=False):
                    drawn = uniform_weights(
                        f"{layer_name}.{name}", tuple(tensor.shape), fan_in, seed
                    )
                    tensor.copy_(torch.from_numpy(drawn))
    return model


def try_out(recipe: dict) -> None:
    """Let the network of a recipe compute a batch of blank images, on the CPU.

    Raises:
        StudyError: it cannot, as when a normalization of one's own returns another shape.
    """
    try:
        model_of(recipe).eval()(torch.zeros(2, 1, 28, 28))
    except (RuntimeError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise StudyError(
            f"the network that model.py makes with norm: {recipe['norm']} cannot compute a batch of"
            f" images: {error}. A normalization takes (N, C, H, W) and returns the same shape"
        ) from error


class Trainer:
    """A network being trained by a recipe, from its initialisation to its last step.

    Args:
        recipe: a run's parameters as `config.run_parameters` makes them.
        seed: what the run's random streams are derived from.
        split: the training images.
    """

    def __init__(self, recipe: dict, seed: int, split: Split):
        keep_freed_memory()
        torch.set_num_threads(recipe["threads"])
        self.recipe, self.seed = recipe, seed
        self.device = choose_device(recipe["device"])
        if self.device.type == "cuda":  # the CPU's algorithms are deterministic as they are
            os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS needs it for that
            # Only a warning: the gradient of max pooling has no kernel that PyTorch calls
            # deterministic, yet windows that do not overlap leave nothing to chance.
            torch.use_deterministic_algorithms(True, warn_only=True)
            torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
        try_out(recipe)
        self.model = initial_network(recipe, seed).to(self.device)
        self.model.to(memory_format=memory_format(recipe["norm"]))
        self.parameters = list(self.model.parameters())
        self.dropouts = [layer for layer in self.model.modules() if isinstance(layer, Dropout)]
        self.batches = Batches(split, recipe, seed)
        self.rates, self.momenta = one_cycle(recipe, len(self.batches))
        self.optimizer = torch.optim.SGD(  # both as of the schedule, at each step
            self.parameters, lr=self.rates[0], momentum=self.momenta[0], fused=True
        )
        self.autocast = (
            torch.autocast(self.device.type, torch.bfloat16)
            if recipe["precision"] == "bf16"
            else nullcontext()
        )
        shape = len(split.labels), recipe["num_classes"]
        self.outputs = torch.empty(shape, dtype=torch.float32, device=self.device)

    def epoch(self, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Train for one epoch: log-probabilities and labels as of the kernels' `Trainer`."""
        stream = key(self.seed, "dropout", epoch)
        torch.manual_seed(torch_seed(stream))  # for layers that draw without masks
        self.model.train()
        labels: list[np.ndarray] = []
        seen = 0
        for step, (inputs, targets) in enumerate(self.batches.epoch(epoch)):
            for number, layer in enumerate(self.dropouts):
                layer.mask = partial(
                    dropout_masks, step=step, layer=number, p=layer.p, stream=stream
                )
            # Kept for the epoch's end: reading a number out now would make the device wait.
            self.outputs[seen : seen + len(targets)] = self._step(
                torch.from_numpy(inputs).unsqueeze(1).to(self.device),
                torch.from_numpy(targets).to(self.device),
                (epoch - 1) * len(self.batches) + step,
            )
            labels.append(targets)
            seen += len(targets)
        return self.outputs.cpu().numpy(), np.concatenate(labels)

    def _differentiate(self, inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Log-probabilities of a batch; sets the gradients of its loss, L1 penalty included."""
        with self.autocast:
            log_probs = self.model(inputs).float()
        for parameter in self.parameters:
            parameter.grad = None
        nll_loss(log_probs, targets).backward()
        if self.recipe["l1"]:
            add_l1_gradient(self.parameters, self.recipe["l1"], self.recipe["l1_reduction"])
        return log_probs.detach()

    def _step(self, inputs: torch.Tensor, targets: torch.Tensor, step: int) -> torch.Tensor:
        """The optimizer's step of that number in the run; the log-probabilities before it."""
        log_probs = self._differentiate(inputs, targets)
        (group,) = self.optimizer.param_groups
        group["lr"], group["momentum"] = float(self.rates[step]), float(self.momenta[step])
        self.optimizer.step()
        return log_probs

    def log_probabilities(self, images: np.ndarray) -> np.ndarray:
        """Those of uint8 images (N, 28, 28) in eval mode, float32 (N, classes)."""
        return scoring.log_probabilities(
            self.model, images, self.recipe["mean"], self.recipe["std"]
        )

    def state_dict(self) -> dict[str, np.ndarray]:
        """The network's."""
        return {name: tensor.cpu().numpy() for name, tensor in self.model.state_dict().items()}

    def state(self) -> dict:
        """All that the next epoch depends on: random streams need no state of their own."""
        return {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}

    def restore(self, state: dict) -> None:
        """Put a state of `state` back."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
