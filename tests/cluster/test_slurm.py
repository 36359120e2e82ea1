"""The study on a real SLURM cluster, one of whose jobs is cancelled while it trains."""

import re
import subprocess
import sys
import time

import one_node
import pytest
from one_node import ask, one_node_cluster
from project import Project, assert_same_results

pytestmark = pytest.mark.slow

STUDY = ("--configfile", "tests/cluster/cancelled.yaml")
# The profile as it is, but for waits that suit a queue without other users, and a cluster
# without accounting database.
ON_SLURM = (
    *("--profile", "workflow/profiles/slurm", "--latency-wait", "5"),
    *("--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "1"),
    *("--seconds-between-status-checks", "1", "--slurm-keep-successful-logs"),
)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with one_node_cluster(tmp_path_factory.mktemp("cluster")):
        yield


@pytest.fixture(scope="module")
def on_slurm(cluster, tmp_path_factory):
    """The study, run by SLURM; the run of gn was cancelled between two of its epochs."""
    project = Project.new(tmp_path_factory.mktemp("slurm") / "project")
    log = project.folder / "snakemake.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "snakemake", *ON_SLURM, *STUDY],
            cwd=project.folder, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        while not (project.folder / "results/resume/gn-seed-1.pt").exists():
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        project.cancelled = job_of("gn")
        ask("scancel", project.cancelled)
        assert process.wait(timeout=300) == 0, log.read_text()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    project.log = log.read_text()
    return project


def test_the_configuration_of_a_real_cluster_is_left_alone(tmp_path, monkeypatch):
    real = tmp_path / "etc" / "slurm.conf"
    real.parent.mkdir()
    real.write_text("ClusterName=real\n")
    monkeypatch.setattr(one_node, "ETC", real.parent)
    with pytest.raises(RuntimeError, match="of a real cluster"), one_node_cluster(tmp_path):
        pass
    assert real.read_text() == "ClusterName=real\n"
    assert list(real.parent.iterdir()) == [real]


def jobs() -> dict[str, dict[str, str]]:
    """SLURM's number of each job → what SLURM knows of it."""
    listed = ask("scontrol", "--oneliner", "show", "job").splitlines()
    known = [dict(re.findall(r"(\w+)=(\S*)", line)) for line in listed]
    return {job["JobId"]: job for job in known}


def job_of(variant: str) -> str:
    """The number of the running training job of a variant."""
    (number,) = (
        number
        for number, job in jobs().items()
        if job["Comment"].startswith(f"rule_train_wildcards_{variant}_")
        and job["JobState"] == "RUNNING"
    )
    return number


def test_tables_and_networks_equal_those_of_a_local_run(on_slurm, local):
    assert_same_results(on_slurm, local)
    assert (on_slurm.folder / "results/report.html").exists()


def test_the_cancelled_run_went_on_after_its_last_whole_epoch(on_slurm):
    assert jobs()[on_slurm.cancelled]["JobState"] == "CANCELLED"
    log = (on_slurm.folder / "results/logs/train/gn-seed-1.log").read_text()
    went_on_after = int(re.search(r"going on after epoch (\d+) of 50", log)[1])
    assert 1 <= went_on_after < 50
    assert f"epoch {went_on_after}/50" not in log
    assert f"epoch {went_on_after + 1}/50" in log


def test_only_training_and_evaluation_are_jobs_of_the_cluster(on_slurm):
    rules = [re.match(r"rule_([a-z]+)_", job["Comment"])[1] for job in jobs().values()]
    assert sorted(rules) == ["misclassified"] * 3 + ["train"] * 4


def test_a_job_asks_for_what_its_rule_states_and_the_second_time_for_twice_that(on_slurm):
    first = jobs()[on_slurm.cancelled]
    (again,) = (
        job
        for job in jobs().values()
        if job["Comment"] == first["Comment"] and job["JobId"] != first["JobId"]
    )
    for job, memory in ((first, "1500M"), (again, "3000M")):
        assert (job["NumCPUs"], job["MinMemoryNode"]) == ("1", memory)
        assert "TresPerJob" not in job  # no GPU
    hours, minutes, _ = map(int, first["TimeLimit"].split(":"))
    assert 60 * hours + minutes > 10


def test_with_device_cuda_a_gpu_is_asked_for(cluster, on_slurm, tmp_path):
    project = on_slurm.copy(tmp_path / "project")
    project.edit("tests/cluster/cancelled.yaml", "device: cpu", "device: cuda")
    project.snakemake(
        *ON_SLURM, *STUDY, "--retries", "0", "results/ln/seed-1/metrics.csv", succeeds=False
    )
    last = max(jobs().values(), key=lambda job: int(job["JobId"]))
    assert last["Comment"].startswith("rule_train_wildcards_ln_")
    assert last["TresPerJob"] == "gres:gpu:1"
    log = (project.folder / "results/logs/train/ln-seed-1.log").read_text()
    assert "cuda" in log and "Traceback" not in log
