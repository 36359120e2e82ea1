"""Files that are no longer needed: states of finished runs, results of removed runs."""

import glob
import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# How variants and seeds are spelled in paths.
WILDCARDS = {"variant": "[a-z][a-z0-9_]*", "seed": "[0-9]+"}


def discard_states(runs: Iterable[tuple[Path, Path]]) -> None:
    """Delete the states of training that are older than the network they led to.

    Args:
        runs: of each run the file with its state after the last epoch, and its checkpoint.
    """
    for state, trained in runs:
        known = state.exists() and trained.exists()
        if known and state.stat().st_mtime <= trained.stat().st_mtime:
            state.unlink()
        with suppress(OSError):  # not there, or not empty
            state.parent.rmdir()


@dataclass(frozen=True)
class Leftovers:
    """Files that a study's rules wrote for runs that its config no longer has."""

    runs: dict[str, list[int]]  # variant → its seeds; none for a variant's common files alone
    files: list[Path]  # sorted

    def __str__(self) -> str:
        """Such as "old (seeds 1, 2), gn (seed 7): 21 files, 1.2 MB"."""
        named = [
            f"{variant} (seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))})"
            if seeds
            else variant
            for variant, seeds in self.runs.items()
        ]
        size = sum(path.stat().st_size for path in self.files if path.exists()) / 1e6
        count = f"{len(self.files):,} file{'' if len(self.files) == 1 else 's'}"
        return f"{', '.join(named)}: {count}, {size:.1f} MB"


def find_leftovers(
    patterns: Iterable[str], variants: Collection[str], seeds: Collection[int]
) -> Leftovers:
    """The leftovers of a study.

    Nothing else can be among them: only paths that a rule would write for another run.

    Args:
        patterns: paths of the files that rules write for a run or a variant, with {variant} and,
            for those of a run, {seed}.
        variants, seeds: those of the config.
    """
    files: set[Path] = set()
    runs: dict[str, set[int]] = {}
    for pattern in patterns:
        spelled, some = re.escape(pattern), glob.escape(pattern)
        for wildcard, words in WILDCARDS.items():
            named = re.escape(f"{{{wildcard}}}")
            spelled = spelled.replace(named, f"(?P<{wildcard}>{words})", 1)
            spelled = spelled.replace(named, f"(?P={wildcard})")
            some = some.replace(f"{{{wildcard}}}", "*")
        for name in glob.iglob(some):
            if not (found := re.fullmatch(spelled, name)):
                continue
            path, variant = Path(name), found["variant"]
            seed = int(found["seed"]) if "seed" in found.groupdict() else None
            kept = variant in variants and (seed is None or seed in seeds)
            if not kept and path.is_file():
                files.add(path)
                runs.setdefault(variant, set()).update([] if seed is None else [seed])
    return Leftovers({name: sorted(found) for name, found in sorted(runs.items())}, sorted(files))


def delete(files: Iterable[Path], within: Path) -> None:
    """Delete the files, then their folders below `within` as far as nothing else is in them."""
    for path in files:
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == within or not folder.is_relative_to(within):
                break
            with suppress(OSError):  # not empty
                folder.rmdir()
