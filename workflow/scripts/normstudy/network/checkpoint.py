"""A trained network in a file: a plain state dict and the parameters of its run."""

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ..errors import StudyError, remake
from ..records.files import replacing
from .model import model_of


def torch_bytes(content: object) -> bytes:
    """What `torch.save` writes."""
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def save_checkpoint(
    state: dict[str, np.ndarray], recipe: dict, variant: str, seed: int, path: str | Path
) -> None:
    """Write a state dict so that `torch.load(path, weights_only=True)` reads it anywhere."""
    tensors = {name: torch.from_numpy(np.asarray(value).copy()) for name, value in state.items()}
    run = {"variant": variant, "seed": seed}
    content = torch_bytes({"state_dict": tensors, "parameters": recipe, "run": run})
    with replacing(path) as temporary:  # all at once, for a full disk to be reported as such
        temporary.write_bytes(content)


def tensors_sha256(state: Mapping[str, np.ndarray | torch.Tensor]) -> str:
    """A digest of the values of a state dict, the same however and whenever it was saved.

    SHA-256 over the tensors in the order of their names; of each its name, dtype and shape as
    text ("conv.weight float32 8,1,3,3"), a newline, and its values, row by row, as they lie in
    memory (little-endian). The bytes of a `torch.save` file also hold names and paddings.
    """
    digest = hashlib.sha256()
    for name, tensor in sorted(state.items()):
        values = np.asarray(tensor)
        shape = ",".join(map(str, values.shape))
        digest.update(f"{name} {values.dtype} {shape}\n".encode())
        digest.update(values.tobytes())
    return digest.hexdigest()


def load_checkpoint(path: str | Path, run: tuple[str, int] | None = None) -> tuple[nn.Module, dict]:
    """A run's trained network in eval mode on the CPU, and the run's parameters.

    Args:
        path: its checkpoint.pt.
        run: the variant and seed that it must be of; None takes any.

    Raises:
        FileNotFoundError: there is no such file.
        StudyError: the file is no checkpoint of this project, or another run's.
    """
    remedy = f"to train that run again, {remake(path, 'train')}"
    try:
        # With weights_only no code in the file is run.
        checkpoint = torch.load(path, weights_only=True, map_location="cpu")
        recipe, found = checkpoint["parameters"], checkpoint["run"]
        model = model_of(recipe)
        model.load_state_dict(checkpoint["state_dict"])
    except FileNotFoundError:
        raise
    except Exception as error:  # torch.load raises whatever the broken bytes lead it to
        raise StudyError(
            f"{path} is not a readable checkpoint ({type(error).__name__}): {remedy}"
        ) from error
    if run is not None and run != (found["variant"], found["seed"]):
        raise StudyError(
            f"{path} is the checkpoint of {found['variant']} seed {found['seed']}: {remedy}"
        )
    return model.eval(), recipe
