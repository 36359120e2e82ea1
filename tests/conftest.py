"""What several tests need: the real sample, and the default recipe."""

from pathlib import Path

import pytest
import torch
import yaml
from hypothesis import settings
from normstudy import config as study
from normstudy.data import load_split

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "tests" / "data" / "MNIST-sample"

# Derandomized: the same examples each time, so that a red test is red for everyone.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def sample():
    """The real MNIST sample: (800 training images, 200 test images)."""
    return load_split(SAMPLE, "train"), load_split(SAMPLE, "test")


@pytest.fixture(scope="session")
def schema():
    return study.load_schema(ROOT / "workflow" / "schemas" / "config.schema.yaml")


@pytest.fixture(scope="session")
def default_config(schema):
    """config.yaml as resolved."""
    return study.check(yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8")), schema)
