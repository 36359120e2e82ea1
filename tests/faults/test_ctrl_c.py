"""Ctrl-C, as a terminal sends it to Snakemake and every job; SIGTERM, to Snakemake alone."""

import os
import signal
import subprocess
import sys
import time

import pytest
from helpers.places import SCRIPTS
from helpers.running import PATIENCE, Running, wait_for
from normstudy.running.progress import RunProgress

EPOCHS = ("--config", "training={epochs: 30}")  # seconds between the second and the last


def last_epoch(project) -> int:
    return RunProgress.read(project.folder / "results/logs/train/gn-seed-1.json").epoch


def stopped(snakemake, ask_to_end) -> None:
    """Ask it to end; it must do so at once, with one sentence and no job left behind."""
    ask_to_end(snakemake.process.pid)
    status, output = snakemake.wait()
    assert status == 1
    for word in ("Traceback", "KeyboardInterrupt", "Error", "Failed", "Exception"):
        assert word not in output, output
    sentence = "Stopped by you. The same command resumes each run after its last complete epoch.\n"
    assert output.endswith(sentence), output
    assert not snakemake.jobs("train")


@pytest.mark.parametrize(
    "ask_to_end",
    [lambda pid: os.killpg(pid, signal.SIGINT), lambda pid: os.kill(pid, signal.SIGTERM)],
    ids=["Ctrl-C", "SIGTERM"],
)
def test_the_same_command_resumes_after_the_last_complete_epoch(fresh, ask_to_end):
    arguments = ("results/gn/seed-1/metrics.csv", *EPOCHS)
    snakemake = Running(fresh, *arguments)
    wait_for(lambda: last_epoch(fresh) >= 2)
    stopped(snakemake, ask_to_end)
    reached = last_epoch(fresh)
    again = fresh.snakemake(*arguments)
    assert f"gn seed 1 · going on after epoch {reached} of 30" in again


@pytest.mark.parametrize("seconds", [0.0, 0.7])
def test_ctrl_c_while_a_job_starts_leaves_no_traceback(fresh, seconds):
    """Whatever a job does: Python starts, Snakemake's preamble, PyTorch is imported."""
    snakemake = Running(fresh, "gn", *EPOCHS)
    wait_for(lambda: snakemake.jobs("train"))
    time.sleep(seconds)
    stopped(snakemake, lambda pid: os.killpg(pid, signal.SIGINT))


# Snakemake holds its scheduler's lock while it notes that a job has ended. Its own handler of
# SIGTERM, run in that moment, waits for the same lock, and the process never ends.
IN_THE_MOMENT = """
from snakemake.scheduling.job_scheduler import JobScheduler

note = JobScheduler._finish_jobs


def note_and_be_told_to_end(self):
    if self._tofinish:
        open("told", "w").close()
        os.kill(os.getpid(), signal.SIGTERM)
    return note(self)


JobScheduler._finish_jobs = note_and_be_told_to_end
"""
MANY_JOBS = """
import os, signal, sys
sys.path.insert(0, {scripts!r})
from normstudy.running.ending import Stop
{before}
rule all:
    input: expand("{{n}}.txt", n=range(300))
rule make:
    output: "{{n}}.txt"
    shell: "touch {{output}}"
onstart:
    {onstart}
"""
OURS = 'Stop(lambda: shell.prefix("exit 1; ")).listen()'


def many_jobs(folder, onstart=OURS, before="") -> subprocess.Popen:
    """A Snakemake of 300 short jobs."""
    folder.mkdir(exist_ok=True)
    text = MANY_JOBS.format(scripts=str(SCRIPTS), onstart=onstart, before=before)
    (folder / "Snakefile").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--workflow-profile", "none"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=folder, **quiet)


def test_sigterm_at_the_moment_when_a_job_ends(tmp_path):
    assert many_jobs(tmp_path / "ours", before=IN_THE_MOMENT).wait(PATIENCE) != 0
    snakemakes = many_jobs(tmp_path / "snakemakes", "pass", IN_THE_MOMENT)
    wait_for((tmp_path / "snakemakes/told").exists)
    with pytest.raises(subprocess.TimeoutExpired):  # else Snakemake has fixed it: Stop may go
        snakemakes.wait(5)
    snakemakes.kill()
    snakemakes.wait()
