"""A copy of the project, in which the real Snakefile is run on the real sample."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from helpers.places import ROOT, SCRIPTS

PARTS = (
    "Snakefile",
    "config.yaml",
    "environment.yml",
    "CITATION.cff",
    "LICENSE",
    "README.md",
    "profiles",
    "requirements.in",
    "workflow",
    "report",
    "tests/data",
    "tests/workflow",
    "tests/cluster",
)
SAMPLE_STUDY = ("--configfile", "tests/workflow/sample.yaml")
UNTIL_DECIDED = (*SAMPLE_STUDY, "tests/workflow/until_decided.yaml")  # trains from look to look


def run(command: list[str], folder: Path, succeeds: bool | None = True) -> str:
    """Run a command in a folder; returns all that it printed.

    It must succeed, or must not; None: whichever.
    """
    answer = subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if succeeds is not None:
        assert (answer.returncode == 0) == succeeds, answer.stdout
    return answer.stdout


def python(*words: object, cwd: Path = ROOT, **environment: str) -> str:
    """What Python prints, with the package, its benchmarks and the tests' helpers in sight."""
    environment = os.environ | {"PYTHONPATH": f"{SCRIPTS}:{ROOT / 'tests'}"} | environment
    command = [sys.executable, *map(str, words)]
    return subprocess.check_output(command, cwd=cwd, env=environment, text=True)


def git(folder: Path, *words: str) -> str:
    """Run git in a folder, as somebody."""
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    return run(["git", *identity, *words], folder)


class Project:
    """A copy of the project that a test may change."""

    def __init__(self, folder: Path):
        self.folder = folder

    @classmethod
    def new(cls, folder: Path) -> "Project":
        """A copy of the sources, in which nothing was run yet."""
        for part in PARTS:
            source, target = ROOT / part, folder / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        return cls(folder)

    def copy(self, folder: Path) -> "Project":
        """A copy with the state of its results: what Snakemake thinks of it is unchanged."""
        shutil.copytree(self.folder, folder, symlinks=True, dirs_exist_ok=True)
        return Project(folder)

    def command(self, *arguments: str) -> list[str]:
        """The command that runs snakemake on the sample study."""
        command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
        if "--configfile" not in arguments:
            command += SAMPLE_STUDY
        return command

    def snakemake(self, *arguments: str, succeeds: bool | None = True) -> str:
        """Run snakemake on the sample study, as `run` does; returns all that it printed."""
        return run(self.command(*arguments), self.folder, succeeds)

    def planned(self, *arguments: str) -> dict[str, int]:
        """What a dry run would do: rule → number of jobs."""
        output = self.snakemake("--dry-run", *arguments)
        stats = re.search(r"Job stats:\njob +count\n[- ]+\n(.*?)\ntotal ", output, re.DOTALL)
        if stats is None:
            assert "Nothing to be done" in output, output
            return {}
        return {line.split()[0]: int(line.split()[1]) for line in stats[1].splitlines()}

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text that the file must hold."""
        file = self.folder / path
        content = file.read_text(encoding="utf-8")
        assert old in content, f"{old!r} is not in {path}"
        file.write_text(content.replace(old, new), encoding="utf-8")

    def append(self, module: str, line: str) -> None:
        """Add a line to a module of normstudy, which may only be a comment."""
        with (self.folder / "workflow/scripts/normstudy" / module).open("a") as file:
            file.write(f"{line}\n")


def assert_same_checkpoint(path, other):
    import torch  # takes seconds, which tests of a dry run need not wait for

    ours, theirs = (torch.load(p, weights_only=True)["state_dict"] for p in (path, other))
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[key], theirs[key]) for key in ours)


def assert_same_results(project, other, results="results"):
    """The tables of two projects agree byte for byte, their checkpoints tensor for tensor.

    `results` is the folder of the first one's; the other's is called results.
    """
    ours, theirs = project.folder / results, other.folder / "results"
    tables = sorted(path.relative_to(theirs) for path in theirs.glob("**/*.csv"))
    assert len(tables) >= 3 * 4
    for table in tables:
        assert (ours / table).read_bytes() == (theirs / table).read_bytes(), table
    for variant in ("gn", "ln", "bn_l1"):
        checkpoint = f"{variant}/seed-1/checkpoint.pt"
        assert_same_checkpoint(ours / checkpoint, theirs / checkpoint)
