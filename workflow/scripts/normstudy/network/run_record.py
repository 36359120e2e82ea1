"""How one run came to be: when, where, with what, and the digest of what it learned."""

import platform

import torch

from ..records.machine import accelerator, now, processor
from .checkpoint import tensors_sha256


def run_record(
    variant: str,
    seed: int,
    recipe: dict,
    model: torch.nn.Module,
    started: str,
    resumed_after_epoch: int,
) -> dict:
    """The facts of a run for its provenance.json.

    Args:
        variant, seed: which run.
        recipe: all its parameters, mean and std included.
        model: the trained network, on the device it was trained on.
        started: when the job started, as `machine.now` writes it.
        resumed_after_epoch: the epochs that an earlier, interrupted job had done; 0 if none.
    """
    device = next(model.parameters()).device.type
    return {
        "variant": variant,
        "seed": seed,
        "started": started,
        "finished": now(),
        "resumed_after_epoch": resumed_after_epoch,
        "recipe": recipe,
        "device": device,
        "processor": processor(),
        "accelerator": accelerator(device),
        "system": platform.platform(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "tensors_sha256": tensors_sha256(model.state_dict()),
    }
