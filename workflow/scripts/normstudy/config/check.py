"""Checks a config against the schema and fills in defaults; errors name the key and the fix."""

import ast
import copy
import math
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from ..data.datasets import DATASETS
from ..errors import StudyError
from ..records.metrics import METRICS
from ..records.store import is_url
from .faults import did_you_mean, fault
from .lines import ConfigFile, Key, dotted, where_stated
from .resolved import NORM_OPTIONS, NORMALIZED_CHANNELS, folder, no_kernels, until_decided
from .targets import FOLDERS

# Numbers of groups, and of channels in one, that divide all of them.
FITTING = [n for n in range(1, 9) if not any(c % n for c in NORMALIZED_CHANNELS)]

# Folders of the project that no study may write to.
SOURCES = {"workflow", "report", "tests", "docs", "benchmarks", ".git", ".venv", ".snakemake"}


def _fill_defaults(validator, properties, instance, schema):
    """Validate `properties` after filling in the missing defaults."""
    if validator.is_type(instance, "object"):
        for name, subschema in properties.items():
            if "default" in subschema:
                instance.setdefault(name, copy.deepcopy(subschema["default"]))
    yield from Draft202012Validator.VALIDATORS["properties"](
        validator, properties, instance, schema
    )


def _is_finite_number(checker, instance) -> bool:
    """Whether a number is finite: no key may be YAML's .nan or .inf."""
    return Draft202012Validator.TYPE_CHECKER.is_type(instance, "number") and math.isfinite(instance)


def _is_whole_number(checker, instance) -> bool:
    """Whether a number is whole: JSON Schema accepts 2.0, seeds and epochs do not."""
    return isinstance(instance, int) and not isinstance(instance, bool)


_Validator = extend(
    Draft202012Validator,
    {"properties": _fill_defaults},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"number": _is_finite_number, "integer": _is_whole_number}
    ),
)


def check(
    config: dict,
    schema: dict,
    reserved: Collection[str] = (),
    files: Sequence[ConfigFile] = (),
    sources: Path | None = None,
) -> dict:
    """The config with the schema's defaults filled in.

    A variant set to null is removed, so that a later config file can drop one of an earlier.

    Args:
        config: as read from YAML.
        schema: as read from workflow/schemas/config.schema.yaml.
        reserved: names that no variant may have, since they are targets already.
        files: what the config was read from, in that order, to say where a mistake stands.
        sources: the project's folder, which no results may be written over; None checks no paths.

    Raises:
        StudyError: a line for everything that is wrong: file and line, key, and what is allowed.
    """
    config = copy.deepcopy(config)
    if isinstance(config.get("variants"), dict):
        stated = config["variants"].items()
        config["variants"] = {name: variant for name, variant in stated if variant is not None}
    errors = sorted(_Validator(schema).iter_errors(config), key=lambda e: list(map(str, e.path)))
    faults = [fault(error) for error in errors]
    if not faults:  # of what all variants share, each finds the same
        found = (*_cross_faults(config, reserved), *_place_faults(config, sources))
        faults = list(dict.fromkeys(found))
    if faults:
        where = [where_stated(key, files) for key, _ in faults]
        raise StudyError(
            "\n".join(
                f"{place}: {dotted(key)}: {words}" if place else f"{dotted(key)}: {words}"
                for place, (key, words) in zip(where, faults, strict=True)
            )
        )
    for claim in config["claims"]:
        better = METRICS[claim["metric"]].higher_is_better
        claim.setdefault("direction", "higher" if better else "lower")
    return config


