"""Ctrl-C, as a terminal sends it: to Snakemake and to every job of the group."""

import os
import re
import signal
import time

import pytest
from helpers.running import Running, wait_for
from normstudy.running.events import read_events

EPOCHS = ("--config", "training={epochs: 30}")  # seconds between the second and the last


def last_epoch(project) -> int:
    events = read_events(project.folder / "results/logs/train/gn-seed-1.jsonl")
    return max((event.epoch or 0 for event in events), default=0)


def stopped(snakemake) -> str:
    """What Snakemake printed until it was stopped."""
    os.killpg(snakemake.process.pid, signal.SIGINT)
    status, output = snakemake.wait()
    assert status == 1
    for word in ("Traceback", "KeyboardInterrupt", "Error", "Failed", "Exception"):
        assert word not in output, output
    assert re.search(r"\nStopped by you.*\. Run the same command to resume\.\n*$", output), output
    return output


def test_ctrl_c_says_where_training_stopped_and_the_same_command_resumes_it(fresh):
    arguments = ("results/gn/seed-1/metrics.csv", *EPOCHS)
    snakemake = Running(fresh, *arguments)
    wait_for(lambda: last_epoch(fresh) >= 2)
    output = stopped(snakemake)
    reached = last_epoch(fresh)
    assert f"Stopped by you: gn, seed 1, after epoch {reached} of 30. Run the same" in output
    assert not snakemake.jobs("train")
    again = fresh.snakemake(*arguments)
    assert f"gn seed 1 · going on after epoch {reached} of 30" in again
    assert "Trained gn, seed 1 (1 of 1 jobs)" in again


@pytest.mark.parametrize("seconds", [0.0, 0.7])
def test_ctrl_c_while_a_job_starts_leaves_no_traceback(fresh, seconds):
    """Whatever a job does: Python starts, Snakemake's preamble, PyTorch is imported."""
    snakemake = Running(fresh, "gn", *EPOCHS)
    wait_for(lambda: snakemake.jobs("train"))
    time.sleep(seconds)
    stopped(snakemake)
    assert not snakemake.jobs("train")
