"""The locks, held and killed in real processes."""

import os
import shlex
import subprocess
import sys

import pytest
from helpers.places import SCRIPTS
from helpers.running import wait_for
from normstudy.errors import StudyError
from normstudy.running import processes

HOLD = """
import sys
from normstudy.running import processes
{call}
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def hold():
    """Start a process that makes a call and lives on; ends them all with kill -9."""
    holders = []

    def start(call):
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLD.format(call=call)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(SCRIPTS)},
        )
        holders.append(holder)
        assert holder.stdout.readline() == b"held\n"
        return holder

    yield start
    for holder in holders:
        holder.kill()
        holder.communicate()


def test_a_claimed_folder_is_refused_until_its_owner_is_killed(hold, tmp_path):
    owner = hold(f"processes.claim({str(tmp_path)!r})")
    with pytest.raises(StudyError, match=rf"another Snakemake \(process {owner.pid} on .*\)"):
        processes.claim(tmp_path)
    owner.kill()
    owner.wait()
    processes.claim(tmp_path)


def test_an_owner_that_has_not_yet_said_who_it_is_has_no_empty_name(hold, tmp_path):
    hold(f"processes.lock(processes._lockable(processes.Path({str(tmp_path / '.lock')!r})))")
    with pytest.raises(StudyError, match=f"another Snakemake writes to {tmp_path}: wait"):
        processes.claim(tmp_path)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StudyError, match=r"cannot be written to \(.*\): fix that, or give this"):
        processes.claim(tmp_path / "file")


def test_a_job_waits_for_the_one_before_it(hold, tmp_path):
    log = tmp_path / "job.log"
    first = hold(f"processes.queue({str(log)!r}, print)")
    said = []

    def say(line):  # called once it has to wait
        said.append(line)
        first.kill()

    processes.queue(log, say)
    assert said == [f"{log}: an earlier run of this job is still finishing; waiting"]


JOB = """
import sys, time
from pathlib import Path
from normstudy.errors import StudyError
from normstudy.running.processes import Starter
starter = Starter()
starter.stop_if_gone()
Path(sys.argv[1]).touch()
try:
    for _ in range(3000):
        starter.stop_if_gone()
        time.sleep(0.01)
except StudyError as error:
    Path(sys.argv[2]).write_text(str(error))
"""


def test_a_job_whose_snakemake_was_killed_stops(tmp_path):
    """The job runs in a shell, as Snakemake starts it."""
    job, start = tmp_path / "job.py", tmp_path / "start.py"
    started, said = tmp_path / "started", tmp_path / "said"
    job.write_text(JOB)
    shell = shlex.join([sys.executable, str(job), str(started), str(said)])
    start.write_text(f"import subprocess; subprocess.run({shell + '; true'!r}, shell=True)")
    environment = os.environ | {"PYTHONPATH": str(SCRIPTS)}
    snakemake = subprocess.Popen([sys.executable, start], env=environment)
    wait_for(started.exists)
    snakemake.kill()
    snakemake.wait()
    wait_for(lambda: said.exists() and "the same command resumes it" in said.read_text())


LOGGED = """
import sys
from normstudy.running.job_log import job_log
with job_log("job.log") as say:
    say("to both")
    print("to the log")
    print("this too", file=sys.stderr)
    raise ValueError("unforeseen")
"""


@pytest.mark.parametrize("closed", ["", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_job_whose_terminal_is_closed_from_the_start_has_its_log(tmp_path, closed):
    command = ["sh", "-c", f'"$0" -c "$1" {closed}', sys.executable, LOGGED]
    job = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(SCRIPTS)},
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    log = (tmp_path / "job.log").read_text(encoding="utf-8")
    for line in ("to both\n", "to the log\n", "this too\n", "ValueError: unforeseen\n"):
        assert line in log
    assert job.returncode == 1
    assert job.stderr == "" if closed else "to both\n" in job.stderr
