"""Requested targets: where their results are, or why no rule makes them."""

import argparse
import os
import re
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import yaml

from ..errors import StudyError
from .changes import listed
from .faults import did_you_mean
from .lines import read_config_file
from .targets import RULES

NAMED = 3  # files that are named one by one
SEED = re.compile(r"seed-(\d+)")


@dataclass(frozen=True)
class Makeable:
    """What can be asked for."""

    variants: Sequence[str]
    seeds: Sequence[int]
    rules: Collection[str]  # names of other targets
    results: Path  # the folder that the study writes to
    files: Collection[str]  # paths of results that can be made
    studies: Mapping[str, Path]  # config file of each ready-made study → the folder it writes to


def refuse_unreadable(words: Sequence[str]) -> None:
    """End with a sentence if a --configfile or --config of the command line cannot be read.

    Args:
        words: those of the command line after `snakemake`.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--configfile", "--configfiles", nargs="+", default=[])
    parser.add_argument("--config", "-C", nargs="*", default=[])
    given = parser.parse_known_args(words)[0]
    try:
        for path in given.configfile:
            if not Path(path).exists():
                raise StudyError(_no_config(path))
            read_config_file(path)
        for word in given.config:
            if "=" not in word:
                raise StudyError(
                    f"--config {word} is not name=value, such as seeds=2; files go after"
                    " --configfile, targets before --config"
                )
    except StudyError as error:
        sys.exit(f"Error in the config:\n{error}")


def _no_config(path: str) -> str:
    if not Path(path).suffix:
        return f"--configfile {path} is not there; a target such as {path} goes before --configfile"
    known = [str(found) for found in (*Path().glob("*.yaml"), *Path("workflow/studies").glob("*"))]
    hint = did_you_mean(path, known) or next(
        (f"did you mean {name!r}?" for name in known if Path(name).name == Path(path).name), ""
    )
    return f"--configfile {path} is not there{hint and f'; {hint}'}"


def ready_made(folder: Path) -> dict[str, Path]:
    """Config file → the folder that its study writes to, of the configs in a folder."""
    found = {}
    for path in sorted(folder.glob("*.yaml")):
        with suppress(OSError, ValueError, yaml.YAMLError, AttributeError):
            stated = yaml.safe_load(path.read_text(encoding="utf-8")).get("results")
            if isinstance(stated, str):
                found[str(path)] = Path(stated)
    return found


def not_made(target: str, known: Makeable) -> str:
    """Why no rule makes the target, with a suggestion."""
    path = Path(os.path.normpath(target))
    if path.is_absolute():
        path = Path(os.path.relpath(path))
    if len(path.parts) == 1 and not path.suffix:
        return _no_name(target, known)
    if config := _study_of(path, known):
        return f"{target} is of another study: add --configfile {config}"
    inside = path.relative_to(known.results).parts if path.is_relative_to(known.results) else ()
    if fault := _no_run(inside, known):
        return f"{target}: {fault}"
    hint = did_you_mean(path.as_posix(), known.files)
    return f"no rule makes {target}; {hint or f'the results of this study are in {known.results}'}"


def _no_name(name: str, known: Makeable) -> str:
    if hint := did_you_mean(name, [*known.variants, *known.rules]):
        kind = "variant" if hint == did_you_mean(name, known.variants) else "target"
        return f"no {kind} {name}; {hint}"
    return (
        f"no variant or other target {name}; variants: {', '.join(known.variants)};"
        f" other targets: {', '.join(known.rules)}"
    )


def of_single_runs(rule: str, known: Makeable) -> str:
    """Why a rule that runs once per run cannot be a target, and what can."""
    variant, seed = known.variants[0], known.seeds[0]
    return (
        f"{rule} makes the files of single runs: ask for the runs of a variant, such as {variant},"
        f" or for a file, such as {known.results}/{variant}/seed-{seed}/metrics.csv"
    )


def _study_of(path: Path, known: Makeable) -> str | None:
    """The config of another study that the path belongs to, if there is one."""
    folders = [(known.results, None), *((folder, name) for name, folder in known.studies.items())]
    around = [found for found in folders if path.is_relative_to(found[0])]
    return max(around, key=lambda found: len(found[0].parts), default=(None, None))[1]


def _no_run(parts: tuple[str, ...], known: Makeable) -> str | None:
    """What is wrong with a path of a run's files, as parts below the results; None if nothing."""
    if len(parts) < 2 or not (seed := SEED.fullmatch(parts[1])):
        deeper = [n for n, part in enumerate(parts) if n > 1 and SEED.fullmatch(part)]
        if deeper and parts[0] not in known.variants:
            folder = known.results.joinpath(*parts[: deeper[0] - 1])
            return f"{folder} is not of this study; add the --configfile of the one that it is of"
        return None
    if parts[0] not in known.variants:
        return _no_name(parts[0], known)
    if int(seed[1]) not in known.seeds or str(int(seed[1])) != seed[1]:
        seeds = spans(known.seeds)
        return f"this study has no seed {seed[1]} (its seeds: {seeds}); see seeds in the config"
    return None


def spans(numbers: Collection[int]) -> str:
    """Whole numbers as ranges: "1 to 10, 12"."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in found)


def where(asked: Iterable[tuple[str, Collection[str]]], results: Path) -> list[str]:
    """Where the requested results are, such as "The crate: results/study-crate.zip".

    Args:
        asked: of each target its rule, and the files that it makes (none: it is a variant, or all).
        results: the study's folder.
    """
    files: dict[str, list[str]] = {}
    for rule, made in asked:
        page = str(results / "report.html")
        if rule not in RULES:
            label = "The report" if rule == "all" else f"The results of {rule}"
            files.setdefault(label, []).append(page if rule == "all" else str(results / rule))
        elif made:
            made = [page] if page in made else sorted(made)
            files.setdefault(RULES[rule].result, []).extend(made)
    return [f"{label}: {listed(paths, NAMED)}" for label, paths in files.items()]
