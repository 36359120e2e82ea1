"""Ctrl-C and SIGTERM end the jobs of a Snakemake first, and then Snakemake itself."""

import logging
import signal
from collections.abc import Callable
from contextlib import suppress

import psutil

# What Snakemake's shell runs before each job's command. Ctrl-C goes to every process of the
# terminal; a job would answer with a traceback, from wherever it is, even of its imports.
DEAF = "set -euo pipefail; trap '' INT; "


class Stop:
    """Once listening, Ctrl-C or SIGTERM ends this process's jobs and then what waits for them.

    True after such a signal. Snakemake's own handler of SIGTERM waits for a lock that the thread
    it interrupts may hold, and then never ends. This one takes none.

    Args:
        start_none: has no further job started: an exception from a handler is lost if Python
            happens to be in a destructor.
    """

    def __init__(self, start_none: Callable[[], None]):
        self._signals, self._start_none = 0, start_none

    def __bool__(self) -> bool:
        return self._signals > 0

    def listen(self) -> None:
        """Start listening. Call it in the main thread, once Snakemake's scheduler is there."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._end_jobs)

    def _end_jobs(self, number: int, frame: object) -> None:
        """Jobs end by SIGTERM: silently, and training has its state of the last whole epoch."""
        self._signals += 1
        self._start_none()
        for child in psutil.Process().children(recursive=True):  # shells first, which would tell
            with suppress(psutil.NoSuchProcess):
                child.terminate() if self._signals == 1 else child.kill()
        logging.disable()  # Snakemake would report each of these jobs as failed, with its log
        if self._signals == 1:
            raise KeyboardInterrupt
