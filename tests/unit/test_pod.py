"""The stand-in for a cluster (tests/cluster/pod.sh): what Snakemake asks it is never half true."""

import subprocess

import pytest
from helpers.places import ROOT
from helpers.running import wait_for


def pod(pods, *words):
    command = ["sh", ROOT / "tests" / "cluster" / "pod.sh", pods, *words]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


@pytest.mark.parametrize(("last", "status"), [("true", "success"), ("false", "failed")])
def test_a_status_appears_whole(tmp_path, last, status):
    """It is moved into place: a reader who opened an earlier file sees nothing written to it."""
    script = tmp_path / "job.sh"
    script.write_text(f": > .status; ln .status .opened; {last}\n")
    name = pod(tmp_path, "run", script)
    wait_for(lambda: pod(tmp_path, "status", name) == status)
    assert (tmp_path / name / ".opened").read_text() == ""
    assert {path.name for path in (tmp_path / name).iterdir()} == {
        ".group", ".jobscript", ".opened", ".output", ".status",
    }  # fmt: skip


def test_a_job_that_has_not_ended_is_running(tmp_path):
    script = tmp_path / "job.sh"
    script.write_text("while [ ! -e ../go ]; do sleep 0.05; done\n")
    name = pod(tmp_path, "run", script)
    assert pod(tmp_path, "status", name) == "running"
    (tmp_path / "go").touch()
    wait_for(lambda: pod(tmp_path, "status", name) == "success")