def _cross_faults(config: dict, reserved: Collection[str]) -> Iterator[tuple[Key, str]]:
    """Errors that a schema cannot express: keys that must agree with each other."""
    dataset, variants = config["dataset"], config["variants"]
    if dataset["name"] not in DATASETS and not dataset["source"]:
        hint = did_you_mean(dataset["name"], DATASETS)
        yield (
            ("dataset", "name"),
            f"{dataset['name']!r} is not known ({', '.join(DATASETS)});"
            f" {hint or 'for a dataset of your own name its folder as dataset.source'}",
        )
    labels: dict[str, str] = {}
    if dataset["name"] in DATASETS:
        yield from (
            (("dataset", key), f"{dataset['name']} has its own; leave this out")
            for key in ("classes", "mean", "std")
            if dataset.get(key) is not None
        )
    names = [str(name) for name in dataset.get("classes", [])]
    for number, name in enumerate(names):
        place = ("dataset", "classes", number)
        if name in names[:number]:
            yield place, f"{name!r} is listed more than once"
        if missing := not_drawable(name):
            yield place, f"{name!r}: the figures' font has no {missing}; use another name"
    for given, other in (("mean", "std"), ("std", "mean")):
        if dataset[given] is not None and dataset[other] is None:
            yield ("dataset", given), f"give {other} too, or neither: both are then computed"
    for name, variant in variants.items():
        key = ("variants", name)
        if name in FOLDERS:
            yield key, f"this name is reserved: {name} is a folder of the results; choose another"
        elif name in reserved:
            yield key, "this name is taken by a target of the workflow; choose another"
        if missing := not_drawable(variant["label"]):
            words = f"{variant['label']!r}: the figures' font has no {missing}; use another label"
            yield (*key, "label"), words
        first = labels.setdefault(variant["label"], name)
        if first != name:
            yield (
                (*key, "label"),
                f"{variant['label']!r} is also what {first} is called; the report needs two names",
            )
        recipe = {**config["training"], **variant}
        if dataset["train_images"] and recipe["batch_size"] > dataset["train_images"]:
            yield (
                _own(key, "batch_size", variant),
                f"batch_size {recipe['batch_size']} is larger than"
                f" dataset.train_images {dataset['train_images']}",
            )
        if recipe["base_momentum"] > recipe["max_momentum"]:
            yield (
                _own(key, "base_momentum", variant),
                f"base_momentum {recipe['base_momentum']} is larger than"
                f" max_momentum {recipe['max_momentum']}",
            )
        if recipe["engine"] == "kernels" and (reason := no_kernels(recipe)):
            yield _own(key, "engine", variant), f"{name}: {reason}; use auto or pytorch"
        yield from (((*key, option), words) for option, words in _group_faults(variant))
    looks = config["verdicts"]["looks"] or []
    if looks != sorted(set(looks)):
        yield ("verdicts", "looks"), f"{looks} is not in ascending order without repeats"
    shares = config["verdicts"]["shares"]
    if shares and (len(shares) != len(looks) or not math.isclose(sum(shares), 1)):
        yield (
            ("verdicts", "shares"),
            f"{shares}: give one share for each of the {len(looks)} looks, with sum 1",
        )
    if until_decided(config):
        yield from _until_decided_faults(looks, config["claims"])
    for number, claim in enumerate(config["claims"]):
        yield from (
            (("claims", number, *key), words)
            for key, words in _claim_faults(claim, config["claims"][:number], list(variants))
        )


