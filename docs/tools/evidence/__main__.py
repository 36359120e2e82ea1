"""python -m evidence: add the runs of a finished study, train some again, or make the pages.

add RESULTS NAME    add the runs in RESULTS to docs/evidence/NAME, of workflow/studies/NAME.yaml
verify NAME [RUN ...]
                    train published runs again (gn/31; the first if none is named) and compare them
publish [NAME ...]  make the tables and pictures of published studies, in docs/*.md and README.md;
                    of all if none is named
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from normstudy.errors import StudyError
from normstudy.records.machine import now

from .judged import published_study
from .plan import committed_plan
from .publish import publish
from .store import added, collect, read, write
from .verify import verify
from .weights import write_weights

PROJECT = Path(__file__).resolve().parents[3]
EVIDENCE = PROJECT / "docs" / "evidence"


def run(word: str) -> tuple[str, int]:
    """(variant, seed) of a word like gn/31."""
    variant, seed = word.rsplit("/", 1)
    return variant, int(seed)


def main() -> None:
    parser = argparse.ArgumentParser(
        "python -m evidence",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add")
    add.add_argument("results", type=Path)
    add.add_argument("name")
    check = commands.add_parser("verify")
    check.add_argument("name")
    check.add_argument("runs", nargs="*", type=run, metavar="VARIANT/SEED")
    check.add_argument("--all", action="store_true", help="every run")
    check.add_argument("--cores", type=int, default=1)
    commands.add_parser("publish").add_argument("names", nargs="*")
    given = parser.parse_args()
    try:
        if given.command == "add":
            folder, evidence = EVIDENCE / given.name, collect(given.results)
            if folder.exists():
                evidence = added(read(folder), evidence)
            looks = published_study(PROJECT, given.name, evidence, now()).looks
            evidence = replace(evidence, looks=list(looks))
            if evidence.config["claims"]:  # a search for settings needs neither plan nor networks
                plan = committed_plan(PROJECT, PROJECT / f"workflow/studies/{given.name}.yaml")
                evidence = replace(evidence, facts=evidence.facts | {"plan": plan})
            write(evidence, folder)
            if evidence.config["claims"]:
                write_weights(evidence, given.results, folder)
            size = sum(path.stat().st_size for path in folder.rglob("*.*"))
            print(f"{folder}: {len(evidence.runs)} runs, {size / 1000:.0f} kB")
        elif given.command == "verify":
            runs = read(EVIDENCE / given.name).names if given.all else given.runs
            sys.exit(not verify(PROJECT, given.name, runs, given.cores))
        else:
            published = sorted(path.name for path in EVIDENCE.iterdir() if path.is_dir())
            for name in given.names or published:
                print(*publish(PROJECT, name, PROJECT), sep="\n")
    except StudyError as error:
        sys.exit(f"Error: {error}")


if __name__ == "__main__":
    main()
