"""The JSON records of a study: their keys, and reading them back with damage detected."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import ClassVar, Self

from ..errors import StudyError
from .read_tables import broken


def read_record(path: str | Path, keys: Iterable[str], rule: str) -> dict:
    """A JSON object, with these keys at least.

    Args:
        rule: the rule that makes it.

    Raises:
        StudyError: it cannot be read, is no object, or lacks a key.
    """
    try:
        record = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise broken(path, " cannot be read", rule) from error
    if not isinstance(record, dict):
        raise broken(path, " holds no keys", rule)
    if missing := [key for key in keys if key not in record]:
        raise broken(path, f" has no {missing[0]}", rule)
    return record


@dataclass(frozen=True)
class Record:
    """A JSON object with a field per key. `files.write_json` writes it, in the order of fields."""

    rule: ClassVar[str]  # that makes the file

    @classmethod
    def of(cls, content: Mapping) -> Self:
        """The record with this content; what it has no field for is left out.

        Raises:
            KeyError, TypeError: it is another object's, or none.
        """
        values = {key.name: content[key.name] for key in fields(cls)}
        for key in fields(cls):
            if part := key.metadata.get("of"):
                values[key.name] = [part.of(item) for item in values[key.name]]
        return cls(**values)

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """The record in a file.

        Raises:
            StudyError: it is not as its rule wrote it.
        """
        content = read_record(path, [key.name for key in fields(cls)], cls.rule)
        try:
            return cls.of(content)
        except (KeyError, TypeError) as error:  # of a record in it
            missing = isinstance(error, KeyError) and error.args[0]
            what = f" has no {missing}" if missing else " cannot be read"
            raise broken(path, what, cls.rule) from error


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
    runs: list[RunRecord] = field(metadata={"of": RunRecord})
    jobs: list[JobCost] = field(metadata={"of": JobCost})
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
        return [Look.of(look) for look in json.loads(path.read_text(encoding="utf-8"))["looks"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        missing = f" (no {error.args[0]})" if isinstance(error, KeyError) else ""
        raise StudyError(
            f"{path} cannot be read{missing}: it was edited or cut short. It says when verdicts"
            " were read, which nothing can make again: put it back, or delete it to forget that"
        ) from error
