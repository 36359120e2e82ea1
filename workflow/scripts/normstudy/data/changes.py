"""Whether the source folder of a dataset still holds what was fetched from it.

This concerns data that only their source defines: a user's own dataset, or one whose files have no
published SHA-256. Two studies may name different sources, and a label may be
corrected in one.
"""

import tempfile
from contextlib import suppress
from pathlib import Path

from ..errors import StudyError
from .checksums import CHECKSUMS, listed, sha256
from .datasets import DATASETS
from .idx import FILE_NAMES
from .origins import find, origins, shown, stamp
from .sources import FAILURES, classes_only, from_folder, unpacked


def expected(dataset: str, source: Path, raw: Path) -> dict[str, str]:
    """File name → SHA-256 of what folder `raw` should hold: the files of `source`, unpacked.

    Files whose size and date are those recorded when they were fetched are not read. Empty if
    `source` lacks a file: then there is nothing to compare.

    Raises:
        StudyError: `raw` holds data from elsewhere, which another study may need.
    """
    recorded, known = origins(raw), _listed(raw)
    try:
        files = {name: find(source, dataset, name) for name in FILE_NAMES}
        stamps = {name: stamp(path, source, raw) for name, path in files.items()}
    except OSError as error:
        others = {entry.get("from") for entry in recorded.values()} - {f"folder {shown(source)}"}
        other = next((o for o in sorted(map(str, others)) if o.startswith("folder ")), None)
        if other and dataset not in DATASETS:
            raise StudyError(
                f"dataset.source {shown(source)} has no dataset ({error}), and {raw} holds that of"
                f" {other}: correct dataset.source in the config"
            ) from error
        return {}
    if known and all(stamps[n].items() <= recorded.get(n, {}).items() for n in FILE_NAMES):
        return known
    wanted = _digests(dataset, source)
    for name, digest in wanted.items():
        entry = recorded.get(name, {})
        own = entry.get("folder") == stamps[name]["folder"]
        # Of records that were written before folders were noted.
        own |= "folder" not in entry and entry.get("from") == f"folder {source}"
        if own or known.get(name) == digest or not (raw / name).exists():
            continue
        if sha256(raw / name) != digest:
            origin = entry.get("from", "an unknown source")
            raise StudyError(
                f"{raw} holds other data than dataset.source {shown(source)}: {name} is from"
                f" {origin}. Another study may need it: give this dataset a name of its own"
                f" (dataset.name) or a folder (dataset.folder), or delete {raw.parent} if nothing"
                " needs it any more"
            )
    return wanted


def changed(dataset: str, source: Path, raw: Path) -> list[str]:
    """The files of `source` that differ from those that were fetched into `raw`.

    Raises:
        StudyError: `raw` holds data from elsewhere, which another study may need.
    """
    known = _listed(raw)
    wanted = expected(dataset, source, raw)
    return [name for name in wanted if known and known.get(name) != wanted[name]]


def _listed(raw: Path) -> dict[str, str]:
    with suppress(StudyError):
        return listed(raw.parent / CHECKSUMS)
    return {}


def _digests(dataset: str, source: Path) -> dict[str, str]:
    """Of each file of a folder, as it would be in place; empty if one cannot be unpacked."""
    get = from_folder(source, dataset)
    with tempfile.TemporaryDirectory() as work, suppress(*FAILURES):
        return {name: sha256(classes_only(unpacked(get(name, Path(work))))) for name in FILE_NAMES}
    return {}