def not_drawable(text: str) -> str:
    """The characters that figures would show as empty boxes."""
    if text.isascii():
        return ""
    import matplotlib
    from matplotlib.ft2font import FT2Font

    font = FT2Font(f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf")
    return "".join(dict.fromkeys(c for c in text if ord(c) not in font.get_charmap()))


def _until_decided_faults(looks: list[int], claims: list[dict]) -> Iterator[tuple[Key, str]]:
    if not looks:
        yield (
            ("seeds",),
            "`until decided` needs verdicts.looks, the numbers of seeds at which the claims are"
            " judged: such as [10, 30, 60]",
        )
    elif len(looks) == 1:
        yield (
            ("verdicts", "looks"),
            f"{looks}: with one look nothing can be decided before it; give a later one too, or"
            f" `seeds: {looks[0]}`",
        )
    if not claims:
        yield ("seeds",), "`until decided` needs claims, and there are none"


def _own(key: Key, name: str, variant: dict) -> Key:
    """The path of a variant's training key: in the variant or in the common recipe."""
    return (*key, name) if name in variant else ("training", name)


def _group_faults(variant: dict) -> Iterator[tuple[str, str]]:
    given = [option for option in NORM_OPTIONS if option in variant]
    if variant["norm"] != "group":
        yield from ((o, f"{o} goes with norm: group, not {variant['norm']}") for o in given)
    elif len(given) == 2:
        yield given[1], "give num_groups or channels_per_group, not both"
    elif given:
        option = given[0]
        unfit = [c for c in NORMALIZED_CHANNELS if c % variant[option]]
        if unfit:
            yield (
                option,
                f"{option} {variant[option]} does not divide a layer of {unfit[0]} channels;"
                f" those that do: {', '.join(map(str, FITTING))}",
            )


def _claim_faults(
    claim: dict, before: list[dict], variants: list[str]
) -> Iterator[tuple[Key, str]]:
    rivals = [] if claim["against"] == "all" else claim["against"]
    if claim["id"] in [other["id"] for other in before]:
        yield ("id",), f"{claim['id']!r} is used more than once"
    if claim["against"] == "all" and variants == [claim["variant"]]:
        yield ("against",), f"{claim['id']}: there is no other variant to set it against"
    named: list[tuple[Key, str]] = [(("variant",), claim["variant"])]
    named += [(("against", number), rival) for number, rival in enumerate(rivals)]
    for key, name in named:
        if name not in variants:
            hint = did_you_mean(name, variants) or f"known: {', '.join(variants)}"
            yield key, f"{claim['id']}: there is no variant {name!r}; {hint}"
    if claim["variant"] in rivals:
        yield ("against",), f"{claim['id']}: {claim['variant']!r} is set against itself"


def _place_faults(config: dict, sources: Path | None) -> Iterator[tuple[Key, str]]:
    """Output folders whose path is already something else."""
    if sources is None:
        return
    named: dict[Key, str] = {
        ("results",): config["results"],
        ("dataset", "folder"): config["dataset"]["folder"],
    }
    resume = config["resume"]  # where unfinished runs keep their state, if not in the results
    if resume and not is_url(resume):
        named["resume",] = resume
    elif resume and urlsplit(resume).password:
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
                yield key, f"{given!r} holds the project itself; name a folder of its own"
                break
            if place.is_relative_to(project) and place.relative_to(project).parts[0] in SOURCES:
                yield key, f"{given!r} is the project's own; name a folder beside it"
                break
    results, data = (places.get(key) for key in (("results",), ("dataset", "folder")))
    if results and data and results.is_relative_to(data):
        yield ("results",), f"{config['results']!r} is the folder of the data; name another"


def load_schema(path: str | Path) -> dict:
    """The schema as a dictionary, with the names of model.NORMS and of METRICS.

    Raises:
        StudyError: model.py is not Python.
    """
    text = Path(path).read_text(encoding="utf-8")
    schema = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # in C: 50 ms less
    variant = schema["properties"]["variants"]["additionalProperties"]
    variant["properties"]["norm"]["enum"] = norm_names()
    schema["properties"]["claims"]["items"]["properties"]["metric"]["enum"] = list(METRICS)
    return schema


def norm_names() -> list[str]:
    """The keys of model.NORMS, read from its source: importing it would import torch."""
    path = Path(__file__).parents[1] / "network" / "model.py"
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise StudyError(f"{path}, line {error.lineno}: {error.msg}") from error
    registry = next(
        node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign)
        and ast.unparse(node.target) == "NORMS"
        and isinstance(node.value, ast.Dict)
    )
    return [ast.literal_eval(key) for key in registry.keys if key]
