"""Data files that are damaged, in a source or in place: never taken, and fetched elsewhere."""

import shutil

import pytest
from helpers import mirrors
from helpers.fetched import SUMS, is_complete, use_mirrors
from helpers.places import SAMPLE
from normstudy.data.checksums import CHECKSUMS, verify
from normstudy.data.fetch import download, expected
from normstudy.data.idx import FILE_NAMES
from normstudy.errors import StudyError

LABELS = FILE_NAMES[1]


@pytest.fixture
def source(tmp_path):
    """A folder of one's own files, to break."""
    return shutil.copytree(SAMPLE, tmp_path / "source")


def cut(content):
    return content[:-1]


def flipped(content):
    return content[:-1] + bytes([content[-1] ^ 1])


def gzip_of_gzip(content):
    return mirrors.compressed(mirrors.compressed(content))


@pytest.mark.parametrize("damage", [cut, flipped, gzip_of_gzip], ids=lambda d: d.__name__)
def test_a_damaged_file_is_fetched_elsewhere(raw, source, serve, monkeypatch, damage):
    """In the source, and in the data folder itself."""
    broken = damage((SAMPLE / LABELS).read_bytes())
    (source / LABELS).write_bytes(broken)
    raw.mkdir(parents=True)
    (raw / LABELS).write_bytes(broken)
    use_mirrors(monkeypatch, serve(mirrors.good))
    said = []
    download("MNIST", raw, SUMS, source, said.append)
    is_complete(raw)
    assert said[0].startswith(f"MNIST: four files from torchvision (folder {source}: {LABELS} is ")


OWN = [
    (cut, "its header promises"),
    (gzip_of_gzip, "is gzipped"),
    (lambda c: c[:4] + (799).to_bytes(4, "big") + c[8:-1], "a label for each are needed"),
]


@pytest.mark.parametrize(("damage", "words"), OWN, ids=[words for _, words in OWN])
def test_own_files_that_do_not_fit_are_not_taken(raw, source, damage, words):
    whole = (source / LABELS).read_bytes()
    (source / LABELS).write_bytes(damage(whole))
    with pytest.raises(StudyError, match=words) as error:
        download("mine", raw, expected("mine", source, raw), source)
    assert LABELS in str(error.value) and ".fetch-" not in str(error.value)
    assert list(raw.iterdir()) == [] and not (raw.parent / CHECKSUMS).exists()
    (source / LABELS).write_bytes(whole)  # repaired, they are
    download("mine", raw, expected("mine", source, raw), source)
    is_complete(raw)


@pytest.mark.parametrize("listing", ["", "abc\n", "a  raw/b\n", "\xff"])
def test_a_damaged_listing_verifies_nothing(raw, listing):
    download("sample", raw, SUMS, SAMPLE)
    path = raw.parent / CHECKSUMS
    path.write_bytes(listing.encode("latin-1"))
    with pytest.raises(StudyError, match=rf"{path} .*--forcerun download"):
        verify(path)
