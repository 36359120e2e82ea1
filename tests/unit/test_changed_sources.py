"""Data that nothing but a folder defines: corrected there, or named alike by two studies."""

import gzip
import json
import os
import shutil

import pytest
from helpers import mirrors
from helpers.fetched import correct_a_label, use_mirrors
from helpers.places import SAMPLE
from normstudy.data import changes
from normstudy.data import fetch as module
from normstudy.data.changes import changed
from normstudy.data.checksums import CHECKSUMS, sha256, verify
from normstudy.data.fetch import download
from normstudy.data.idx import FILE_NAMES
from normstudy.data.origins import DATA_SOURCE, find, stamp
from normstudy.errors import StudyError

LABELS = FILE_NAMES[1]


@pytest.fixture
def letters(tmp_path):
    """A folder of a user's own, with a dataset."""
    return shutil.copytree(SAMPLE, tmp_path / "mine" / "letters")


@pytest.fixture
def others(tmp_path):
    """Another one, whose labels differ."""
    folder = shutil.copytree(SAMPLE, tmp_path / "theirs" / "letters")
    correct(folder)
    return folder


@pytest.fixture
def raw(tmp_path, letters):
    """Where the first folder's dataset was fetched to."""
    folder = tmp_path / "data" / "letters" / "raw"
    download("letters", folder, {}, letters)
    return folder


def correct(folder, keep_date=False):
    """Change one label."""
    path, before = folder / LABELS, (folder / LABELS).stat()
    correct_a_label(folder)
    later = before.st_mtime_ns + (0 if keep_date else 1_000_000)
    os.utime(path, ns=(later, later))


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*-*")}


def test_a_corrected_label_is_noticed_and_fetched(letters, raw):
    assert changed("letters", letters, raw) == []
    before = (raw.parent / CHECKSUMS).read_text()
    correct(letters)
    assert changed("letters", letters, raw) == [LABELS]
    download("letters", raw, {}, letters)
    assert (raw / LABELS).read_bytes() == (letters / LABELS).read_bytes()
    verify(raw.parent / CHECKSUMS)
    assert (raw.parent / CHECKSUMS).read_text() != before
    assert changed("letters", letters, raw) == []


def test_a_date_alone_is_no_change(letters, raw):
    for path in letters.iterdir():
        path.touch()
    assert changed("letters", letters, raw) == []


def test_files_that_look_as_they_did_are_not_read(letters, raw, monkeypatch):
    monkeypatch.setattr(changes, "_digests", lambda *_: pytest.fail("read them"))
    assert changed("letters", letters, raw) == []


def test_another_studys_data_are_not_replaced(letters, others, raw):
    before = contents(raw.parent)
    for attempt in (changed, lambda name, source, raw: download(name, raw, {}, source)):
        with pytest.raises(StudyError) as error:
            attempt("letters", others, raw)
        message = str(error.value)
        assert str(letters) in message and str(others) in message and LABELS in message
        assert "dataset.name" in message and "\n" not in message
    assert contents(raw.parent) == before


def test_nor_are_they_where_a_file_of_them_is_missing(others, raw):
    (raw / FILE_NAMES[0]).unlink()
    before = contents(raw)
    with pytest.raises(StudyError, match="holds other data"):
        download("letters", raw, {}, others)
    assert contents(raw) == before


def test_files_put_in_place_by_hand_are_not_replaced(letters, others, tmp_path):
    raw = shutil.copytree(others, tmp_path / "by hand" / "raw")
    with pytest.raises(StudyError, match="an unknown source"):
        download("letters", raw, {}, letters)


def test_another_folder_with_the_same_content_is_the_same(letters, raw, tmp_path):
    packed = tmp_path / "packed"
    packed.mkdir()
    for name in FILE_NAMES:
        (packed / f"{name}.gz").write_bytes(gzip.compress((letters / name).read_bytes()))
    assert changed("letters", packed, raw) == []
    said = []
    download("letters", raw, {}, packed, said.append)
    assert said == [f"letters: all files are in {raw} already"]


def test_a_damaged_file_in_place_is_fetched_again(letters, raw):
    correct(raw)
    download("letters", raw, {}, letters)
    assert (raw / LABELS).read_bytes() == (letters / LABELS).read_bytes()


def test_a_damaged_file_of_the_same_data_is_no_other_studys(letters, raw, tmp_path):
    """A folder with the same content, as the checksums tell, may be used to repair the file."""
    copy = shutil.copytree(letters, tmp_path / "copy")
    correct(raw)
    assert changed("letters", copy, raw) == []
    download("letters", raw, {}, copy)
    assert (raw / LABELS).read_bytes() == (letters / LABELS).read_bytes()


