"""The sources of the data: each tried for real, over a local HTTP server where need be."""

import gzip
import hashlib
import io
import json
import shutil
import struct
from datetime import UTC, datetime

import pytest
import torchvision
from helpers import mirrors
from helpers.fetched import SUMS, is_complete, use_mirrors
from helpers.places import SAMPLE
from normstudy.data import fetch as module
from normstudy.data import sources as fetching
from normstudy.data.datasets import DATASETS
from normstudy.data.fetch import download
from normstudy.data.idx import FILE_NAMES
from normstudy.data.origins import DATA_SOURCE, archive_name, find
from normstudy.errors import StudyError


def sources(raw):
    """file → where source.json says it came from; each with the time of that."""
    known = json.loads((raw.parent / DATA_SOURCE).read_text())
    assert all(datetime.fromisoformat(entry["at"]) <= datetime.now(UTC) for entry in known.values())
    return {name: entry["from"] for name, entry in known.items()}


def packed(folder):
    """The sample, gzipped, in `folder`."""
    folder.mkdir(parents=True)
    for name in FILE_NAMES:
        (folder / f"{name}.gz").write_bytes(gzip.compress((SAMPLE / name).read_bytes()))
    return folder


def test_from_a_folder(raw):
    said = []
    download("sample", raw, SUMS, SAMPLE, said.append)
    is_complete(raw)
    assert said == [f"sample: 4 files from folder {SAMPLE}, verified"]


def test_from_a_folder_of_gzipped_files(raw, tmp_path):
    download("sample", raw, SUMS, packed(tmp_path / "packed"))
    is_complete(raw)


def test_from_a_folder_as_torchvision_keeps_it(raw, tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "root" / "sample" / "raw")
    another = tmp_path / "root" / "another" / "raw"  # which has files of the same names
    shutil.copytree(SAMPLE, another)
    (another / FILE_NAMES[0]).write_bytes((SAMPLE / FILE_NAMES[2]).read_bytes())
    download("sample", raw, SUMS, tmp_path / "root")
    is_complete(raw)


def test_files_are_found_in_a_folder_named_raw_or_missed_by_both_names(tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "raw")
    assert find(tmp_path, "mine", FILE_NAMES[0]) == tmp_path / "raw" / FILE_NAMES[0]
    with pytest.raises(FileNotFoundError, match=r"^neither other nor other\.gz is there$"):
        find(tmp_path, "mine", "other")
    (tmp_path / "empty").mkdir()
    ours, theirs = "t10k-labels-idx1-ubyte", "qmnist-test-labels-idx2-int"
    words = f"neither {ours} nor {ours}.gz nor {theirs} nor {theirs}.gz is there"
    with pytest.raises(FileNotFoundError, match=words):
        find(tmp_path / "empty", "QMNIST", ours)


@pytest.mark.parametrize(("count", "kept"), [(100_000, True), (100_001, False)])
def test_a_file_may_be_so_long_and_no_longer(tmp_path, monkeypatch, count, kept):
    monkeypatch.setattr(fetching, "FILE_BYTES", 100_000)
    content = io.BytesIO(bytes(count))
    if kept:
        fetching._copy(content.read, tmp_path / "file")
        assert (tmp_path / "file").stat().st_size == count
        return
    with pytest.raises(StudyError, match="longer than 100,000 bytes"):
        fetching._copy(content.read, tmp_path / "file")


def test_nothing_is_fetched_when_all_is_there(raw, monkeypatch):
    download("sample", raw, SUMS, SAMPLE)
    before = {path: path.stat().st_mtime_ns for path in raw.iterdir()}
    monkeypatch.setattr(module, "torchvision_mirrors", lambda _: pytest.fail("asked for mirrors"))
    said = []
    download("sample", raw, SUMS, say=said.append)
    assert {path: path.stat().st_mtime_ns for path in raw.iterdir()} == before
    assert said == [f"sample: all files are in {raw} already"]
    assert sources(raw) == dict.fromkeys(FILE_NAMES, f"folder {SAMPLE}")


def test_files_put_in_place_by_hand_are_said_to_be_found_there(raw):
    shutil.copytree(SAMPLE, raw)
    download("sample", raw, SUMS)
    assert sources(raw) == dict.fromkeys(FILE_NAMES, f"found in {raw}")


