"""What finished runs leave behind that nobody needs any more."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def discard_states(runs: Iterable[tuple[Path, Path]]) -> None:
    """Delete the states of training that are older than the network they led to.

    Args:
        runs: of each run the file with its state after the last epoch, and its checkpoint.
    """
    for state, trained in runs:
        known = state.exists() and trained.exists()
        if known and state.stat().st_mtime <= trained.stat().st_mtime:
            state.unlink()
        with suppress(OSError):  # not there, or not empty
            state.parent.rmdir()
