"""The project's own files, for a crate from which a study can be run again."""

from itertools import chain
from pathlib import Path

PARTS = (
    *("Snakefile", "config.yaml", "environment.yml", "CITATION.cff", "LICENSE", "README.md"),
    *("requirements.in", "requirements.txt", "profiles", "report", "workflow"),
)


def project_files(folder: Path) -> list[Path]:
    """The paths of these files below the project's folder, relative to it."""
    parts = [folder / part for part in PARTS]
    paths = chain.from_iterable([part] if part.is_file() else part.rglob("*") for part in parts)
    return sorted(
        path.relative_to(folder)
        for path in paths
        if path.is_file() and "__pycache__" not in path.parts
    )
