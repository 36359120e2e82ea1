"""Locks of the operating system (flock): they end with the process that holds them, so that none
is left behind by a kill or a power cut."""

import fcntl
import math
import time
from collections.abc import Callable

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
        True if the lock was had in time, False if not, None where the file system has no locks.
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
