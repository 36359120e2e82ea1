"""Writing files so that a crash leaves the old file or none, never half of one."""

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import StudyError

if TYPE_CHECKING:
    import pandas as pd


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A temporary path beside `path`, moved into place if the block succeeds.

    The temporary name is always the same, so that what a killed writer left is overwritten by
    the next one. That requires one writer at a time, which Snakemake's lock ensures.

    Raises:
        StudyError: the disk is full. What was at `path` is still there.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    try:
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise StudyError(
            f"no space is left for {path}: free some, then run the same command again"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def read_json(path: str | Path) -> dict:
    """The JSON object in a file; empty where there is none that can be read."""
    with suppress(OSError, ValueError):
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        return content if isinstance(content, dict) else {}
    return {}


def write_csv(table: "pd.DataFrame", path: str | Path) -> None:
    """Write a table as UTF-8 CSV with one header row and \\n line ends, in one move."""
    with replacing(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")


def write_json(content: object, path: str | Path) -> None:
    """Write UTF-8 JSON, indented, in one move; a dataclass as its fields."""
    with replacing(path) as temporary:
        text = json.dumps(content, indent=2, ensure_ascii=False, default=asdict)
        temporary.write_text(f"{text}\n", encoding="utf-8")
