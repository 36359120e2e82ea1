"""Checks a config: every mistake is told with its file, line, key, value and what is allowed."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from ..data.datasets import DATASETS
from ..errors import StudyError
from ..records.store import is_url
from .faults import did_you_mean, faults
from .keys import Claim, Dataset
from .lines import ConfigFile, Key, dotted, where_stated
from .study import NORMALIZED_CHANNELS, StudyConfig, folder, no_kernels
from .targets import FOLDERS

# Numbers of groups, and of channels in one, that divide all of them.
FITTING = [n for n in range(1, 9) if not any(c % n for c in NORMALIZED_CHANNELS)]

# Folders of the project that no study may write to.
SOURCES = {"workflow", "report", "tests", "docs", "benchmarks", ".git", ".venv", ".snakemake"}


def check(
    config: Mapping,
    reserved: Collection[str] = (),
    files: Sequence[ConfigFile] = (),
    sources: Path | None = None,
) -> StudyConfig:
    """The config as a typed object, with the defaults of what it does not state.

    Args:
        config: as read from YAML.
        reserved: names that no variant may have, since they are targets already.
        files: what the config was read from, in that order, to say where a mistake stands.
        sources: the project's folder, which no results may be written over; None checks no paths.

    Raises:
        StudyError: a line for everything that is wrong: file and line, key, and what is allowed.
    """
    if isinstance(variants := config.get("variants"), Mapping):
        # In the order of the files, of which Snakemake reads config.yaml last: colors follow it.
        stated = [key[1] for file in files for key in file.lines if key[:-1] == ("variants",)]
        order = [name for name in dict.fromkeys([*stated, *variants]) if name in variants]
        config = {**config, "variants": {name: variants[name] for name in order}}
    try:
        study = StudyConfig.model_validate(config)
    except ValidationError as error:
        wrong = sorted(faults(error), key=lambda fault: list(map(str, fault[0])))
    else:  # of what all variants share, each has the same fault
        wrong = [*dict.fromkeys((*_cross_faults(study, reserved), *_place_faults(study, sources)))]
    if wrong:
        places = [where_stated(key, files) for key, _ in wrong]
        raise StudyError(
            "\n".join(
                f"{place}: {dotted(key)}: {words}" if place else f"{dotted(key)}: {words}"
                for place, (key, words) in zip(places, wrong, strict=True)
            )
        )
    return study


def _cross_faults(study: StudyConfig, reserved: Collection[str]) -> Iterator[tuple[Key, str]]:
    """Mistakes in keys that must agree with each other."""
    yield from _dataset_faults(study.dataset)
    labels: dict[str, str] = {}
    for name, variant in study.variants.items():
        key = ("variants", name)
        if name in FOLDERS:
            yield key, f"this name is reserved: {name} is a folder of the results; choose another"
        elif name in reserved:
            yield key, "this name is taken by a target of the workflow; choose another"
        yield from _undrawable((*key, "label"), variant.label, "label")
        if (first := labels.setdefault(variant.label, name)) != name:
            words = f"{variant.label!r} is also what {first} is called; the report needs two names"
            yield (*key, "label"), words
        yield from _recipe_faults(study, name)
    yield from _look_faults(study)
    for number, claim in enumerate(study.claims):
        yield from _claim_faults(number, claim, study)


def _dataset_faults(dataset: Dataset) -> Iterator[tuple[Key, str]]:
    if dataset.name in DATASETS:
        for name in ("classes", "mean", "std"):
            if getattr(dataset, name) is not None:
                yield ("dataset", name), f"{dataset.name} has its own; leave this out"
        for name in ("train_images", "test_images"):
            there, used = getattr(DATASETS[dataset.name], name), getattr(dataset, name)
            if used and used > there:
                yield ("dataset", name), f"{used} is more than the {there:,} that there are"
    elif not dataset.source:
        hint = did_you_mean(dataset.name, DATASETS)
        yield (
            ("dataset", "name"),
            f"{dataset.name!r} is not known ({', '.join(DATASETS)});"
            f" {hint or 'for a dataset of your own name its folder as dataset.source'}",
        )
    names = [str(name) for name in dataset.classes or []]
    for number, name in enumerate(names):
        place: Key = ("dataset", "classes", number)
        if name in names[:number]:
            yield place, f"{name!r} is listed more than once"
        yield from _undrawable(place, name, "name")
    for one, other in (("mean", "std"), ("std", "mean")):
        if getattr(dataset, one) is not None and getattr(dataset, other) is None:
            yield ("dataset", one), f"give {other} too, or neither: both are then computed"


def _undrawable(key: Key, text: str, what: str) -> Iterator[tuple[Key, str]]:
    """Characters that figures would show as empty boxes."""
    if text.isascii():
        return
    import matplotlib
    from matplotlib.ft2font import FT2Font

    font = FT2Font(f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf").get_charmap()
    if missing := "".join(dict.fromkeys(letter for letter in text if ord(letter) not in font)):
        yield key, f"{text!r}: the figures' font has no {missing}; use another {what}"


def _recipe_faults(study: StudyConfig, name: str) -> Iterator[tuple[Key, str]]:
    variant, recipe = study.variants[name], study.trained_by(name)

    def larger(key: str, limit: str, most: float | None) -> Iterator[tuple[Key, str]]:
        """A key of the recipe, where the variant or the common recipe states it, above another."""
        if most is not None and recipe[key] > most:
            yield stated(key), f"{key} {recipe[key]} is larger than {limit} {most}"

    def stated(key: str) -> Key:
        return ("variants", name, key) if key in variant.stated() else ("training", key)

    yield from larger("batch_size", "dataset.train_images", study.dataset.train_images)
    yield from larger("base_momentum", "max_momentum", recipe["max_momentum"])
    if recipe["engine"] == "kernels" and (reason := no_kernels(recipe)):
        yield stated("engine"), f"{name}: {reason}; use auto or pytorch"
    if variant.norm == "group" and len(variant.norm_options) == 2:
        key = ("variants", name, "channels_per_group")
        yield key, "give num_groups or channels_per_group, not both"
        return
    for option, number in variant.norm_options.items():
        key = ("variants", name, option)
        if variant.norm != "group":
            yield key, f"{option} goes with norm: group, not {variant.norm}"
        elif unfit := [channels for channels in NORMALIZED_CHANNELS if channels % number]:
            yield (
                key,
                f"{option} {number} does not divide a layer of {unfit[0]} channels;"
                f" those that do: {', '.join(map(str, FITTING))}",
            )


def _look_faults(study: StudyConfig) -> Iterator[tuple[Key, str]]:
    looks, shares = study.looks, study.verdicts.shares
    if looks != sorted(set(looks)):
        yield ("verdicts", "looks"), f"{looks} is not in ascending order without repeats"
    if shares and (len(shares) != len(looks) or not math.isclose(sum(shares), 1)):
        words = f"{shares}: give one share for each of the {len(looks)} looks, with sum 1"
        yield ("verdicts", "shares"), words
    if study.until_decided and not looks:
        yield (
            ("seeds",),
            "`until decided` needs verdicts.looks, the numbers of seeds at which the claims are"
            " judged: such as [10, 30, 60]",
        )
    elif study.until_decided and len(looks) == 1:
        yield (
            ("verdicts", "looks"),
            f"{looks}: with one look nothing can be decided before it; give a later one too, or"
            f" `seeds: {looks[0]}`",
        )
    if study.until_decided and not study.claims:
        yield ("seeds",), "`until decided` needs claims, and there are none"


def _claim_faults(number: int, claim: Claim, study: StudyConfig) -> Iterator[tuple[Key, str]]:
    key = ("claims", number)
    rivals = [] if isinstance(claim.against, str) else claim.against
    variants = list(study.variants)
    yield from _undrawable((*key, "says"), claim.says, "sentence")
    if claim.id in [other.id for other in study.claims[:number]]:
        yield (*key, "id"), f"{claim.id!r} is used more than once"
    if claim.against == "all" and variants == [claim.variant]:
        yield (*key, "against"), f"{claim.id}: there is no other variant to set it against"
    named: list[tuple[Key, str]] = [((*key, "variant"), claim.variant)]
    named += [((*key, "against", place), rival) for place, rival in enumerate(rivals)]
    for stated, name in named:
        if name not in variants:
            hint = did_you_mean(name, variants) or f"known: {', '.join(variants)}"
            yield stated, f"{claim.id}: there is no variant {name!r}; {hint}"
    if claim.variant in rivals:
        yield (*key, "against"), f"{claim.id}: {claim.variant!r} is set against itself"


def _place_faults(study: StudyConfig, sources: Path | None) -> Iterator[tuple[Key, str]]:
    """Output folders whose path is already something else."""
    if sources is None:
        return
    named: dict[Key, str] = {("results",): study.results}
    named["dataset", "folder"] = study.dataset.folder
    if study.resume and not is_url(study.resume):
        named["resume",] = study.resume
    elif study.resume and urlsplit(study.resume).password:
        yield ("resume",), "holds a password, which logs would show; use the driver's settings"
    places = {}
    for key, given in named.items():
        try:
            places[key] = place = folder(given).resolve()
        except StudyError as error:
            yield key, str(error)
            continue
        if place.exists() and not place.is_dir():
            yield key, f"{given!r} is a file; name a folder"
        for project in (sources.resolve(), Path.cwd()) if key != ("resume",) else ():
            if project.is_relative_to(place):
                yield key, f"{given!r} contains the project; choose another folder"
                break
            if place.is_relative_to(project) and place.relative_to(project).parts[0] in SOURCES:
                yield key, f"{given!r} is the project's own; name a folder beside it"
                break
    results, data = (places.get(key) for key in (("results",), ("dataset", "folder")))
    if results and data and results.is_relative_to(data):
        yield ("results",), f"{study.results!r} is the folder of the data; name another"
