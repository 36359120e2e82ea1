"""The JSON records of a study: their keys, and reading them back with damage detected."""

import json
from collections.abc import Iterable
from pathlib import Path

from ..errors import StudyError
from .tables import broken

# Of a run's provenance.json (run_record.py), and of the study's (provenance.py).
RUN = (
    *("variant", "seed", "started", "finished", "resumed_after_epoch", "recipe", "device"),
    *("processor", "accelerator", "system", "python", "torch", "tensors_sha256"),
)
STUDY = (
    *("command", "started", "finished", "sources", "python", "versions", "system", "processor"),
    *("data_sha256", "data_source", "seeds", "runs", "jobs", "config"),
)
# Of what the report explains (rule worked_example).
EXPLAINED = ("network", "parameters", "norms", "layer_is_group", "augmented")
# Of a look that decides which runs follow (rule look).
LOOK = ("seeds", "taken", "verdicts", "still_needed")


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


def read_looks(path: str | Path) -> list[dict]:
    """The record of the looks taken so far, looks.json; empty where there is none yet.

    Raises:
        StudyError: it cannot be read. No rule can make it again.
    """
    path = Path(path)
    if not path.exists():
        return []
    try:
        return json.loads(path.read_text(encoding="utf-8"))["looks"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StudyError(
            f"{path} cannot be read: it was edited or cut short. It says when verdicts were read,"
            " which nothing can make again: put it back, or delete it to forget that"
        ) from error
