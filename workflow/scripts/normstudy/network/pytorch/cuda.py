"""Training with PyTorch on a CUDA device, where a step is recorded once and replayed.

An epoch is 938 steps of some 150 small kernels each: launching them one by one takes longer than
computing them. A CUDA graph launches a whole step at once. What differs from step to step (images,
labels, dropout masks, learning rate, momentum) is copied into the tensors that the graph reads.
"""

from collections.abc import Callable
from functools import partial

import torch

from ...data.idx import Split
from ..draws.dropout import dropout_masks
from ..draws.streams import key
from .trainer import Trainer

WARM_UP = 3  # steps before recording, in which PyTorch chooses and loads its kernels


def recorded(step: Callable[[], None], changed: list[torch.Tensor]) -> torch.cuda.CUDAGraph:
    """A step as a CUDA graph.

    Args:
        step: launches its kernels.
        changed: what they change; what the steps before recording changed is put back.
    """
    before, graph, stream = (
        [t.clone() for t in changed],
        torch.cuda.CUDAGraph(),
        torch.cuda.Stream(),
    )
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(WARM_UP):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    with torch.cuda.graph(graph):
        step()
    with torch.no_grad():
        torch._foreach_copy_(changed, before)
    return graph


class CudaTrainer(Trainer):
    """A `Trainer` whose whole batches are steps of a CUDA graph.

    Args:
        recipe, seed, split: as of `Trainer`.
        graph: record the step; False launches every kernel, to compare with.
    """

    def __init__(self, recipe: dict, seed: int, split: Split, graph: bool = True):
        super().__init__(recipe, seed, split)
        size = recipe["batch_size"]
        self.inputs = torch.zeros((size, 1, 28, 28), device=self.device)
        self.targets = torch.zeros(size, dtype=torch.int64, device=self.device)
        self.rate, self.momentum = torch.zeros(2, device=self.device)  # each a tensor
        self.velocities = [torch.zeros_like(parameter) for parameter in self.parameters]
        self.masks: dict[int, torch.Tensor] = {}  # number of the dropout layer → what it reads
        self.log_probs = torch.empty(0)
        self.graph: torch.cuda.CUDAGraph | None = None
        self.records = graph

    def _step(self, inputs: torch.Tensor, targets: torch.Tensor, step: int) -> torch.Tensor:
        self.rate.fill_(float(self.rates[step]))
        self.momentum.fill_(float(self.momenta[step]))
        if not self.records or len(inputs) < len(self.inputs):  # the epoch's last batch
            return self._compute(inputs, targets)
        if self.graph is None:
            self.graph = self._record()
        self.inputs.copy_(inputs)
        self.targets.copy_(targets)
        epoch, place = divmod(step, len(self.batches))
        stream = key(self.seed, "dropout", epoch + 1)
        for number, mask in self.masks.items():
            p = self.dropouts[number].p
            drawn = torch.from_numpy(dropout_masks(tuple(mask.shape), place, number, p, stream))
            mask.copy_(drawn.pin_memory(), non_blocking=True)
        self.graph.replay()
        return self.log_probs

    def _compute(self, inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """A step: v ← momentum · v + gradient, w ← w − rate · v, as torch.optim.SGD's."""
        log_probs = self._differentiate(inputs, targets)
        weights: list[torch.Tensor] = [*self.parameters]
        gradients = tuple(w.grad if w.grad is not None else torch.zeros_like(w) for w in weights)
        with torch.no_grad():
            torch._foreach_mul_(self.velocities, self.momentum)
            torch._foreach_add_(self.velocities, gradients)
            torch._foreach_sub_(weights, torch._foreach_mul(self.velocities, self.rate))
        return log_probs

    def _record(self) -> torch.cuda.CUDAGraph:
        """The step as a graph."""

        def step() -> None:
            self.log_probs = self._compute(self.inputs, self.targets)

        drawn = [layer.mask for layer in self.dropouts]
        for number, layer in enumerate(self.dropouts):
            layer.mask = partial(self._mask, number)
        graph = recorded(step, [*self.model.state_dict().values(), *self.velocities])
        for layer, mask in zip(self.dropouts, drawn, strict=True):
            layer.mask = mask
        return graph

    def _mask(self, number: int, shape: torch.Size) -> torch.Tensor:
        """The tensor that the graph reads a layer's mask from, made at its first use."""
        return self.masks.setdefault(number, torch.ones(shape, device=self.device))

    def state(self) -> dict:
        """All that the next epoch depends on: random streams need no state of their own."""
        return {"model": self.model.state_dict(), "velocities": self.velocities}

    def restore(self, state: dict) -> None:
        """Put a state of `state` back, into the tensors that the graph uses."""
        self.model.load_state_dict(state["model"])
        for velocity, saved in zip(self.velocities, state["velocities"], strict=True):
            velocity.copy_(saved)
