"""Results that no rule would make: of runs that the config no longer has, or in former places."""

import glob
import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from ..records import layout

# Beside the files in a run's own folder, whose names rules know.
PATTERNS = (
    *("logs/*/{variant}-seed-{seed}.*", "benchmarks/*/{variant}-seed-{seed}.*"),
    *("resume/{variant}-seed-{seed}.pt", "{variant}/model-card.md", "figures/curves_{variant}.*"),
)
PARTS = {  # of a pattern, as regular expressions
    "{variant}": "(?P<variant>[a-z][a-z0-9_]*)",
    "{seed}": "(?P<seed>[0-9]+)",
    "*": "[^/]*",
}


def find_leftovers(
    results: Path, made: Iterable[str], variants: Collection[str], seeds: Collection[int]
) -> list[Path]:
    """The files below `results` that rules wrote for runs that the config does not have, sorted.

    With them, tables in their former place once they are in the new one.

    Args:
        made: the names of the files that rules write into the folder of a run.
        variants, seeds: those of the config.
    """
    former = {results / name: layout.moved(results, results / name) for name in layout.MOVED}
    leftovers = [path for path, place in former.items() if path.is_file() and place.is_file()]
    for pattern in (*(f"{{variant}}/seed-{{seed}}/{name}" for name in made), *PATTERNS):
        expression = re.sub(
            r"\{\w+\}|\*|[^{*]+", lambda m: PARTS.get(m[0]) or re.escape(m[0]), pattern
        )
        for name in glob.iglob(re.sub(r"\{\w+\}", "*", pattern), root_dir=results):
            of_run = re.fullmatch(expression, name)
            if not of_run or not (results / name).is_file():
                continue
            seed = of_run.groupdict().get("seed")
            if of_run["variant"] not in variants or (seed and int(seed) not in seeds):
                leftovers.append(results / name)
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
