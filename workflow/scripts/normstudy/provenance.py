"""What ran, on what, from which sources."""

import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import pandas as pd

DEPENDENCIES = ("torch", "torchvision", "snakemake", "pandas", "matplotlib", "papermill")


def processor() -> str:
    """The processor's name as the system gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]}, {len(names)} cores" if names else platform.machine()


def commit(folder: Path) -> dict | None:
    """The git commit of the sources and whether they differ from it; None without git."""

    def git(*words: str) -> str:
        answer = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True)
        answer.check_returncode()
        return answer.stdout.strip()

    try:
        return {"commit": git("rev-parse", "HEAD"), "modified": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.CalledProcessError):
        return None


def job_costs(benchmarks: dict[str, str]) -> list[dict]:
    """Seconds and peak memory (MB) of each job, from Snakemake's benchmark files."""
    costs = []
    for job, path in benchmarks.items():
        row = pd.read_csv(path, sep="\t", na_values="-").iloc[-1]
        costs.append({"job": job, "seconds": row["s"], "peak_memory_mb": row["max_rss"]})
    return costs


def provenance(
    config: dict, sources: Path, checksums: Path, benchmarks: dict[str, str], command: str
) -> dict:
    """Everything a reader needs to know about how the results came to be, for JSON.

    Args:
        config: the study as resolved.
        sources: the project's folder.
        checksums: the dataset's listing, as `sha256sum` writes it.
        benchmarks: job → its Snakemake benchmark file.
        command: what was typed.
    """
    listed = (line.split(maxsplit=1) for line in checksums.read_text().splitlines())
    return {
        "command": command,
        "sources": commit(sources),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in DEPENDENCIES},
        "system": platform.platform(),
        "processor": processor(),
        "data_sha256": {name: digest for digest, name in listed},
        "jobs": job_costs(benchmarks),
        "config": config,
    }
