"""What several tests of whole runs need."""

import pytest
from helpers.project import Project


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> Project:
    """A project in which nothing was run yet, for tests that are refused before any job."""
    return Project.new(tmp_path_factory.mktemp("sources") / "project")
