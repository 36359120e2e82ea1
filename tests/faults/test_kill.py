"""Kill -9 at chosen and at random moments: what comes out is what an undisturbed run gives."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
import torch
from places import ROOT

HERE = ROOT / "tests" / "faults"


def run_to(moment, folder):
    """Run the training script in `folder` up to a moment; returns its exit status."""
    command = [sys.executable, HERE / "train_and_die.py", ROOT, folder, moment]
    path = {"PYTHONPATH": str(ROOT / "workflow" / "scripts")}
    return subprocess.run(command, capture_output=True, env=os.environ | path).returncode


def assert_same_checkpoint(path, other):
    ours, theirs = (torch.load(p, weights_only=True)["state_dict"] for p in (path, other))
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[key], theirs[key]) for key in ours)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    assert run_to("never", folder) == 0
    return folder


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
    assert f"going on after epoch {went_on_after} of 4" in (tmp_path / "train.log").read_text()
    assert (tmp_path / "metrics.csv").read_bytes() == (undisturbed / "metrics.csv").read_bytes()
    assert_same_checkpoint(tmp_path / "checkpoint.pt", undisturbed / "checkpoint.pt")
    assert not (tmp_path / "resume").exists()


def assert_same_results(project, other):
    """The tables of two projects agree byte for byte, their checkpoints tensor for tensor."""
    tables = sorted(p.relative_to(other.folder) for p in other.folder.glob("results/**/*.csv"))
    assert len(tables) >= 3 * 4
    for table in tables:
        assert (project.folder / table).read_bytes() == (other.folder / table).read_bytes(), table
    for variant in ("gn", "ln", "bn_l1"):
        checkpoint = f"results/{variant}/seed-1/checkpoint.pt"
        assert_same_checkpoint(project.folder / checkpoint, other.folder / checkpoint)


@pytest.fixture
def fresh(finished, tmp_path):
    """A project in which nothing was run yet, though the data are there."""
    project = finished.copy(tmp_path / "project")
    assert project.snakemake("--delete-all-output", "--cores", "1")
    return project


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_killed_snakemake_is_taken_up_to_the_same_end(finished, fresh, seed):
    moments = random.Random(seed)
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-m", "snakemake", "--cores", "2", "--rerun-incomplete",
             "--configfile", "tests/workflow/sample.yaml"],
            cwd=fresh.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        time.sleep(moments.uniform(3, 25))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        fresh.snakemake("--unlock")
    fresh.snakemake("--rerun-incomplete")
    assert_same_results(fresh, finished)


def test_cores_do_not_change_a_bit(finished, fresh):
    """`finished` ran with two jobs side by side; here one after the other, then four."""
    fresh.snakemake("--cores", "1")
    assert_same_results(fresh, finished)
    fresh.snakemake("--cores", "4", "--forceall")
    assert_same_results(fresh, finished)
