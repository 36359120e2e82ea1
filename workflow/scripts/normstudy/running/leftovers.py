"""Results that no rule would make: of runs that the config no longer has, or in former places."""

import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from ..records import layout

VARIANT, SEED = "(?P<variant>[a-z][a-z0-9_]*)", "(?P<seed>[0-9]+)"
OF_RUNS = (
    rf"{VARIANT}/seed-{SEED}/(?P<name>[^/]+)",
    rf"(logs|benchmarks)/[^/]+/{VARIANT}-seed-{SEED}\.[^/]*",
    rf"resume/{VARIANT}-seed-{SEED}\.pt",
    rf"{VARIANT}/model-card\.md",
)


def find_leftovers(
    results: Path, made: Collection[str], variants: Collection[str], seeds: Collection[int]
) -> list[Path]:
    """The files below `results` that rules wrote for runs that the config does not have, sorted.

    With them, tables in their former place once they are in the new one.

    Args:
        made: the names of the files that rules write into the folder of a run.
        variants, seeds: those of the config.
    """
    tables = [(results / name, results / layout.TABLES / name) for name in layout.MOVED]
    leftovers = [former for former, now in tables if former.is_file() and now.is_file()]
    for path in filter(Path.is_file, results.rglob("*")):
        name = path.relative_to(results).as_posix()
        for of_run in filter(None, (re.fullmatch(pattern, name) for pattern in OF_RUNS)):
            run = of_run.groupdict()
            wanted = run["variant"] in variants and int(run.get("seed", -1)) in (-1, *seeds)
            if not wanted and ("name" not in run or run["name"] in made):
                leftovers.append(path)
    return sorted(leftovers)


def delete(files: Iterable[Path], within: Path) -> None:
    """Delete the files, then their folders below `within` as far as nothing else is in them."""
    for path in files:
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == within or not folder.is_relative_to(within):
                break
            with suppress(OSError):  # not empty
                folder.rmdir()
