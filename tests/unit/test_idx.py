"""Reading and verifying IDX files."""

import math

import numpy as np
import pytest
from helpers.fetched import idx
from helpers.places import SAMPLE
from normstudy.data.checksums import CHECKSUMS, listed, sha256, verify
from normstudy.data.idx import (
    FILE_NAMES,
    Split,
    check_labels,
    completed,
    load_split,
    pixel_constants,
    read_idx,
)
from normstudy.errors import StudyError
from torchvision.datasets.mnist import read_image_file, read_label_file


def test_images_and_labels_are_what_torchvision_reads():
    for split, prefix in (("train", "train"), ("test", "t10k")):
        ours = load_split(SAMPLE, split)
        assert np.array_equal(ours.images, read_image_file(SAMPLE / f"{prefix}-images-idx3-ubyte"))
        assert np.array_equal(ours.labels, read_label_file(SAMPLE / f"{prefix}-labels-idx1-ubyte"))
        assert (ours.images.dtype, ours.labels.dtype) == (np.uint8, np.int64)


def test_the_first_images_are_taken_and_no_more_than_there_are(sample):
    assert np.array_equal(load_split(SAMPLE, "test", 7).labels, [7, 2, 1, 0, 4, 1, 4])
    with pytest.raises(StudyError, match=r"dataset.test_images asks for 201 .* holds 200"):
        load_split(SAMPLE, "test", 201)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not an IDX file"),
        (b"<html>no such page</html>", "not an IDX file"),
        (b"\x1f\x8b\x08\x00 gzipped", "is gzipped: unpack it"),
        (b"\x00\x00\x08\x03\x00\x00", "ends within its header"),
        (idx((), b"a"), "has 0 dimensions where images have 3 and labels 1"),
        (idx([1] * 4, b"a"), "has 4 dimensions"),
        (idx((2, 2), b"abc"), "15 bytes where its header promises 16"),
        (idx((2, 2), b"abcde"), "17 bytes where its header promises 16"),
    ],
)
def test_a_file_that_is_not_whole(tmp_path, content, words):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(StudyError, match=words) as error:
        read_idx(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("images", "labels", "words"),
    [
        ((2, 28, 28), (3,), "a label for each"),
        ((2, 28, 28), (2, 1), "a label for each"),
        ((1, 784, 1), (1,), "28.28 images and a label for each"),
        ((0, 28, 28), (0,), "train-images-idx3-ubyte holds no images"),
    ],
)
def test_images_and_labels_that_do_not_fit(tmp_path, images, labels, words):
    for name, shape in zip(FILE_NAMES[:2], (images, labels), strict=True):
        (tmp_path / name).write_bytes(idx(shape, bytes(math.prod(shape))))
    with pytest.raises(StudyError, match=words):
        load_split(tmp_path, "train")


def test_the_constants_are_mean_and_deviation_of_the_pixels(sample):
    train, _ = sample
    scaled = train.images / 255
    constants = {"mean": round(scaled.mean(), 4), "std": round(scaled.std(), 4)}
    assert pixel_constants(train) == constants
    assert completed({"mean": None, "std": None, "epochs": 1}, train) == {"epochs": 1, **constants}
    assert completed({"mean": 0.5, "std": 0.1}, train) == {"mean": 0.5, "std": 0.1}


def test_images_of_one_grey_and_labels_without_a_class_are_refused(sample):
    grey = np.full((5, 28, 28), 7, np.uint8)
    with pytest.raises(StudyError, match="all pixels"):
        pixel_constants(Split(grey, np.zeros(5, np.int64)))
    check_labels(sample[1].labels, 10, SAMPLE)
    with pytest.raises(StudyError, match=r"labels up to 9, but only 9 classes .*dataset\.classes"):
        check_labels(sample[1].labels, 9, SAMPLE)


def test_verify_names_the_file_that_changed(tmp_path):
    raw = tmp_path / "raw files"
    raw.mkdir()
    for name in FILE_NAMES:
        (raw / name).write_bytes((SAMPLE / name).read_bytes())
    listing = tmp_path / CHECKSUMS
    listing.write_text("".join(f"{sha256(raw / name)}  raw files/{name}\n" for name in FILE_NAMES))
    verify(listing)
    assert listed(listing) == {name: sha256(raw / name) for name in FILE_NAMES}
    broken = raw / FILE_NAMES[1]
    whole = broken.read_bytes()
    broken.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(StudyError, match=f"{FILE_NAMES[1]} is missing or has changed"):
        verify(listing)
    broken.unlink()
    with pytest.raises(StudyError, match=f"{FILE_NAMES[1]} is missing or has changed"):
        verify(listing)
