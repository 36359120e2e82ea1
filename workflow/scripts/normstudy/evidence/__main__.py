"""python -m normstudy.evidence: add the runs of a finished study, or make the published pages.

add RESULTS NAME    add the runs in RESULTS to docs/evidence/NAME
publish [NAME ...]  make the tables and pictures of docs/NAME.md; all published studies if
                    none is named
"""

import argparse
import sys
from pathlib import Path

from ..errors import StudyError
from .publish import publish
from .store import added, collect, read, write

PROJECT = Path(__file__).resolve().parents[4]
EVIDENCE = PROJECT / "docs" / "evidence"


def main() -> None:
    parser = argparse.ArgumentParser(
        "python -m normstudy.evidence",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add")
    add.add_argument("results", type=Path)
    add.add_argument("name")
    commands.add_parser("publish").add_argument("names", nargs="*")
    given = parser.parse_args()
    try:
        if given.command == "add":
            folder, new = EVIDENCE / given.name, collect(given.results)
            evidence = added(read(folder), new) if folder.exists() else new
            write(evidence, folder)
            size = sum(path.stat().st_size for path in folder.iterdir())
            print(f"{folder}: {len(evidence.runs)} runs, {size / 1000:.0f} kB")
        else:
            known = sorted(path.name for path in EVIDENCE.iterdir() if path.is_dir())
            for name in given.names or known:
                print(*publish(PROJECT, name, PROJECT / "docs"), sep="\n")
    except StudyError as error:
        sys.exit(f"Error: {error}")


if __name__ == "__main__":
    main()
