"""Where each data file came from: kept beside the checksums, which alone decide what is rerun."""

import json
import os
from pathlib import Path

from ..records.machine import now
from .datasets import DATASETS
from .idx import FILE_NAMES

DATA_SOURCE = "source.json"  # beside the raw folder

Origins = dict[str, dict]  # file name → {"from", "at"}, and of a folder's file what `stamp` gives


def archive_name(dataset: str, name: str) -> str:
    """What the dataset's authors call the file, without .gz."""
    return DATASETS[dataset].archives.get(name, name) if dataset in DATASETS else name


def find(folder: Path, dataset: str, name: str) -> Path:
    """The file, raw or gzipped, in `folder`, its `raw` or <dataset>/raw, torchvision's place.

    Raises:
        FileNotFoundError: it is in none of them.
    """
    if not folder.is_dir():
        raise FileNotFoundError("no such folder")
    stems = dict.fromkeys((name, archive_name(dataset, name)))
    for place in (folder, folder / "raw", folder / dataset / "raw"):
        for stem in stems:
            for path in (place / stem, place / f"{stem}.gz"):
                if path.is_file():
                    return path
    either = " nor ".join(f"{stem} nor {stem}.gz" for stem in stems)
    raise FileNotFoundError(f"neither {either} is there")


def shown(folder: Path) -> str:
    """A folder as records and messages show it, with ~ for the home folder."""
    home = Path.home()
    return f"~/{folder.relative_to(home)}" if folder.is_relative_to(home) else str(folder)


def stamp(path: Path, folder: Path, raw: Path) -> dict[str, str | int]:
    """A cheap fingerprint of a file in the source `folder`, to see whether it changed.

    The folder is given relative to `raw`: that survives a move of both, and means the same to
    every project that shares the data.
    """
    status = path.stat()
    relative = os.path.relpath(folder.resolve(), raw.resolve())
    return {"folder": relative, "size": status.st_size, "modified": status.st_mtime_ns}


def origins(raw: Path) -> Origins:
    """What earlier downloads into `raw` recorded; empty if that is missing or damaged."""
    try:
        known = dict(json.loads((raw.parent / DATA_SOURCE).read_text(encoding="utf-8")))
        return {name: dict(entry) for name, entry in known.items()}
    except (OSError, ValueError, TypeError):
        return {}


def completed(known: Origins, fetched: Origins, raw: Path) -> Origins:
    """The record of all data files, after a download.

    Args:
        known: what `origins` read before.
        fetched: of the files that were fetched now, where from; "at" is added.
        raw: the folder of the files; one that nobody fetched was found there.
    """
    found = {"from": f"found in {raw}"}
    return {
        name: known[name]
        if name in known and name not in fetched
        else {**fetched.get(name, found), "at": now()}
        for name in FILE_NAMES
    }
