"""Kill -9 of Snakemake at random moments, and other numbers of cores: the same results."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from project import assert_same_results


@pytest.fixture
def fresh(finished, tmp_path):
    """A project in which nothing was run yet, though the data are there."""
    project = finished.copy(tmp_path / "project")
    assert project.snakemake("--delete-all-output", "--cores", "1")
    return project


@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_snakemake_is_taken_up_to_the_same_end(finished, fresh, seed):
    moments = random.Random(seed)
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-m", "snakemake", "--cores", "2",
             "--configfile", "tests/workflow/sample.yaml"],
            cwd=fresh.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        time.sleep(moments.uniform(3, 20))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    fresh.snakemake()
    assert_same_results(fresh, finished)


def test_cores_do_not_change_a_bit(finished, fresh):
    """`finished` ran with two jobs side by side; here one after the other, then four."""
    fresh.snakemake("--cores", "1")
    assert_same_results(fresh, finished)
    fresh.snakemake("--cores", "4", "--forceall")
    assert_same_results(fresh, finished)
