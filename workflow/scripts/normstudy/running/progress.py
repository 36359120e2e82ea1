"""How far a study is: what its training jobs have left behind, against what was planned.

The plan is written when Snakemake starts, since only Snakemake knows which runs it will train.
The rest is read from files, so that every job can say it, wherever it runs.
"""

import json
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..records.files import write_json

RATED = 20  # finished runs whose logs are read: every epoch of every job asks, of all runs
EPOCH = re.compile(r"epoch (\d+)(?:/\d+ · .* · ([\d.]+) s · | of \d+, from )")


@dataclass(frozen=True)
class Progress:
    """`done` of the `total` runs are trained; `seconds` of training are left, None if unknown."""

    done: int
    total: int
    seconds: float | None

    def __str__(self) -> str:
        text = f"{self.done:,} of {self.total:,} runs trained"
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


def write_plan(path: str | Path, there: int, slots: int, runs: Iterable[dict]) -> None:
    """Write down what will be trained from now on.

    Args:
        path: where to.
        there: number of runs that need no training any more.
        slots: how many can be trained side by side.
        runs: of each run to train: epochs, cost (of the whole run, in any unit), and the paths
            log, metrics (a result, written when the run ends) and resume.
    """
    write_json({"started": time.time(), "there": there, "slots": slots, "runs": [*runs]}, path)


def _modified(path: str) -> float:
    try:
        return Path(path).stat().st_mtime
    except OSError:
        return 0.0


def _epochs(log: str) -> tuple[int, list[float], bool]:
    """The last epoch that a training log names, the seconds of each, and whether it failed."""
    try:
        text = Path(log).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0, [], False
    epochs = EPOCH.findall(text)
    last = int(epochs[-1][0]) if epochs else 0
    failed = text.startswith("Error: ") or "\nError: " in text or "\nTraceback " in text
    return last, [float(seconds) for _, seconds in epochs if seconds], failed


def progress(plan: str | Path) -> Progress | None:
    """How far the study is; None without a plan.

    The time left is that of epochs seen so far, per unit of cost, for what remains: shared
    by as many jobs as fit side by side, but no shorter than the longest run that remains.
    A run that waits to go on after an interruption counts from where its log left off.
    """
    try:
        planned = json.loads(Path(plan).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    started = planned["started"]
    done, remaining = 0, []
    seconds = cost = 0.0
    for run in planned["runs"]:
        finished = _modified(run["metrics"]) >= started
        if finished:
            done += 1
            if done > RATED:
                continue
        fresh = _modified(run["log"]) >= started
        last, seen, failed = (
            _epochs(run["log"]) if fresh or _modified(run["resume"]) else (0, [], 0)
        )
        if fresh:
            seconds += sum(seen)
            cost += run["cost"] * len(seen) / run["epochs"]
        if not finished and not (fresh and failed):
            remaining.append(run["cost"] * (1 - min(last / run["epochs"], 1)))
    total = planned["there"] + len(planned["runs"])
    left = max(sum(remaining) / planned["slots"], *remaining, 0)
    return Progress(planned["there"] + done, total, left * seconds / cost if cost else None)
