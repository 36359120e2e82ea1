"""A Snakemake in the background, the jobs that it has started, and ways to end them."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from helpers.project import Project

PATIENCE = 300  # seconds; whatever takes longer hangs


def wait_for(what: Callable[[], object]):
    """The first true answer of `what`."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if answer := what():
            return answer
        time.sleep(0.01)
    raise TimeoutError(f"waited {PATIENCE} s in vain")


def _heed_ctrl_c():
    """What runs in the background of a script would ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Running:
    """Snakemake on a project's sample study, as leader of a process group of its own.

    As a context, it is ended at the latest with the block.
    """

    def __init__(self, project: Project, *arguments: str):
        self.folder = project.folder
        self.output = project.folder.parent / f"{project.folder.name}-{time.monotonic_ns()}.out"
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                project.command(*arguments), cwd=project.folder, stdout=out,
                stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=_heed_ctrl_c,
            )  # fmt: skip

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()

    def said(self) -> str:
        """All that it has printed so far; it must still run."""
        said = self.output.read_text(encoding="utf-8")
        assert self.process.poll() is None, said
        return said

    def jobs(self, rule: str) -> list[int]:
        """The process ids of the running jobs of a rule."""
        script = f"{self.folder}/.snakemake/scripts/"
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                words = (process / "cmdline").read_bytes().decode().split("\0")
                if any(w.startswith(script) and w.endswith(f".{rule}.py") for w in words):
                    found.append(int(process.name))
        return found

    def log_of(self, job: int) -> str | None:
        """The name of the log that a job writes to, once it does."""
        target = os.readlink(f"/proc/{job}/fd/1")
        return Path(target).name if target.endswith(".log") else None

    def end(self, how: str) -> bool:
        """End it in one of the WAYS; whether that kept it from finishing."""
        if self.process.poll() is None:
            WAYS[how](self.process.pid)
        return self.process.wait(PATIENCE) != 0

    def wait(self, patience: float = PATIENCE) -> tuple[int, str]:
        """Exit status and all that was printed."""
        return self.process.wait(patience), self.output.read_text(encoding="utf-8")


# The machine goes down; Snakemake alone is killed, its jobs live on; a polite end; Ctrl-C.
WAYS = {
    "SIGKILL to all": lambda pid: os.killpg(pid, signal.SIGKILL),
    "SIGKILL to Snakemake": lambda pid: os.kill(pid, signal.SIGKILL),
    "SIGTERM to all": lambda pid: os.killpg(pid, signal.SIGTERM),
    "SIGINT to all": lambda pid: os.killpg(pid, signal.SIGINT),
}
