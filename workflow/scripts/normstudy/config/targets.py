"""The names that no variant may have, of rules and folders of results/; and mistyped targets."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from ..errors import StudyError
from ..records import layout
from .study import StudyConfig

TARGETS = (
    *("all", "download", "summarize", "worked_example", "report", "slides"),
    *("model_cards", "crate", "compare", "judge", "prune"),
)
OF_RUNS = ("train", "misclassified", "look", "export")  # their files are targets, they are not
FOLDERS = ("benchmarks", "figures", "logs", "looks", "resume", "tables")
RESERVED = frozenset({*TARGETS, *OF_RUNS, *FOLDERS})
SETTINGS = (*StudyConfig.model_fields, "compare", "judge")
CORES = ("-c", "--cores", "-j", "--jobs")  # one value follows, after these others none
FLAGS = re.compile(r"-[nfFtkp]+|--(dry-?run|force|forceall|touch|keep-going)|-[cj]\d+|--\w+=.*")


def doubts(
    words: Sequence[str], study: StudyConfig, results: Path, snakefile: str = ""
) -> Iterator[str]:
    """What is wrong with words of a command, which may also be the values of an option.

    Args:
        words: those after `snakemake`.
        results: the study's folder.
        snakefile: its text, which may have rules of the user's.

    Raises:
        StudyError: it is wrong, and the word is a target.
    """
    option = "-n"
    for before, word in zip(["", *words], words, strict=False):
        if word.startswith("-"):
            option = word
        elif before in CORES:
            option = "-n"
        elif option in ("--config", "-C") or f"rule {word}:" in snakefile:
            continue
        elif wrong := _wrong(word, study, results):
            if FLAGS.fullmatch(option):
                raise StudyError(wrong)
            yield f"Warning: {wrong}"


def _wrong(word: str, study: StudyConfig, results: Path) -> str | None:
    """What is wrong with a word, and what to write; None if nothing is known to be."""
    names = [*study.variants, *TARGETS]
    if "=" in word and word.partition("=")[0] in SETTINGS:
        return f"{word} is a setting: write --config {word}"
    if place := layout.moved(results, Path(word)):
        return f"{word} is now {place}"
    if run := re.fullmatch(rf"{re.escape(str(results))}/(\w+)/seed-(\d+)/.+", word):
        if run[1] not in study.variants:
            return f"{word}: the config has no variant {run[1]}; it has {', '.join(study.variants)}"
        if int(run[2]) not in study.all_seeds:
            return f"{word}: the config has no seed {run[2]}; add it to the key seeds"
    close = get_close_matches(word.lower(), names, 1, cutoff=0.75 if len(word) > 3 else 0.5)
    if close and word not in names:
        kind = "variant" if close[0] in study.variants else "rule"
        return f"there is no {kind} {word}; did you mean {close[0]}?"
    return None
