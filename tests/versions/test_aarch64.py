"""The kernels on another architecture, emulated."""

import pytest
from helpers.places import ROOT
from helpers.project import run

pytestmark = pytest.mark.slow


def test_an_arm_processor_gives_the_reference_bits():
    """The digest that x86-64 gives (`network/kernels/check.py`), of draws, steps and evaluation."""
    assert "aarch64 neoverse-n1" in run(["sh", "tests/aarch64.sh"], ROOT)
