"""What several unit tests share: a mirror to download from, a recipe cut short."""

import pytest
from helpers import mirrors
from normstudy.data import fetch as download
from normstudy.data.idx import Split


@pytest.fixture
def raw(tmp_path):
    """A data folder to be filled."""
    return tmp_path / "data" / "raw"


@pytest.fixture
def serve():
    """A function that starts a mirror; returns its address."""
    with mirrors.serving() as start:
        yield start


@pytest.fixture
def short():
    """Limits that a test can wait for; its `undo` brings the usual ones back."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(download, "ANSWER_SECONDS", 0.5)
        patch.setattr(download, "SOURCE_SECONDS", 1.5)
        yield patch


@pytest.fixture
def recipe(default_study):
    """A variant's recipe, cut to a few steps."""

    def make(variant, **changes):
        return default_study.run_parameters(variant) | {"epochs": 3, "device": "cpu"} | changes

    return make


@pytest.fixture(scope="module")
def few(sample):
    """(train, test): 200 images each; at batch size 64 the last batch has 8."""
    train_split, test_split = sample
    return Split(train_split.images[:200], train_split.labels[:200]), test_split
