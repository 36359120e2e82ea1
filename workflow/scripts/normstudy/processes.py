"""Who may write where while several processes run, some of which may be killed.

The locks are the operating system's (flock): they end with the process that holds them, so that
none is left behind by a kill or a power cut.
"""

import fcntl
import os
import socket
from collections.abc import Callable
from pathlib import Path

from .errors import StudyError

SNAKEMAKE = "NORMSTUDY_SNAKEMAKE"  # environment variable: process id of a job's Snakemake


def _lock(path: Path, wait: bool) -> int | None:
    """Lock the file until this process ends: its descriptor, or None if it is taken.

    Processes started from this one do not inherit the lock. Where the file system has no locks,
    there is none.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        pass
    return descriptor


def unwritable(folder: str | Path, reason: str) -> StudyError:
    """The error that says so."""
    return StudyError(
        f"{folder} cannot be written to ({reason}): mend that, or give this study another folder"
        " (config key results)"
    )


def claim(folder: str | Path) -> None:
    """Be the only Snakemake that writes to `folder`, until this process ends.

    Raises:
        StudyError: another one does, or the folder cannot be written to.
    """
    path = Path(folder) / ".lock"
    try:
        descriptor = _lock(path, wait=False)
        if descriptor is None:
            raise StudyError(
                f"another Snakemake ({path.read_text(encoding='utf-8')}) writes to {folder}: wait"
                " for it to end, or give this study a folder of its own (config key results)"
            )
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode())
    except OSError as error:
        raise unwritable(folder, error.strerror) from error


def queue(log: str | Path, say: Callable[[str], None]) -> None:
    """Be the only process that works on the job with this log, until this process ends.

    Waits for one that does: a job outlives a Snakemake that is killed.

    Args:
        log: the job's log file.
        say: receives a line if it takes waiting.
    """
    path = Path(log)
    if _lock(path, wait=False) is None:
        say(f"{path}: this job still runs for a Snakemake that is gone; waiting for its end")
        _lock(path, wait=True)


def stop_if_orphaned() -> None:
    """End a job whose Snakemake is gone, at a moment when nothing is lost.

    Raises:
        StudyError: the process named by the environment variable is not there any more.
    """
    try:
        os.kill(int(os.environ.get(SNAKEMAKE, os.getpid())), 0)
    except ProcessLookupError:
        raise StudyError(
            "the Snakemake that started this job is gone: stopped; the same command goes on here"
        ) from None
    except PermissionError:
        pass
