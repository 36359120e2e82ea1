"""What the tests of downloads share."""

import pytest
from helpers import mirrors
from normstudy.data import fetch as download
from normstudy.data import sources as fetching


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
def short(monkeypatch):
    """Limits that a test can wait for."""
    monkeypatch.setattr(fetching, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(download, "FILE_SECONDS", 1.5)
    monkeypatch.setattr(fetching, "FILE_BYTES", 1_000_000)
