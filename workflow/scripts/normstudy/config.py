"""The study's config: checked against the schema, completed by its defaults, and read."""

import copy
import difflib
import math
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import relevance
from jsonschema.validators import extend

from .datasets import DATASETS, DatasetFacts
from .errors import StudyError

# Channels of the layers that model.py normalizes. Here again, so that a group size that does
# not fit is refused before any job starts without importing torch (a test holds them equal).
NORMALIZED_CHANNELS = (8, 16, 12, 16, 16, 16)

NORM_OPTIONS = ("num_groups", "channels_per_group")


def _fill_defaults(validator, properties, instance, schema):
    """Check `properties` as usual, after putting in the defaults of those that are missing."""
    if validator.is_type(instance, "object"):
        for name, subschema in properties.items():
            if "default" in subschema:
                instance.setdefault(name, copy.deepcopy(subschema["default"]))
    yield from Draft202012Validator.VALIDATORS["properties"](
        validator, properties, instance, schema
    )


def _is_finite_number(checker, instance) -> bool:
    """YAML can write .nan and .inf, which no key here may be."""
    return Draft202012Validator.TYPE_CHECKER.is_type(instance, "number") and math.isfinite(instance)


_Validator = extend(
    Draft202012Validator,
    {"properties": _fill_defaults},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("number", _is_finite_number),
)


def _sentence(error: ValidationError) -> str:
    """One schema error as a sentence that names the key, the value and what is allowed."""
    error = min(error.context, key=relevance) if error.validator == "oneOf" else error
    key = ".".join(str(part) for part in error.absolute_path) or "the top level"
    value = error.instance
    if error.validator == "additionalProperties" and isinstance(value, dict):
        known = list(error.schema.get("properties", {}))
        unknown = next(str(name) for name in value if name not in known)
        close = difflib.get_close_matches(unknown, known, 1)
        hint = f"did you mean {close[0]!r}?" if close else f"known keys: {', '.join(known)}"
        return f"{key}: unknown key {unknown!r}; {hint}"
    if error.validator == "required":
        missing = next(name for name in error.validator_value if name not in value)
        return f"{key}: the key {missing!r} is missing"
    if "propertyNames" in error.absolute_schema_path:
        return (
            f"{key}: {value!r} cannot name a variant; use a lower-case letter, then"
            " lower-case letters, digits and _ (40 characters at most)"
        )
    if error.validator == "type" and isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            pass
        else:
            # YAML takes 1e-4 for text, 1.0e-4 for a number.
            written = f"{number:.0f}" if number.is_integer() else f"{number:.1e}"
            return f"{key}: {value!r} is read as text; write it as a number, {written}"
    return f"{key}: {error.message}"


def check(config: dict, schema: dict, reserved: set[str] = frozenset()) -> dict:
    """The config with the schema's defaults filled in.

    A variant that is null is removed: so a later config file drops one that an earlier stated.

    Args:
        config: as read from YAML.
        schema: as read from workflow/schemas/config.schema.yaml.
        reserved: names that no variant may have, since they are targets already.

    Raises:
        StudyError: lists everything that is wrong, each with its key and what is allowed.
    """
    config = copy.deepcopy(config)
    if isinstance(config.get("variants"), dict):
        stated = config["variants"].items()
        config["variants"] = {name: variant for name, variant in stated if variant is not None}
    faults = [
        _sentence(error)
        for error in sorted(
            _Validator(schema).iter_errors(config), key=lambda e: list(map(str, e.path))
        )
    ]
    faults = faults or [*_cross_faults(config, reserved)]
    if faults:
        raise StudyError("; ".join(faults))
    for claim in config["claims"]:
        better = "higher" if "accuracy" in claim["metric"] else "lower"
        claim.setdefault("direction", better)
    return config


