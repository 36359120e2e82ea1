"""How far the runs are that a Snakemake trains: a small file per run, beside its log."""

import os
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psutil

from ..errors import StudyError
from ..records.files import read_json, write_json
from ..records.json_records import Record, from_json


@dataclass(frozen=True)
class Plan(Record):
    """What jobs know of the Snakemake that started them.

    A file and not params of rules: those would remake results at each new command.
    """

    command: str = ""  # as it was typed
    options: str = ""  # what must be typed beside a target to mean this study
    runs: Mapping[str, int] = field(default_factory=dict)  # "gn-seed-1" → relative duration
    started: float = field(default_factory=time.time)
    process: int = field(default_factory=os.getpid)  # that Snakemake
    host: str = field(default_factory=socket.gethostname)

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """The plan in the file; an empty one where there is none, as in a module import.

        Nor is there one of this Snakemake, with --no-hooks, where the plan's has ended.
        """
        try:
            plan = from_json(cls, Path(path).read_bytes())
            here = plan.host == socket.gethostname()
            # After its end, another process may have got its number.
            if here and psutil.Process(plan.process).create_time() > plan.started + 1:
                return cls()
            return plan
        except (OSError, ValueError, psutil.Error):
            return cls()

    def seconds_left(self, asking: "RunProgress") -> float:
        """The time until all runs are trained.

        From what their epochs have taken so far per unit of cost; shared by as many as train
        now, but no shorter than the longest that remains.

        Args:
            asking: one of the runs, after an epoch. If the plan does not have it, the time is
                for this run alone.
        """
        seconds = worked = 0.0
        training, remaining = 0, [0.0]
        runs = self.runs if asking.path.stem in self.runs else {asking.path.stem: 1}
        for name, cost in runs.items():
            state = RunProgress.read(asking.path.with_name(f"{name}.json"), since=self.started)
            seconds += state.seconds
            worked += cost * state.trained / state.epochs
            training += state.begun and state.ended is None
            if not state.ended:
                remaining.append(cost * (1 - state.epoch / state.epochs))
        left = max(sum(remaining) / max(training, 1), *remaining)
        return left * seconds / worked if worked else 0.0


@dataclass
class RunProgress:
    """How far one run is, as its job last wrote it down; a context for the job that trains it."""

    path: Path
    epochs: int = 1  # of the whole run
    epoch: int = 0  # the last complete one
    resumed_after: int = 0  # the epoch that an earlier, interrupted job had reached
    seconds: float = 0.0  # that this job's epochs have taken
    begun: bool = False  # whether its job has written anything
    ended: str | None = None  # "finished", or the error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, traceback: object) -> None:
        if error is None or isinstance(error, Exception):  # not Ctrl-C
            self.write(ended="finished" if error is None else str(error))

    @property
    def trained(self) -> int:
        """Epochs that this job has trained."""
        return self.epoch - self.resumed_after

    def write(self, **changed: object) -> None:
        """Change these fields and write all of them down; on a full disk nothing is written."""
        vars(self).update(changed, begun=True)
        facts = {key: value for key, value in vars(self).items() if key != "path"}
        with suppress(OSError, StudyError):
            write_json(facts, self.path)

    @classmethod
    def read(cls, path: Path, since: float = 0.0) -> Self:
        """What was last written; nothing if that was before a time (seconds since 1970)."""
        with suppress(OSError, TypeError):
            if path.stat().st_mtime >= since:
                return cls(path, **read_json(path))
        return cls(path)


def duration(seconds: float) -> str:
    """Seconds as people say them: 50 s, 12 min, 3 h 20 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
