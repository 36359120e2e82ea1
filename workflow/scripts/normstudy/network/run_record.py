"""How one run came to be: when, where, with what, and the digest of what it learned."""

import platform

import numpy as np
import torch

from ..records.machine import accelerator, now, processor
from .checkpoint import tensors_sha256
from .kernels.check import gives_reference_bits


def run_record(
    variant: str,
    seed: int,
    recipe: dict,
    state: dict[str, np.ndarray],
    started: str,
    resumed_after_epoch: int,
    code: dict[str, str],
    data_sha256: dict[str, str],
) -> dict:
    """The facts of a run for its provenance.json.

    Among them whether this machine gives the reference's bits in a short self-check.

    Args:
        variant, seed: which run.
        recipe: all its parameters, mean and std included, the device as it was chosen.
        state: the trained network's state dict.
        started: when the job started, as `machine.now` writes it.
        resumed_after_epoch: the epochs that an earlier, interrupted job had done; 0 if none.
        code: room of the package → digest of the code that trained (`code_digest`).
        data_sha256: data file → its SHA-256.
    """
    return {
        "variant": variant,
        "seed": seed,
        "started": started,
        "finished": now(),
        "resumed_after_epoch": resumed_after_epoch,
        "recipe": recipe,
        "code": code,
        "data_sha256": data_sha256,
        "device": recipe["device"],
        "processor": processor(),
        "reference_bits": gives_reference_bits(),
        "accelerator": accelerator(recipe["device"]),
        "system": platform.platform(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "tensors_sha256": tensors_sha256(state),
    }
