"""What the tests of downloads share."""

import mirrors
import pytest


@pytest.fixture
def raw(tmp_path):
    """A data folder to be filled."""
    return tmp_path / "data" / "raw"


@pytest.fixture
def serve():
    """A function that starts a mirror; returns its address."""
    with mirrors.serving() as start:
        yield start
