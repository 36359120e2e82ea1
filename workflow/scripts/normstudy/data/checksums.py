"""The listing of the data files' SHA-256, and checking the files against it."""

import hashlib
from pathlib import Path

from ..errors import StudyError
from .idx import FILE_NAMES

CHECKSUMS = "sha256sums.txt"  # beside the raw folder, as `sha256sum --check` reads it


def sha256(path: str | Path) -> str:
    """The file's SHA-256 as hexadecimal digits."""
    with Path(path).open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


REMEDY = "to fetch and verify the data again, add --forcerun download to the snakemake command"


def _listing(checksums: Path) -> list[tuple[str, str]]:
    """(SHA-256, path) of each file in the listing that the download wrote.

    Raises:
        StudyError: it cannot be read, or does not list every file.
    """
    try:
        text = checksums.read_text(encoding="utf-8")
        lines = (line.split(maxsplit=1) for line in text.splitlines())
        rows = [(digest, name) for digest, name in lines]
    except (OSError, ValueError) as error:
        raise StudyError(f"{checksums} cannot be read ({error}): {REMEDY}") from error
    unlisted = set(FILE_NAMES) - {Path(name).name for _, name in rows}
    if unlisted:
        raise StudyError(f"{checksums} does not list {', '.join(sorted(unlisted))}: {REMEDY}")
    return rows


def listed(checksums: str | Path) -> dict[str, str]:
    """File name → SHA-256, as the download listed them.

    Raises:
        StudyError: the listing is not whole.
    """
    return {Path(name).name: digest for digest, name in _listing(Path(checksums))}


def verify(checksums: str | Path) -> None:
    """Check the data files against the listing that the download wrote.

    Raises:
        StudyError: a file is missing or has changed since, or the listing is not whole.
    """
    checksums = Path(checksums)
    for expected, name in _listing(checksums):
        path = checksums.parent / name
        try:
            same = sha256(path) == expected
        except OSError:
            same = False
        if not same:
            raise StudyError(
                f"{path} is missing or has changed since it was downloaded (SHA-256 differs):"
                f" {REMEDY}"
            )
