"""What a training job has done so far, for programs: a JSON line per event, beside its log."""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


def events_path(log: str | Path) -> Path:
    """The file of events beside a job's log."""
    return Path(log).with_suffix(".jsonl")


@dataclass(frozen=True)
class Event:
    """A line of a job's events; what its state does not call for is None, and not written."""

    state: str  # started, resumed, epoch, finished or failed
    epoch: int | None = None  # that is complete; when resumed, by an earlier, interrupted job
    seconds: float | None = None  # that the epoch took
    test_accuracy: float | None = None  # percent
    error: str | None = None  # the sentence


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
        self._note(Event("started"))
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, traceback: object) -> None:
        if error is None:
            self._note(Event("finished"))
        elif isinstance(error, Exception):  # not Ctrl-C
            self._note(Event("failed", error=str(error) or type(error).__name__))

    def resumed(self, epoch: int) -> None:
        """The job resumes after this epoch."""
        self.resumed_after_epoch = epoch
        self._note(Event("resumed", epoch))

    def epoch(self, row: dict, seconds: float) -> None:
        """An epoch is complete; `row` is its row of metrics.csv."""
        self._note(Event("epoch", row["epoch"], round(seconds, 3), row["test_accuracy"]))

    def _note(self, event: Event) -> None:
        facts = {key: value for key, value in vars(event).items() if value is not None}
        line = json.dumps(facts, ensure_ascii=False)
        with suppress(OSError), self.path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def read_events(path: str | Path) -> list[Event]:
    """A job's events so far; without those that cannot be read."""
    events = []
    with suppress(OSError):
        for line in Path(path).read_text(encoding="utf-8", errors="replace").splitlines():
            with suppress(ValueError, TypeError):  # being written, or on a disk that was full
                events.append(Event(**json.loads(line)))
    return events
