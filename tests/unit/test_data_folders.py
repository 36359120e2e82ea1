"""Data folders that may not be used, or that others use as well."""

import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from helpers import mirrors
from helpers.fetched import SUMS, is_complete
from helpers.places import ROOT, SAMPLE, SCRIPTS
from normstudy.data import fetch as module
from normstudy.data.fetch import download
from normstudy.data.idx import FILE_NAMES, read_idx
from normstudy.errors import StudyError
from normstudy.running import processes as locks

IMAGES, LABELS = FILE_NAMES[:2]


@contextmanager
def as_nobody():
    """As a user who may do less: root may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def of_nobody(tmp_path, raw):
    """`raw` belongs to the user that `as_nobody` is, who may look into `tmp_path`."""
    for folder in (tmp_path, *tmp_path.parents):
        if not folder.stat().st_mode & 0o001:
            folder.chmod(0o755)  # pytest keeps these to itself, again whenever one starts
    raw.mkdir(parents=True)
    if os.geteuid() == 0:
        shutil.chown(raw.parent, 65534)
        shutil.chown(raw, 65534)
    return raw


@pytest.fixture
def source(tmp_path):
    """The sample where that user may read it, whoever may read the project."""
    folder = shutil.copytree(SAMPLE, tmp_path / "source", copy_function=shutil.copyfile)
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755)
    return folder


def test_a_source_that_may_not_be_read_is_named(of_nobody, source):
    (source / LABELS).chmod(0o000)
    with as_nobody(), pytest.raises(StudyError, match=f"{source}/{LABELS} cannot be .*denied"):
        download("sample", of_nobody, SUMS, source)
    source.chmod(0o000)
    with as_nobody(), pytest.raises(StudyError, match=f"{source}.*Permission denied"):
        download("sample", of_nobody, SUMS, source)
    source.chmod(0o755)


@pytest.mark.parametrize("locked", ["raw", "data", "the folder above"])
def test_a_data_folder_that_may_not_be_written_is_named(of_nobody, source, locked):
    folder = {"raw": of_nobody, "data": of_nobody.parent}.get(locked, of_nobody.parent.parent)
    raw = of_nobody if locked != "the folder above" else folder / "other" / "raw"
    folder.chmod(0o555)
    with (
        as_nobody(),
        pytest.raises(StudyError, match=r"cannot be kept in .* \(Permission denied\)"),
    ):
        download("sample", raw, SUMS, source)
    folder.chmod(0o755)


def test_a_file_in_place_that_may_not_be_read_is_replaced(of_nobody, source):
    (of_nobody / LABELS).write_bytes(b"")
    (of_nobody / LABELS).chmod(0o000)
    with as_nobody():
        with pytest.raises(StudyError, match=f"{LABELS} cannot be read: Permission denied"):
            read_idx(of_nobody / LABELS)
        download("sample", of_nobody, SUMS, source)
    is_complete(of_nobody)


def test_what_a_killed_download_left_is_removed(raw):
    (raw / ".fetch-killed" / "0").mkdir(parents=True)
    (raw / ".fetch-killed" / "0" / "half.gz").write_bytes(b"half")
    download("sample", raw, SUMS, SAMPLE)
    is_complete(raw)


def test_a_second_project_waits_and_then_finds_the_files(raw, serve):
    """Another process fetches from a slow mirror into the same folder."""
    asked, said, waiting = [], [], threading.Event()

    def slow(handler):
        """No answer before this process has come to the lock: however busy the machine is."""
        asked.append(handler.path)
        waiting.wait(15)
        mirrors.good(handler)

    def say(line):
        said.append(line)
        waiting.set()

    address = serve(slow)
    script = (
        "import sys; from pathlib import Path; import pytest; from helpers import fetched\n"
        "fetched.use_mirrors(pytest.MonkeyPatch(), sys.argv[2])\n"
        "fetched.fetch.download('MNIST', Path(sys.argv[1]), fetched.SUMS)\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script, raw, address],
        env=os.environ | {"PYTHONPATH": f"{SCRIPTS}:{ROOT / 'tests'}"},
    )
    while not asked:
        assert other.poll() is None
        time.sleep(0.05)
    download("MNIST", raw, SUMS, say=say)
    assert other.wait() == 0
    assert said == [
        f"another project is fetching data into {raw}: waiting for it",
        f"MNIST: all files are in {raw} already",
    ]
    assert len(set(asked)) == 4 and len(asked) <= 8  # torchvision asks for redirections first
    is_complete(raw)


def test_two_that_cannot_lock_do_not_disturb_one_another(raw, monkeypatch):
    """As on file systems without locks: both fetch, each to its own folder."""
    monkeypatch.setattr(locks.fcntl, "flock", lambda *_: (_ for _ in ()).throw(OSError(95, "no")))
    monkeypatch.setattr(module, "time_limit", lambda _: threading.Lock())  # no signals in threads
    failed = []

    def one():
        try:
            download("sample", raw, SUMS, SAMPLE)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    is_complete(raw)
