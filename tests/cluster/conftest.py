"""What the runs elsewhere are compared with."""

import pytest
from helpers.project import Project


@pytest.fixture(scope="session")
def local(tmp_path_factory) -> Project:
    """The study of cancelled.yaml, run on this machine without a cluster."""
    project = Project.new(tmp_path_factory.mktemp("local") / "project")
    project.snakemake("--configfile", "tests/cluster/cancelled.yaml")
    return project
