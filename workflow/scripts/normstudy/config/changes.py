"""What changed since results were made, in words: which key from what to what, for which runs."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from .targets import RULES

DIGEST = re.compile(r"[0-9a-f]{64}")
LONGEST = 40  # characters of a value that is shown
OF_DATASET = {"mean", "std", "num_classes"}  # keys of a recipe that follow from the dataset
ABSENT = object()


@dataclass(frozen=True)
class PlannedJob:
    """A job that will run, and what changed since its results were made."""

    rule: str
    variant: str = ""  # "" where the rule has none, as the seed
    seed: str = ""
    before: Collection[str] = ()  # params that differ, as recorded: Python's text, without names
    now: Mapping[str, object] = field(default_factory=dict)  # those of today that differ, by name
    missing: tuple[str, ...] = ()  # names of results that are not there
    anew: bool = False  # it has no results yet
    data: str = ""  # what happened to the images, such as "the data changed"; "" if nothing
    forced: bool = False  # somebody asked for it to run in any case
    remade: bool = False  # other jobs remake what it is made from


def differences(before: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    """Each key that differs, such as "max_lr 0.015 → 0.03"; long values are not shown."""
    changed = list(_differences(before, now))
    if any(key == "dataset" for key, _ in changed):
        changed = [(key, words) for key, words in changed if key not in OF_DATASET]
    return [words for _, words in changed]


def _differences(
    before: Mapping[str, object], now: Mapping[str, object], above: str = ""
) -> Iterator[tuple[str, str]]:
    """Each key that differs, as a dotted path, with its description."""
    for name in {**before, **now}:
        key = f"{above}{name}"
        old, new = before.get(name, ABSENT), now.get(name, ABSENT)
        if old == new:
            continue
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            # A recipe's norm_options are keys of the variant in the config.
            yield from _differences(old, new, above if name == "norm_options" else f"{key}.")
        else:
            yield key, _difference(key, old, new)


def _difference(key: str, old: object, new: object) -> str:
    before, after = _shown(old), _shown(new)
    if old is ABSENT:
        return f"{key} {after} is new" if after else f"{key} is new"
    if new is ABSENT:
        return f"{key} is left out"
    return f"{key} {before} → {after}" if before and after else f"{key} changed"


def _shown(value: object) -> str | None:
    """A value as the config has it; None if it is not a single value or too long for a line."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    text = str(value)
    return None if value is ABSENT or isinstance(value, Mapping) or len(text) > LONGEST else text


def causes(job: PlannedJob) -> list[str]:
    """The reasons why a job's results are remade; none if another job is the reason."""
    recorded = [_value(text) for text in job.before]
    found, others = [], []
    for name, new in job.now.items():
        old = next((value for value in recorded if type(value) is type(new)), ABSENT)
        if isinstance(new, str) and DIGEST.fullmatch(new):
            found.append(f"{RULES[job.rule].code} changed")
        elif isinstance(new, Mapping) and isinstance(old, Mapping):
            found += differences(old, new)
        else:
            others.append(
                _difference(name, old, new) if isinstance(new, str) else f"{name} changed"
            )
    found += [] if found else others  # what follows from the config is told by its keys
    if job.before and not job.now:
        found.append("its settings changed")
    if job.data:
        found.append(job.data)
    if job.missing and not job.anew:
        found.append(f"{listed(job.missing, 2)} missing")
    if job.forced and not found:
        found.append("asked for (--force, --forceall or --forcerun)")
    return found


def because(job: PlannedJob) -> str:
    """Why a job runs; "" if only Snakemake knows."""
    if job.anew:
        return "its files do not exist yet"
    return ", ".join(causes(job)) or ("what it is made from is remade" if job.remade else "")


def _value(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None


def listed(names: Collection[str], most: int) -> str:
    """The first names, and how many more there are."""
    names = list(dict.fromkeys(names))
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def changes(jobs: Iterable[PlannedJob]) -> list[str]:
    """One line per change: which runs it concerns, and what happens to their results."""
    groups: dict[tuple, list[PlannedJob]] = {}
    new: list[PlannedJob] = []
    for job in jobs:
        if job.rule == "train" and job.anew:
            new.append(job)
        elif why := causes(job):
            groups.setdefault((job.rule, tuple(why)), []).append(job)
    lines = [_line(rule, why, group) for (rule, why), group in groups.items()]
    if new:
        variants = listed([job.variant for job in new], 6)
        lines.append(f"{variants}: trains {_count(len(new), 'new run')}")
    return lines


def unrecorded(runs: int) -> list[str]:
    """A line for runs without Snakemake's record of how they were made."""
    if not runs:
        return []
    return [
        f"Snakemake has no record of how {_count(runs, 'run')} {'was' if runs == 1 else 'were'}"
        " made (.snakemake/metadata): it cannot tell whether config, code or data changed since."
    ]


def _line(rule: str, why: tuple[str, ...], group: list[PlannedJob]) -> str:
    """Such as "gn: max_lr 0.015 → 0.03; retrains 3 runs and replaces their results"."""
    their = "its" if len(group) == 1 else "their"
    again = RULES[rule].again.format(runs=_count(len(group), "run"), their=their)
    of_all = all(cause.startswith("the ") for cause in why) or not group[0].variant
    subject = "" if of_all else f"{listed([job.variant for job in group], 6)}: "
    return f"{subject}{', '.join(why)}; {again}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