def test_only_the_missing_file_is_fetched(raw, serve, monkeypatch):
    download("sample", raw, SUMS, SAMPLE)
    (raw / FILE_NAMES[2]).unlink()
    asked = []

    def counting(handler):
        asked.append(handler.path)
        mirrors.good(handler)

    mirror = serve(counting)
    use_mirrors(monkeypatch, mirror)
    monkeypatch.setattr(module, "torchvision_md5", lambda _: pytest.fail("SHA-256 is enough"))
    download("sample", raw, SUMS)
    folder = dict.fromkeys(FILE_NAMES, f"folder {SAMPLE}")
    assert sources(raw) == folder | {FILE_NAMES[2]: mirror}
    assert asked == [f"/{FILE_NAMES[2]}.gz"]
    is_complete(raw)


def test_only_files_of_a_folder_are_recorded_with_it(raw, tmp_path, serve, monkeypatch):
    """The folder's last file is broken, and fetched from the mirror."""
    part = shutil.copytree(SAMPLE, tmp_path / "part")
    (part / FILE_NAMES[3]).write_bytes(b"no labels")
    mirror, said = serve(mirrors.good), []
    use_mirrors(monkeypatch, mirror)
    download("sample", raw, SUMS, part, said.append)
    is_complete(raw)
    record = json.loads((raw.parent / DATA_SOURCE).read_text())
    assert [name for name in FILE_NAMES if "folder" in record[name]] == list(FILE_NAMES[:3])
    assert said[1] == f"sample: 3 files from folder {part}, verified"
    assert said[2].startswith("sample: 1 ") and len(said) == 3


def test_when_all_fail_one_sentence_says_what_to_do(raw, tmp_path, serve, monkeypatch):
    (tmp_path / "empty").mkdir()
    mirror = serve(mirrors.html)
    use_mirrors(monkeypatch, mirror)
    with pytest.raises(StudyError) as error:
        download("sample", raw, SUMS, tmp_path / "empty")
    message = str(error.value)
    assert all(name in message for name in FILE_NAMES)
    assert "dataset.source" in message and str(raw) in message
    assert str(tmp_path / "empty") in message and mirror in message
    assert list(raw.iterdir()) == []


def test_a_missing_folder_is_named(raw, tmp_path):
    with pytest.raises(StudyError, match="nowhere: train-images-idx3-ubyte: no such folder"):
        download("mine", raw, {}, tmp_path / "nowhere")


# --- What torchvision knows ----------------------------------------------------------------


@pytest.mark.parametrize("dataset", DATASETS)
def test_torchvision_has_mirrors_and_checksums_for_each_dataset(dataset):
    urls = module.torchvision_mirrors(dataset)
    assert urls and all(url.startswith("http") and url.endswith("/") for url in urls)
    archives = {f"{archive_name(dataset, name)}.gz" for name in FILE_NAMES}
    assert archives == module.torchvision_md5(dataset).keys()
    # QMNIST's class inherits MNIST's mirrors, which do not have its files.
    assert dataset == "MNIST" or not set(urls) & set(module.torchvision_mirrors("MNIST"))


def test_torchvision_knows_nothing_of_others():
    assert module.torchvision_mirrors("no such dataset") == []
    assert module.torchvision_md5("no such dataset") == {}


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


def test_archives_without_known_files_are_checked_by_md5(raw, qmnist, serve, monkeypatch):
    sums = {p.name: hashlib.md5(p.read_bytes()).hexdigest() for p in qmnist.iterdir()}
    asked = []

    def from_qmnist(handler):
        asked.append(handler.path)
        content = (qmnist / handler.path[1:]).read_bytes()
        content = gzip.compress(b"else") if len(asked) == 1 else content
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(content)

    use_mirrors(monkeypatch, serve(from_qmnist), serve(from_qmnist))
    monkeypatch.setattr(module, "torchvision_md5", lambda _: sums)
    said = []
    download("QMNIST", raw, {}, say=said.append)
    is_complete(raw)  # the labels are plain ones
    assert "MD5 differs" in said[0] and said[1].endswith("verified")


@pytest.mark.parametrize("length", [4, 9, 12, -1])
def test_labels_of_qmnist_that_are_cut_short(raw, qmnist, length):
    for archive in qmnist.glob("*labels*"):
        archive.write_bytes(gzip.compress(gzip.decompress(archive.read_bytes())[:length]))
    with pytest.raises(StudyError, match="its labels are cut short"):
        download("QMNIST", raw, {}, qmnist)


def test_a_folder_of_archives_whose_files_are_not_known_is_taken_as_it_is(raw, qmnist):
    said = []
    download("QMNIST", raw, {}, qmnist, say=said.append)
    is_complete(raw)
    assert said[0].endswith("as they are: their checksums are not known")
