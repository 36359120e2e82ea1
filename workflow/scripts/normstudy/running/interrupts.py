"""Ctrl-C: the jobs end at once, and what they had done is said in a sentence."""

import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

from .events import read_events
from .progress import PlannedRun

# What Snakemake's shell runs before each job's command. Ctrl-C goes to every process of the
# terminal; a job would answer with a traceback, from wherever it is, even of its imports.
DEAF = "set -euo pipefail; trap '' INT; "
NAMED = 4  # runs that are named in the sentence


class Stop:
    """Once listening, Ctrl-C ends this process's jobs and then, as usual, what waits for them.

    True after a Ctrl-C.
    """

    def __init__(self) -> None:
        self._pressed = 0

    def __bool__(self) -> bool:
        return self._pressed > 0

    def listen(self) -> None:
        """Start listening. Call it in the main thread."""
        signal.signal(signal.SIGINT, self._end_jobs)

    def _end_jobs(self, number: int, frame: object) -> None:
        """Jobs end by SIGTERM: silently, and training has its state of the last whole epoch."""
        self._pressed += 1
        for child in psutil.Process().children(recursive=True):  # shells first, which would tell
            with suppress(psutil.NoSuchProcess):
                child.terminate() if self._pressed == 1 else child.kill()
        if self._pressed == 1:
            raise KeyboardInterrupt


def stopped(runs: Iterable[PlannedRun], since: float) -> str:
    """What a person reads after Ctrl-C.

    Args:
        runs: those of the plan.
        since: when they were started, in seconds since 1970; older events are of other jobs.
    """
    reached = []
    for run in runs:
        path = Path(run.events)
        if not path.exists() or path.stat().st_mtime < since:
            continue
        events = read_events(path)
        if events and events[-1].state not in ("finished", "failed"):
            last = max(event.epoch or 0 for event in events)
            where = f"after epoch {last} of {run.epochs}" if last else "in the first epoch"
            reached.append((run.name, where))
    resume = "Run the same command to resume."
    if not reached:
        return f"Stopped by you. {resume}"
    named = "; ".join(f"{name} {where}" for name, where in reached[:NAMED])
    more = f"; and {len(reached) - NAMED} more runs" if len(reached) > NAMED else ""
    return f"Stopped by you: {named}{more}. {resume}"
