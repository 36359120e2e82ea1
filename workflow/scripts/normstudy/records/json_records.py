"""The JSON records of a study: their keys, and reading them back with damage detected."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import TypeAdapter, ValidationError

from ..errors import StudyError
from .read_tables import broken

_reader = cache(TypeAdapter)


def from_json(kind: Any, content: bytes) -> Any:
    """What JSON holds: a dataclass, or a dict or list of such. Other keys are left out.

    Raises:
        ValueError: it does not hold that.
    """
    return _reader(kind).validate_json(content)


def read_record(path: str | Path, kind: Any, rule: str) -> Any:
    """What a JSON file holds, as of `from_json`.

    Args:
        rule: the rule that makes the file.

    Raises:
        StudyError: it is not as its rule wrote it.
    """
    try:
        return from_json(kind, Path(path).read_bytes())
    except (OSError, ValidationError) as error:
        faults = error.errors() if isinstance(error, ValidationError) else []
        missing = [fault["loc"][-1] for fault in faults if fault["type"] == "missing"]
        what = f" has no {missing[0]}" if missing else " cannot be read"
        raise broken(path, what, rule) from error


@dataclass(frozen=True)
class Record:
    """A JSON object with a field per key. `files.write_json` writes it, in the order of fields."""

    rule: ClassVar[str]  # that makes the file

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """The record in a file.

        Raises:
            StudyError: it is not as its rule wrote it.
        """
        return read_record(path, cls, cls.rule)


@dataclass(frozen=True)
class RunRecord(Record):
    """How a run came to be, provenance.json in its folder: what `run_record` returns."""

    rule = "train"
    variant: str
    seed: int
    started: str  # times as `machine.now` writes them
    finished: str
    resumed_after_epoch: int
    recipe: dict
    code: dict[str, str]  # room of the package → digest of the code that trained
    data_sha256: dict[str, str]  # data file → digest
    device: str
    processor: str
    reference_bits: bool  # whether a short self-check gave the bits that other processors give
    accelerator: str | None
    system: str
    python: str
    torch: str
    tensors_sha256: str


@dataclass(frozen=True)
class JobCost(Record):
    """What a job took; None where it is not known."""

    job: str
    seconds: float | None
    peak_memory_mb: float | None


@dataclass(frozen=True)
class StudyRecord(Record):
    """How a study came to be, its provenance.json."""

    rule = "summarize"
    command: str  # what was typed
    started: str
    finished: str
    sources: dict | None  # commit, and whether there are changes; None without git
    python: str
    versions: dict[str, str | None]  # of the packages in requirements.in
    system: str
    processor: str
    data_sha256: dict[str, str]  # data file → digest
    data_source: dict[str, dict]  # data file → where it is from, and since when
    seeds: list[int]
    runs: list[RunRecord]
    jobs: list[JobCost]
    config: dict  # as resolved


@dataclass(frozen=True)
class LookRecord(Record):
    """A look that decides which runs follow, results/looks/<seeds>.json."""

    rule = "look"
    seeds: int
    taken: str
    verdicts: dict[str, str]  # claim → verdict
    still_needed: list[str]  # variants to train further


@dataclass(frozen=True)
class Look(Record):
    """When verdicts were read, and a digest of each part of what they were read by (PROTOCOL)."""

    seeds: int
    claims: str
    margin: str
    looks: str
    taken: str


def read_looks(path: str | Path) -> list[Look]:
    """The record of the looks taken so far, looks.json; empty where there is none yet.

    Raises:
        StudyError: it cannot be read. No rule can make it again.
    """
    path = Path(path)
    if not path.exists():
        return []
    try:
        return from_json(dict[str, list[Look]], path.read_bytes())["looks"]
    except (OSError, ValueError, KeyError) as error:
        raise StudyError(
            f"{path} cannot be read: it was edited or cut short. It says when verdicts were read,"
            " which nothing can make again: put it back, or delete it to forget that"
        ) from error
