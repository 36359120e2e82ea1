"""Where an interrupted run resumes: its state after the last complete epoch, kept in a store."""

import hashlib
import io
import json
import time
from collections.abc import Callable

import torch
from tenacity import Retrying, stop_after_attempt, wait_exponential_jitter

from ..records.store import Folder, Remote
from .checkpoint import torch_bytes

TRIES = 5  # with waits of about 0.5, 1, 2 and 4 s in between


def fingerprint(recipe: dict, seed: int, data: dict[str, str], code: dict[str, str]) -> str:
    """What a state must have in common with a run to be its own.

    Args:
        recipe: the run's parameters.
        seed: the run's seed.
        data: data file → its SHA-256.
        code: room of the package → digest of its code.
    """
    parts = json.dumps([recipe, seed, data, code, torch.__version__])
    return hashlib.sha256(parts.encode()).hexdigest()


class ResumeState:
    """The state of a run, replaced after each epoch.

    Args:
        store: what keeps it.
        name: its name there; it need not exist.
        run: the run's fingerprint. A state of another run is not used.
        say: receives a line when a state is taken up or left alone.
        required: whether the run ends when its state cannot be saved. So with the folder of the
            results, where a full disk would take no finished network either. Otherwise a store
            that fails is tried again, then left alone with one warning.
        sleep: waits for so many seconds.
    """

    def __init__(
        self,
        store: Folder | Remote,
        name: str,
        run: str,
        say: Callable[[str], None] = print,
        required: bool = True,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self.store, self.name, self.run, self.say = store, name, run, say
        self.required, self.sleep = required, sleep
        self.path = f"{store.place}/{name}"
        self._fails = self._warned = False

    def load(self) -> dict | None:
        """The state that was saved last, or None if there is none that fits."""
        content = self._patiently(self.store.read, self.name)
        if content is None:
            return None
        file = io.BytesIO(content)
        try:
            saved = torch.load(file, weights_only=True, map_location="cpu")
            run, state = saved["run"], saved["state"]
        except Exception as error:  # torch.load raises whatever the broken bytes lead it to
            self.say(f"{self.path} cannot be read ({type(error).__name__}): starting over")
            return None
        if run != self.run:
            self.say(f"{self.path} belongs to other parameters, code or data: starting over")
            return None
        return state

    def save(self, state: dict) -> None:
        """Replace the saved state, so that a crash leaves this one or the one before."""
        content = torch_bytes({"run": self.run, "state": state})
        self._patiently(self.store.write, self.name, content)

    def _patiently(self, operation: Callable, *given) -> bytes | None:
        """What the store's operation returns; None with a warning if it fails again and again.

        A store that has failed for good is tried once an epoch, until it works again.
        """
        if self.required:
            return operation(*given)
        retry = Retrying(
            stop=stop_after_attempt(1 if self._fails else TRIES),
            wait=wait_exponential_jitter(multiplier=0.5, max=8, jitter=0.5),
            sleep=self.sleep,
            reraise=True,
        )
        try:
            answer = retry(operation, *given)
        except Exception as error:  # each kind of store has errors of its own
            self._fails = True
            if not self._warned:
                self.say(
                    f"Warning: {self.store.place} does not keep this run's state"
                    f" ({type(error).__name__}: {error}). Training continues; if this job is"
                    " interrupted, the run may have to start at its first epoch"
                )
            self._warned = True
            return None
        self._fails = False
        return answer
