"""What a Snakemake set out to do, and how far its study is.

The plan is written when Snakemake starts, since only Snakemake knows which runs it will train.
The rest is read from what training jobs leave behind, so that every job can say it, wherever it
runs.
"""

import json
import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from ..errors import StudyError
from ..records.files import write_json
from ..records.json_records import Record
from .events import read_events

RATED = 20  # finished runs whose events are read: every epoch of every job asks, of all runs


@dataclass(frozen=True)
class PlannedRun(Record):
    """A run to train."""

    name: str
    epochs: int
    cost: int  # of the whole run, in any unit
    events: str  # paths
    metrics: str  # a result, written when the run ends
    resume: str


@dataclass(frozen=True)
class Plan(Record):
    """What jobs know of the Snakemake that started them.

    A file and not params of rules: those would remake results at each new command.
    """

    command: str = ""  # as it was typed
    options: str = ""  # what must be typed beside a target to mean this study
    there: int = 0  # runs that need no training any more
    slots: int = 1  # how many can be trained side by side
    upto: str = ""  # what these runs lead to, if more may follow: "the look at 10 seeds"
    runs: list[PlannedRun] = field(default_factory=list, metadata={"of": PlannedRun})
    started: float = field(default_factory=time.time)
    process: int | None = None
    host: str | None = None

    def write(self, path: str | Path) -> None:
        """Write it down as that of this process."""
        mine = replace(self, process=os.getpid(), host=socket.gethostname())
        write_json(mine, path)

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """The plan in the file; an empty one where there is none, as in a module import."""
        try:
            return cls.of(json.loads(Path(path).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return cls()

    def stop_if_orphaned(self) -> None:
        """End a job whose Snakemake is gone, at a moment when nothing is lost.

        Raises:
            StudyError: the process that wrote the plan on this machine is not there any more.
        """
        if self.process is None or self.host != socket.gethostname():
            return
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            raise StudyError(
                "the Snakemake that started this job is gone: stopped; the same command resumes it"
            ) from None
        except PermissionError:
            pass


@dataclass(frozen=True)
class Progress:
    """`done` of the `total` runs are trained; `seconds` of training are left, None if unknown."""

    done: int
    total: int
    seconds: float | None
    upto: str = ""  # where these runs lead, if more may follow

    def __str__(self) -> str:
        if not self.total:
            return ""
        upto = f" up to {self.upto}" if self.upto else ""
        text = f"{self.done:,} of {self.total:,} runs{upto} trained"
        if self.seconds is None or self.done == self.total:
            return text
        return f"{text}, about {duration(self.seconds)} of training left"


def duration(seconds: float) -> str:
    """Seconds as people say them: 50 s, 12 min, 3 h 20 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def slots(wanted: Mapping[str, object], limits: Mapping[str, object]) -> int:
    """How many jobs with these resources (cores among them) can run side by side."""
    shares = [
        limit // want
        for name, limit in limits.items()
        if isinstance(want := wanted.get(name), int) and isinstance(limit, int) and want > 0
    ]
    return max(min(shares, default=1), 1)


def _modified(path: str) -> float:
    try:
        return Path(path).stat().st_mtime
    except OSError:
        return 0.0


def progress(plan: Plan) -> Progress:
    """How far the study is.

    The time left is that of epochs seen so far, per unit of cost, for what remains: shared
    by as many jobs as fit side by side, but no shorter than the longest run that remains.
    An interrupted run counts from where it stopped.
    """
    done, remaining = 0, []
    seconds = cost = 0.0
    for run in plan.runs:
        finished = _modified(run.metrics) >= plan.started
        if finished:
            done += 1
            if done > RATED:
                continue
        fresh = _modified(run.events) >= plan.started
        events = read_events(run.events) if fresh or _modified(run.resume) else []
        last = max((event.epoch or 0 for event in events), default=0)
        if fresh:
            seen = [event.seconds for event in events if event.seconds is not None]
            seconds += sum(seen)
            cost += run.cost * len(seen) / run.epochs
        failed = fresh and events and events[-1].state == "failed"
        if not finished and not failed:
            remaining.append(run.cost * (1 - min(last / run.epochs, 1)))
    total = plan.there + len(plan.runs)
    left = max(sum(remaining) / plan.slots, *remaining, 0)
    return Progress(plan.there + done, total, left * seconds / cost if cost else None, plan.upto)
