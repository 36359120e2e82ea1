"""What ran, on what, from which sources."""

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from itertools import product
from pathlib import Path

import pandas as pd

from ..errors import StudyError
from .json_records import JobCost, RunRecord, StudyRecord, read_record
from .machine import now, processor
from .read_tables import broken

# They name another repository than the one that a folder lies in.
ELSEWHERE = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR"}


def _git(folder: Path, *words: str) -> str | None:
    """What git answers about the folder, whatever repository GIT_DIR names; None if it cannot."""
    environment = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    try:
        answer = subprocess.run(
            ["git", *words], cwd=folder, env=environment, capture_output=True, text=True
        )
    except OSError:
        return None
    return None if answer.returncode else answer.stdout.strip()


def commit(folder: Path) -> dict | None:
    """The git commit of the sources in a folder, and whether they differ from it.

    None without git, or where the repository does not have this folder's files.
    """
    if _git(folder, "ls-files", "--error-unmatch", ".") is None:
        return None
    head, changes = _git(folder, "rev-parse", "HEAD"), _git(folder, "status", "--porcelain", ".")
    return None if head is None or changes is None else {"commit": head, "modified": bool(changes)}


def user_name(folder: Path) -> str | None:
    """The author's name that git uses in the folder; None if there is none."""
    return _git(folder, "config", "user.name") or None


def versions(requirements: Path) -> dict[str, str | None]:
    """Package → installed version, of those that a requirements file names; None if missing."""
    installed: dict[str, str | None] = {}
    for line in requirements.read_text(encoding="utf-8").splitlines():
        if named := re.match(r"[A-Za-z0-9][\w.-]*", line):
            try:
                installed[named[0]] = version(named[0])
            except PackageNotFoundError:
                installed[named[0]] = None
    return installed


def job_costs(benchmarks: Path, runs: Sequence[tuple[str, int]]) -> list[JobCost]:
    """Seconds and peak memory (MB) of each job, from the benchmark files that Snakemake wrote.

    Memory is None where the job ended before Snakemake looked. Both are None for a damaged file.

    Args:
        benchmarks: the folder with a folder per rule.
        runs: variant and seed of each run.
    """
    costs = []
    for rule, (variant, seed) in product(("train", "misclassified"), runs):
        path = benchmarks / rule / f"{variant}-seed-{seed}.tsv"
        if not path.exists():
            continue
        try:
            row = pd.read_csv(path, sep="\t", na_values="-").iloc[-1].reindex(["s", "max_rss"])
            figures = [None if pd.isna(figure) else float(figure) for figure in row]
        except (ValueError, IndexError):  # pandas' own errors of parsing are ValueErrors
            figures = [None, None]
        costs.append(JobCost(f"{rule} {variant} seed {seed}", *figures))
    return costs


def provenance(
    config: dict,
    sources: Path,
    requirements: Path,
    checksums: Path,
    data_source: Path,
    runs: list[RunRecord],
    benchmarks: Path,
    command: str,
) -> StudyRecord:
    """Everything a reader needs to know about how the results came to be.

    Args:
        config: the study as resolved.
        sources: the project's folder.
        requirements: the file that names the direct dependencies.
        checksums: the dataset's listing, as `sha256sum` writes it.
        data_source: JSON of where each data file came from.
        benchmarks: the folder of Snakemake's benchmark files.

    Raises:
        StudyError: a record is not as its rule wrote it, or a run had other data.
    """
    listed = [line.split(maxsplit=1) for line in checksums.read_text().splitlines()]
    data = {Path(name).name: digest for digest, name in listed}
    for run in runs:
        if run.data_sha256 != data:
            raise StudyError(
                f"{run.variant} seed {run.seed} was trained on other data than {checksums} lists:"
                f" train it again with --forcerun train"
            )
    origins = read_record(data_source, dict[str, dict], "download")
    if missing := [name for name in data if name not in origins]:
        raise broken(data_source, f" has no {missing[0]}", "download")
    return StudyRecord(
        command=command,
        started=min(run.started for run in runs),
        finished=now(),
        sources=commit(sources),
        python=platform.python_version(),
        versions=versions(requirements),
        system=platform.platform(),
        processor=processor(),
        data_sha256={name: digest for digest, name in listed},
        data_source=origins,
        seeds=list(dict.fromkeys(run.seed for run in runs)),
        runs=runs,
        jobs=job_costs(benchmarks, [(run.variant, run.seed) for run in runs]),
        config=config,
    )
