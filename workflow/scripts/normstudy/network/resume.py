"""Where an interrupted run goes on: a file with its state after the last whole epoch."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import torch

from .checkpoint import write_torch


def fingerprint(recipe: dict, seed: int, data: str, code: str) -> str:
    """What a state must have in common with a run to be its own.

    Args:
        recipe: the run's parameters.
        seed: the run's seed.
        data: the listing of the data's checksums.
        code: the digest of the training code.
    """
    parts = json.dumps([recipe, seed, data, code, torch.__version__])
    return hashlib.sha256(parts.encode()).hexdigest()


class ResumeFile:
    """The state of a run in a file, replaced after each epoch.

    Args:
        path: the file; it need not exist.
        run: the run's fingerprint. A state of another run is not used.
        say: receives a line when a state is taken up or left alone.
    """

    def __init__(self, path: str | Path, run: str, say: Callable[[str], None] = print):
        self.path = Path(path)
        self.run = run
        self.say = say

    def load(self) -> dict | None:
        """The state that was saved last, or None if there is none that fits."""
        if not self.path.exists():
            return None
        try:
            saved = torch.load(self.path, weights_only=True, map_location="cpu")
            run, state = saved["run"], saved["state"]
        except Exception as error:  # torch.load raises whatever the broken bytes lead it to
            self.say(f"{self.path} cannot be read ({type(error).__name__}): starting anew")
            return None
        if run != self.run:
            self.say(f"{self.path} is of other parameters, code or data: starting anew")
            return None
        return state

    def save(self, state: dict) -> None:
        """Replace the saved state, so that a crash leaves this one or the one before."""
        write_torch({"run": self.run, "state": state}, self.path)