def test_data_moved_without_their_source_are_nobodys_own(letters, raw, tmp_path):
    moved = shutil.copytree(tmp_path / "data", tmp_path / "far" / "away" / "data")
    correct(letters)
    with pytest.raises(StudyError, match="holds other data"):
        changed("letters", letters, moved / "letters" / "raw")


def test_a_source_file_is_known_by_folder_size_and_date(letters, raw):
    status = (letters / LABELS).stat()
    assert stamp(letters / LABELS, letters, raw) == {
        "folder": "../../../mine/letters",
        "size": status.st_size,
        "modified": status.st_mtime_ns,
    }


def test_a_source_that_is_gone_was_fetched_from_once(letters, raw):
    shutil.rmtree(letters)
    assert changed("letters", letters, raw) == []


def test_a_misspelt_source_does_not_mean_what_is_there(raw, tmp_path):
    with pytest.raises(StudyError, match=r"correct dataset\.source") as error:
        changed("letters", tmp_path / "leters", raw)
    assert "no such folder" in str(error.value)


def test_a_project_moved_with_its_source_still_knows_it(letters, raw, tmp_path):
    moved = tmp_path / "moved"
    shutil.copytree(tmp_path / "mine", moved / "mine")
    shutil.copytree(tmp_path / "data", moved / "data")
    correct(moved / "mine" / "letters")
    there = moved / "data" / "letters" / "raw"
    assert changed("letters", moved / "mine" / "letters", there) == [LABELS]


def test_a_home_folder_is_written_as_such_and_may_be_anothers(letters, tmp_path, monkeypatch):
    raw = tmp_path / "data" / "raw"
    monkeypatch.setenv("HOME", str(tmp_path / "mine"))
    download("letters", raw, {}, letters)
    record = (raw.parent / DATA_SOURCE).read_text()
    assert {entry["from"] for entry in json.loads(record).values()} == {"folder ~/letters"}
    monkeypatch.setenv("HOME", str(tmp_path / "on another machine"))
    assert changed("letters", tmp_path / "on another machine" / "letters", raw) == []


def test_a_record_without_folders_still_tells_whose_the_data_are(letters, others, raw):
    """As earlier versions wrote it."""
    record = raw.parent / DATA_SOURCE
    entry = {"from": f"folder {letters}", "at": "2026-01-31T12:00:00Z"}
    record.write_text(json.dumps(dict.fromkeys(FILE_NAMES, entry)))
    assert changed("letters", letters, raw) == []
    with pytest.raises(StudyError, match="holds other data"):
        changed("letters", others, raw)
    correct(letters)
    assert changed("letters", letters, raw) == [LABELS]


@pytest.mark.parametrize("content", ["", "[]", '{"train-labels-idx1-ubyte": 7}', "{"])
def test_a_damaged_record_takes_nobodys_data(others, raw, content):
    (raw.parent / DATA_SOURCE).write_text(content)
    with pytest.raises(StudyError, match="an unknown source"):
        changed("letters", others, raw)


def test_files_from_a_mirror_are_not_replaced_by_a_folders(others, tmp_path, serve, monkeypatch):
    """KMNIST's files are known by the mirror's archives only."""
    raw = tmp_path / "data" / "KMNIST" / "raw"
    use_mirrors(monkeypatch, serve(mirrors.good))
    monkeypatch.setattr(module, "torchvision_md5", lambda _: {})
    download("KMNIST", raw, {})
    with pytest.raises(StudyError, match="is from http"):
        changed("KMNIST", others, raw)
    assert changed("KMNIST", SAMPLE, raw) == []
    assert changed("KMNIST", tmp_path / "nowhere", raw) == []


def test_a_broken_source_leaves_what_was_fetched_and_says_so(letters, raw):
    before = contents(raw)
    path = find(letters, "letters", LABELS)
    path.write_bytes(path.read_bytes()[:-1])
    assert changed("letters", letters, raw) == [LABELS]
    with pytest.raises(StudyError, match="cut short"):
        download("letters", raw, {}, letters)
    assert contents(raw) == before


def test_without_a_listing_nothing_was_fetched_yet(letters, raw):
    (raw.parent / CHECKSUMS).unlink()
    correct(letters)
    assert changed("letters", letters, raw) == []  # that the listing is missing is enough
    assert sha256(raw / LABELS) != sha256(letters / LABELS)
