"""Where a study's files are, below its results folder."""

from pathlib import Path

from .tables import STUDY_TABLES

TABLES = "tables"  # the folder of all tables of the whole study
# Earlier versions had these at the top of the results folder; now they are in TABLES.
MOVED = (*(f"{name}.csv" for name in (*STUDY_TABLES, "network")), "datapackage.json")


def table(results: Path, name: str) -> Path:
    """A table of the whole study: one of STUDY_TABLES, or network."""
    return results / TABLES / f"{name}.csv"


def run_folder(results: Path, variant: str, seed: int) -> Path:
    """The folder of a run's own files."""
    return results / variant / f"seed-{seed}"


def moved(results: Path, path: Path) -> Path | None:
    """Where a file is that earlier versions had at `path`; None if it did not move."""
    return results / TABLES / path.name if path in (results / name for name in MOVED) else None
