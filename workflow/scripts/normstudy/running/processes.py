"""Who may write where while several processes run, some of which may be killed.

Locks are the operating system's (flock): they end with the process that holds them, so that none is
left behind by a kill or a power cut.
"""

import fcntl
import math
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from ..errors import StudyError

PAUSE_SECONDS = 0.2  # between two looks at a lock that is taken


def lock(
    descriptor: int, seconds: float = math.inf, waiting: Callable[[], None] = lambda: None
) -> bool | None:
    """Lock an open file or folder for this process alone, until it ends or closes it.

    Processes started from this one do not inherit the lock.

    Args:
        descriptor: of the file, as os.open returns it.
        seconds: how long to wait for another process that has the lock.
        waiting: called once if it takes waiting.

    Returns:
        True if the lock was acquired, False if time ran out, None if the file system has no locks.
    """
    deadline = None
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            pass
        except OSError:
            return None
        now = time.monotonic()
        if deadline is None:
            deadline = now + seconds
            waiting()
        if now >= deadline:
            return False
        time.sleep(PAUSE_SECONDS)


def _lockable(path: Path) -> int:
    """The file, opened and left open: its lock is to last as long as this process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)


def claim(folder: str | Path) -> None:
    """Be the only Snakemake that writes to `folder`, until this process ends.

    Raises:
        StudyError: another one does, or the folder cannot be written to.
    """
    path = Path(folder) / ".lock"
    try:
        descriptor = _lockable(path)
        if lock(descriptor, seconds=0) is False:
            owner = path.read_text(encoding="utf-8")  # empty until the owner has said who it is
            raise StudyError(
                f"another Snakemake{f' ({owner})' if owner else ''} writes to {folder}: wait for"
                " it to end, or give this study a folder of its own (config key results)"
            )
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode())
    except OSError as error:
        raise StudyError(
            f"{folder} cannot be written to ({error.strerror}): fix that, or give this study"
            " another folder (config key results)"
        ) from error


def queue(log: str | Path, say: Callable[[str], None]) -> None:
    """Be the only process that works on the job with this log, until this process ends.

    Waits for one that does: a job outlives a Snakemake that is killed.

    Args:
        log: the job's log file.
        say: receives a line if it takes waiting.
    """
    path = Path(log)
    words = f"{path}: an earlier run of this job is still finishing; waiting"
    lock(_lockable(path), waiting=lambda: say(words))


class Starter:
    """The process that started this job: the nearest above it that is not the job's shell."""

    def __init__(self) -> None:
        above = psutil.Process().parents()
        self._process = next((p for p in above if sys.argv[0] not in " ".join(p.cmdline())), None)

    def stop_if_gone(self) -> None:
        """End the job at a moment when nothing is lost.

        Raises:
            StudyError: its Snakemake was killed.
        """
        if self._process and not self._process.is_running():
            raise StudyError(
                "the Snakemake that started this job is gone: stopped; the same command resumes it"
            )
