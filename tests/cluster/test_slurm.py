"""The study on a real SLURM cluster, two of whose jobs are cancelled on their way."""

import re
import time
from pathlib import Path

import pytest
from helpers import one_node
from helpers.one_node import ask, one_node_cluster
from helpers.project import Project, assert_same_results
from helpers.running import Running
from normstudy.running.progress import RunProgress

pytestmark = pytest.mark.slow

STUDY = ("--configfile", "tests/cluster/cancelled.yaml")
# The profile as it is, but for waits that suit a queue without other users, and a cluster
# without accounting database.
ON_SLURM = (
    *("--workflow-profile", "workflow/profiles/slurm", "--latency-wait", "5"),
    *("--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "1"),
    *("--seconds-between-status-checks", "1", "--slurm-keep-successful-logs"),
)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with one_node_cluster(tmp_path_factory.mktemp("cluster")):
        yield


@pytest.fixture(scope="module")
def on_slurm(cluster, tmp_path_factory):
    """The study, run by SLURM: one job was cancelled in its training, one in its evaluation."""
    project = Project.new(tmp_path_factory.mktemp("slurm") / "project")
    with Running(project, *ON_SLURM, *STUDY) as snakemake:
        waiting = {"gn": "results/resume/gn-seed-1.pt", "ln": "results/ln/seed-1/checkpoint.pt"}
        while waiting:
            snakemake.said()
            for variant, file in list(waiting.items()):
                started = jobs_of(variant, project) if (project.folder / file).exists() else []
                if started:
                    ask("scancel", started[0]["JobId"])
                    del waiting[variant]
            time.sleep(0.05)
        status, project.log = snakemake.wait(900)
        assert status == 0, project.log
    return project


def jobs() -> list[dict[str, str]]:
    """What SLURM knows of each job, the first submitted first."""
    listed = ask("scontrol", "--oneliner", "show", "job").splitlines()
    known = [dict(re.findall(r"(\w+)=(\S*)", line)) for line in listed]
    return sorted(known, key=lambda job: int(job["JobId"]))


def jobs_of(variant: str, project: Project) -> list[dict[str, str]]:
    """Those that trained a variant, by what they said."""
    return [
        job
        for job in jobs()
        if job["WorkDir"] == str(project.folder)
        and job["JobState"] != "PENDING"
        and f"{variant} seed 1 · " in said(job)
    ]


def said(job: dict[str, str]) -> str:
    """What a job has printed so far; SLURM calls it running before its file exists."""
    output = Path(job["StdOut"])
    return output.read_text(encoding="utf-8") if output.exists() else ""


def test_tables_and_networks_equal_those_of_a_local_run(on_slurm, local):
    assert_same_results(on_slurm, local)
    assert (on_slurm.folder / "results/report.html").exists()


@pytest.mark.parametrize(("variant", "epochs"), [("gn", 50), ("ln", 1)])
def test_a_cancelled_run_went_on_after_its_last_whole_epoch(on_slurm, variant, epochs):
    first, again = jobs_of(variant, on_slurm)
    assert (first["JobState"], again["JobState"]) == ("CANCELLED", "COMPLETED")
    progress = RunProgress.read(on_slurm.folder / f"results/logs/train/{variant}-seed-1.json")
    went_on_after = progress.resumed_after
    assert went_on_after >= 1 and progress.ended == "finished"
    assert (went_on_after < epochs) == (variant == "gn")  # ln was cancelled in its evaluation
    assert progress.epoch == epochs


def test_the_cluster_has_a_job_for_each_run_and_no_other(on_slurm):
    assert len(jobs_of("bn_l1", on_slurm)) == 1
    own = [job for job in jobs() if job["WorkDir"] == str(on_slurm.folder)]
    assert len(own) == 3 + 2


def test_a_job_asks_for_what_its_rules_state_and_the_second_time_for_twice_that(on_slurm):
    minutes = []
    for job, memory in zip(jobs_of("gn", on_slurm), ("1500M", "3000M"), strict=True):
        assert (job["NumCPUs"], job["MinMemoryNode"]) == ("1", memory)
        assert "TresPerJob" not in job  # no GPU
        hours, rest = job["TimeLimit"].split(":")[:2]
        minutes.append(60 * int(hours) + int(rest))
    assert minutes[1] == 2 * minutes[0] > 2 * 30


def test_with_device_cuda_a_gpu_is_asked_for(on_slurm, tmp_path):
    project = on_slurm.copy(tmp_path / "project")
    project.edit("tests/cluster/cancelled.yaml", "device: cpu", "device: cuda")
    project.snakemake(
        *ON_SLURM, *STUDY, "--retries", "0", "results/ln/seed-1/metrics.csv", succeeds=False
    )
    assert jobs()[-1]["WorkDir"] == str(project.folder)
    assert jobs()[-1]["TresPerJob"] == "gres:gpu:1"
    log = (project.folder / "results/logs/train/ln-seed-1.log").read_text()
    assert "cuda" in log and "Traceback" not in log


def test_the_configuration_of_a_real_cluster_is_left_alone(tmp_path, monkeypatch):
    real = tmp_path / "etc" / "slurm.conf"
    real.parent.mkdir()
    real.write_text("ClusterName=real\n")
    monkeypatch.setattr(one_node, "ETC", real.parent)
    with pytest.raises(RuntimeError, match="of a real cluster"), one_node_cluster(tmp_path):
        pass
    assert real.read_text() == "ClusterName=real\n"
    assert list(real.parent.iterdir()) == [real]
