"""A dataset of one's own by one command: from pictures, or with training images held out."""

import numpy as np
import pytest
import yaml
from helpers.places import SAMPLE
from helpers.project import python
from normstudy.config.keys import Dataset
from normstudy.data.held_out import hold_out
from normstudy.data.idx import load_split
from normstudy.data.pictures import convert
from normstudy.errors import StudyError
from PIL import Image


@pytest.fixture
def pictures(tmp_path):
    """Two classes, in train and test: each picture is of one grey."""
    for split, greys in (("train", (10, 20, 30)), ("test", (40,))):
        for number, name in enumerate("ab"):
            folder = tmp_path / "pictures" / split / name
            folder.mkdir(parents=True)
            (folder / ".DS_Store").write_bytes(b"x")
            for grey in greys:
                Image.new("RGB", (56, 56), (grey + number,) * 3).save(folder / f"{grey}.png")
    return tmp_path / "pictures"


def test_one_command_makes_the_files_and_says_what_to_put_into_the_config(pictures, tmp_path):
    source = tmp_path / "my letters: a & b"
    said = python("-m", "normstudy.data.pictures", pictures, source)
    named = {"name": "my-letters-a-b", "source": str(source), "classes": ["a", "b"]}
    assert yaml.safe_load(said) == {"dataset": named}
    Dataset.model_validate(named)
    train, test = (load_split(source, split) for split in ("train", "test"))
    assert train.images[:, 0, 0].tolist() == [10, 20, 30, 11, 21, 31]
    assert train.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert test.images[:, 27, 27].tolist() == [40, 41] and test.labels.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("break_", "words"),
    [
        (lambda folder: (folder / "test/a").rename(folder / "test/c"), "only one .* has a, c$"),
        (lambda folder: (folder / "train/a/10.png").write_bytes(b"x"), r"10.png is not a picture"),
        (lambda folder: (folder / "train").rename(folder / "training"), "train is missing or emp"),
    ],
)
def test_what_is_wrong_is_named(pictures, tmp_path, break_, words):
    break_(pictures)
    with pytest.raises(StudyError, match=words):
        convert(pictures, tmp_path / "letters")


def test_the_last_training_images_become_test_images(tmp_path):
    python("-m", "normstudy.data.held_out", SAMPLE, tmp_path / "held-out", "100")
    whole = load_split(SAMPLE, "train")
    train, test = (load_split(tmp_path / "held-out", split) for split in ("train", "test"))
    assert len(test.labels) == 100
    for name in ("images", "labels"):
        both = [getattr(part, name) for part in (train, test)]
        assert (np.concatenate(both) == getattr(whole, name)).all()


@pytest.mark.parametrize("count", [0, 800, 801])
def test_some_images_must_be_left_on_both_sides(tmp_path, count):
    with pytest.raises(StudyError, match=f"of 800 training images, {count} cannot be held out"):
        hold_out(SAMPLE, tmp_path, count)
