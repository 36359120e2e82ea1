"""What a training job has done so far, for programs: a JSON line per event, beside its log.

Each line has a `state`, and with it:
    started
    resumed    epoch: the last that an earlier, interrupted job completed
    epoch      epoch, seconds, test_accuracy (percent)
    finished
    failed     error: the sentence
"""

import json
from contextlib import suppress
from pathlib import Path


def events_path(log: str | Path) -> Path:
    """The file of events beside a job's log."""
    return Path(log).with_suffix(".jsonl")


class RunEvents:
    """Writes the events of one job; a context that notes its start and how it ended.

    Args:
        log: the job's log.
    """

    def __init__(self, log: str | Path):
        self.path = events_path(log)
        self.resumed_after_epoch = 0

    def __enter__(self) -> "RunEvents":
        with suppress(OSError):  # a full disk
            self.path.unlink(missing_ok=True)
        self._note("started")
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, traceback: object) -> None:
        if error is None:
            self._note("finished")
        elif isinstance(error, Exception):  # not Ctrl-C
            self._note("failed", error=str(error) or type(error).__name__)

    def resumed(self, epoch: int) -> None:
        """The job resumes after this epoch."""
        self.resumed_after_epoch = epoch
        self._note("resumed", epoch=epoch)

    def epoch(self, row: dict, seconds: float) -> None:
        """An epoch is complete; `row` is its row of metrics.csv."""
        accuracy = row["test_accuracy"]
        self._note("epoch", epoch=row["epoch"], seconds=round(seconds, 3), test_accuracy=accuracy)

    def _note(self, state: str, **facts: object) -> None:
        line = json.dumps({"state": state, **facts}, ensure_ascii=False)
        with suppress(OSError), self.path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def read_events(path: str | Path) -> list[dict]:
    """A job's events so far; without those that cannot be read."""
    events = []
    with suppress(OSError):
        for line in Path(path).read_text(encoding="utf-8", errors="replace").splitlines():
            with suppress(ValueError):  # a line that is being written, or on a disk that was full
                events.append(json.loads(line))
    return [event for event in events if isinstance(event, dict) and "state" in event]
