"""One training job lacks memory, one is killed, a second Snakemake comes: the rest goes on."""

import os
import re
import resource
import signal
from pathlib import Path

from helpers.running import Running, wait_for


def frozen_jobs(running, count):
    """That many training jobs, stopped as soon as each is about to train: log's name → id.

    It has written down its progress then, and calls no Rust library any more, which would abort for
    lack of memory. Jobs advance between two looks only, so that a busy machine does not look too
    late.
    """
    jobs, logs = {}, running.folder / "results/logs/train"

    def found():
        for job in running.jobs("train"):
            os.kill(job, signal.SIGSTOP)
            name = running.log_of(job)
            if name and (logs / name).with_suffix(".json").exists():
                jobs[name] = job
            else:
                os.kill(job, signal.SIGCONT)
        return len(jobs) == count

    wait_for(found)
    return jobs


def give_no_more_memory(job):
    """Hold the process to the address space that it has."""
    pages = int(Path(f"/proc/{job}/statm").read_text().split()[0])
    size = pages * os.sysconf("SC_PAGE_SIZE")
    resource.prlimit(job, resource.RLIMIT_AS, (size, size))


def test_a_job_that_fails_fails_alone(fresh):
    # Of some seconds, so that a job that is stopped is not at its end; gn takes a lot of memory.
    fresh.edit("tests/workflow/sample.yaml", "epochs: 1", "epochs: 20")
    large = "norm: group\n    engine: pytorch\n    batch_size: 800"
    fresh.edit("config.yaml", "norm: group", large)
    running = Running(fresh, "--cores", "3", "--keep-going")
    jobs = frozen_jobs(running, 3)
    refused = fresh.snakemake(succeeds=False)
    give_no_more_memory(jobs["gn-seed-1.log"])
    os.kill(jobs["ln-seed-1.log"], signal.SIGKILL)
    for name in ("gn-seed-1.log", "bn_l1-seed-1.log"):
        os.kill(jobs[name], signal.SIGCONT)
    status, said = running.wait()

    owner = rf"another Snakemake \(process {running.process.pid} on [^)]+\) writes to results: "
    assert re.search(f"Error: {owner}wait for it to end", refused)
    assert "Traceback" not in refused
    assert status == 1
    assert "Error: not enough memory: run fewer jobs side by side (--cores)" in said
    assert "died with <Signals.SIGKILL" in said
    assert "the same command resumes, nothing is lost" in said
    runs = fresh.folder / "results"
    assert {p.parent.parent.name for p in runs.glob("*/seed-1/misclassified.png")} == {"bn_l1"}

    assert fresh.planned() == {
        "all": 1, "train": 2, "misclassified": 2, "summarize": 1, "report": 1,
    }  # fmt: skip
    fresh.snakemake()
    assert not fresh.planned()
