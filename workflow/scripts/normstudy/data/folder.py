"""A folder with the four files of a dataset, raw or gzipped: finding and unpacking them."""

import gzip
import hashlib
import re
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np

from ..errors import StudyError
from .datasets import DATASETS
from .idx import FILE_NAMES, FILES, check_labels


def find(folder: Path, dataset: str, name: str) -> Path:
    """The file, raw or gzipped, in `folder`, its `raw`, or <dataset>/raw as torchvision has it.

    Raises:
        StudyError: it is in none of them; names a file whose name is nearly right.
    """
    if not folder.is_dir():
        raise StudyError(f"there is no folder {tilde(folder)}")
    archive = DATASETS[dataset].archives.get(name, name) if dataset in DATASETS else name
    places = [folder, folder / "raw", folder / dataset / "raw"]
    stems = dict.fromkeys((name, archive))
    for place in places:
        for stem in stems:
            for path in (place / stem, place / f"{stem}.gz"):
                if path.is_file():
                    return path
    raise StudyError(f"{tilde(folder)} has no {' or '.join(stems)} (or .gz){_near(places, name)}")


def _near(places: list[Path], name: str) -> str:
    """What to rename, where a file has nearly that name: train-images.idx3-ubyte, or EMNIST's."""
    wanted = {_letters(name), _letters(name.replace("t10k", "test"))}
    for path in (path for place in places if place.is_dir() for path in sorted(place.iterdir())):
        if any(letters in _letters(path.name) for letters in wanted):
            return f": rename {path.name} to {name}{'.gz' * (path.suffix == '.gz')}"
    return ""


def _letters(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


def tilde(folder: Path) -> str:
    """A folder as records and messages show it, with ~ for the home folder."""
    home = Path.home()
    return f"~/{folder.relative_to(home)}" if folder.is_relative_to(home) else str(folder)


def content(path: Path) -> bytes:
    """A file's raw content: unpacked if it is gzipped, and of QMNIST's labels the classes only.

    Raises:
        StudyError: it cannot be read or unpacked.
    """
    try:
        data = path.read_bytes()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise StudyError(f"{tilde(path)} cannot be read: {error}") from error
    return _classes(data, path) if data[:4] == b"\x00\x00\x0c\x02" else data


def _classes(data: bytes, path: Path) -> bytes:
    """Labels of one byte from QMNIST's: N rows of eight 4-byte integers, the first is the class
    (https://github.com/facebookresearch/qmnist)."""
    count, columns = struct.unpack(">II", data[4:12]) if len(data) >= 12 else (0, 0)
    if not columns or len(data) != 12 + 4 * count * columns:
        raise StudyError(f"{tilde(path)}: its labels are cut short")
    labels = np.frombuffer(data, ">i4", offset=12).reshape(count, columns)[:, 0].astype("u1")
    return struct.pack(">BBBBI", 0, 0, 8, 1, count) + labels.tobytes()


def check_classes(folder: Path, dataset: str, num_classes: int) -> None:
    """Check, before a run does, that each label of a dataset in a folder is that of a class.

    Raises:
        StudyError: one is not. Files that are not there or broken are left to the download.
    """
    for name in (labels for _, labels in FILES.values()):
        labels = np.empty(0, np.uint8)
        with suppress(StudyError, ValueError):
            labels = np.frombuffer(content(find(folder, dataset, name)), np.uint8, offset=8)
        check_labels(labels, num_classes, tilde(folder))


def digests(folder: Path, dataset: str) -> dict[str, str]:
    """File name → SHA-256 of its raw content, for the dataset in a folder.

    Raises:
        StudyError: a file is missing or cannot be read.
    """
    return {
        name: hashlib.sha256(content(find(folder, dataset, name))).hexdigest()
        for name in FILE_NAMES
    }