def _cross_faults(config: dict, reserved: set[str]):
    """What a schema cannot say: keys that must fit one another."""
    dataset, variants = config["dataset"], config["variants"]
    if dataset["name"] not in DATASETS and not dataset["source"]:
        yield (
            f"dataset.name: {dataset['name']!r} is not known ({', '.join(DATASETS)});"
            " for a dataset of your own name its folder as dataset.source"
        )
    for name, variant in variants.items():
        if name in reserved:
            yield f"variants.{name}: this name is taken by a target of the workflow; choose another"
        recipe = {**config["training"], **variant}
        if dataset["train_images"] and recipe["batch_size"] > dataset["train_images"]:
            yield (
                f"variants.{name}: batch_size {recipe['batch_size']} is larger than"
                f" dataset.train_images {dataset['train_images']}"
            )
        if recipe["base_momentum"] > recipe["max_momentum"]:
            yield (
                f"variants.{name}: base_momentum {recipe['base_momentum']} is larger than"
                f" max_momentum {recipe['max_momentum']}"
            )
        yield from (f"variants.{name}: {fault}" for fault in _group_faults(variant))
    ids = [claim["id"] for claim in config["claims"]]
    for number, claim in enumerate(config["claims"]):
        if ids.count(claim["id"]) > 1:
            yield f"claims.{number}.id: {claim['id']!r} is used more than once"
        rivals = [] if claim["against"] == "all" else claim["against"]
        if claim["against"] == "all" and len(variants) == 1:
            yield f"claims.{number} ({claim['id']}): there is no other variant to set it against"
        for named in (claim["variant"], *rivals):
            if named not in variants:
                yield (
                    f"claims.{number} ({claim['id']}): there is no variant {named!r};"
                    f" known: {', '.join(variants)}"
                )
        if claim["variant"] in rivals:
            yield f"claims.{number} ({claim['id']}): {claim['variant']!r} is set against itself"


def _group_faults(variant: dict):
    given = [option for option in NORM_OPTIONS if option in variant]
    if variant["norm"] != "group":
        yield from (f"{option} goes with norm: group, not {variant['norm']}" for option in given)
    elif len(given) == 2:
        yield "give num_groups or channels_per_group, not both"
    elif given:
        unfit = [c for c in NORMALIZED_CHANNELS if c % variant[given[0]]]
        if unfit:
            yield f"{given[0]} {variant[given[0]]} does not divide a layer of {unfit[0]} channels"


def load_schema(path: str | Path) -> dict:
    """The schema as a dictionary."""
    return yaml.safe_load(Path(path).read_text(encoding="utf-8"))


def seeds(config: dict) -> list[int]:
    """The study's seeds; a number n stands for 1 … n."""
    given = config["seeds"]
    return list(range(1, given + 1)) if isinstance(given, int) else list(given)


def dataset_facts(config: dict) -> DatasetFacts:
    """What is known of the study's dataset; a user's own has MNIST's constants."""
    dataset = config["dataset"]
    if dataset["name"] in DATASETS:
        return DATASETS[dataset["name"]]
    mnist = DATASETS["MNIST"]
    return DatasetFacts(
        classes=tuple(dataset.get("classes", mnist.classes)),
        noun="image",
        mean=mnist.mean,
        std=mnist.std,
        sha256={},
        attribution="",
    )


def run_parameters(config: dict, variant: str) -> dict:
    """All that a training run depends on besides its seed, the data files and the code.

    Raises:
        KeyError: no such variant.
    """
    own = dict(config["variants"][variant])
    own.pop("label")
    norm = own.pop("norm")
    options = {name: own.pop(name) for name in NORM_OPTIONS if name in own}
    dataset, facts = config["dataset"], dataset_facts(config)
    return {
        "norm": norm,
        "norm_options": options,
        **config["training"],
        **own,
        "dataset": dataset["name"],
        "train_images": dataset["train_images"],
        "test_images": dataset["test_images"],
        "mean": facts.mean,
        "std": facts.std,
    }


def varies_batch_size(config: dict) -> bool:
    """Whether variants of one normalization differ in batch size, so that it can be shown."""
    sizes = {}
    for variant in config["variants"].values():
        own = variant.get("batch_size", config["training"]["batch_size"])
        sizes.setdefault(variant["norm"], set()).add(own)
    return any(len(own) > 1 for own in sizes.values())


# Seconds an epoch relative to group normalization, as `make bench` finds them.
RELATIVE_COST = {"batch": 1.1, "layer": 0.9}


def cost(config: dict, variant: str) -> int:
    """How long a run of the variant takes, in no unit: to start the longest first.

    A step costs about as much for itself as for 64 images.
    """
    recipe = run_parameters(config, variant)
    images = recipe["train_images"] or 60_000
    epoch = images / 64 + images / recipe["batch_size"]
    return round(recipe["epochs"] * epoch * RELATIVE_COST.get(recipe["norm"], 1))
