"""Kill -9 of the training job at chosen moments: it goes on to the end of an undisturbed one."""

import os
import signal
import subprocess
import sys

import pytest
from helpers.places import ROOT, SCRIPTS
from helpers.project import assert_same_checkpoint
from normstudy.running.progress import RunProgress

HERE = ROOT / "tests" / "faults"


def run_to(moment, folder):
    """Run the training script in `folder` up to a moment; returns its exit status."""
    command = [sys.executable, HERE / "train_and_die.py", ROOT, folder, moment]
    path = {"PYTHONPATH": str(SCRIPTS)}
    return subprocess.run(command, capture_output=True, env=os.environ | path).returncode


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    assert run_to("never", folder) == 0
    return folder


def test_a_full_disk_costs_no_whole_epoch(undisturbed, disks, tmp_path):
    disks.small(tmp_path)
    folder = tmp_path / "run"
    assert run_to("mid-epoch", folder) == -signal.SIGKILL
    filler = disks.fill(tmp_path)
    assert run_to("never", folder) == 1
    filler.unlink()
    assert run_to("never", folder) == 0
    assert RunProgress.read(folder / "logs/train/run.json").resumed_after == 2
    assert (folder / "metrics.csv").read_bytes() == (undisturbed / "metrics.csv").read_bytes()
    assert_same_checkpoint(folder / "checkpoint.pt", undisturbed / "checkpoint.pt")


@pytest.mark.parametrize(
    ("moment", "went_on_after"),
    [
        ("mid-epoch", 2),
        ("saving-state", 1),
        ("state-not-moved", 1),
        ("between-outputs", 4),
        ("outputs-written", 4),
    ],
)
def test_a_killed_training_job_goes_on_to_the_same_end(
    undisturbed, tmp_path, moment, went_on_after
):
    assert run_to(moment, tmp_path) == -signal.SIGKILL
    assert run_to("never", tmp_path) == 0
    progress = RunProgress.read(tmp_path / "logs/train/run.json")
    assert (progress.resumed_after, progress.epoch) == (went_on_after, 4)
    assert progress.ended == "finished"
    assert (tmp_path / "metrics.csv").read_bytes() == (undisturbed / "metrics.csv").read_bytes()
    assert_same_checkpoint(tmp_path / "checkpoint.pt", undisturbed / "checkpoint.pt")
