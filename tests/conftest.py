"""What several tests need: the sample, the default study, a project that was run."""

import fcntl
import os
import shutil
import sys

import pytest
import yaml
from helpers.places import ROOT, SAMPLE
from helpers.project import Project
from hypothesis import HealthCheck, settings
from normstudy.config.check import check
from normstudy.data.idx import load_split

# Compiled code is kept in one place for all projects that tests make.
os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".snakemake"))

# Derandomized: the same examples each time, so that a red test is red for everyone. Nor does a
# busy machine make one red.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def one_thread():
    """PyTorch computes with one thread, in tests that load it."""
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


@pytest.fixture(scope="session")
def sample():
    """The real MNIST sample: (800 training images, 200 test images)."""
    return load_split(SAMPLE, "train"), load_split(SAMPLE, "test")


@pytest.fixture(scope="session")
def default_study():
    """config.yaml, checked."""
    return check(yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Project:
    """A project in which the sample study was run to its end. Not to be changed: copy it.

    All workers of a session get copies of one run.
    """
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    whole, log = Project(base / "whole" / "project"), base / "whole" / "log"
    with (base / "whole.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not log.exists():
            shutil.rmtree(whole.folder, ignore_errors=True)
            said = Project.new(whole.folder).snakemake()
            log.write_text(said, encoding="utf-8")
    project = whole.copy(tmp_path_factory.mktemp("finished") / "project")
    project.log = log.read_text(encoding="utf-8")
    return project


@pytest.fixture
def project(finished, tmp_path) -> Project:
    """A copy of the finished project, to change."""
    return finished.copy(tmp_path / "project")


@pytest.fixture
def fresh(finished, tmp_path) -> Project:
    """A project in which nothing was run yet, though the data are there."""
    project = Project.new(tmp_path / "project")
    shutil.copytree(finished.folder / "data", project.folder / "data")
    return project


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright  # only the tests of pages need it

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        yield playwright.chromium.launch(executable_path=path, args=flags)
