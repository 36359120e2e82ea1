"""What a checked config says: its seeds, dataset, folders, and the recipe of each run."""

from pathlib import Path

from ..data.datasets import DATASETS, DatasetFacts
from ..errors import StudyError

# Channels of the layers that model.py normalizes. Here again, so that a group size that does
# not fit is refused before any job starts without importing torch (a test holds them equal).
NORMALIZED_CHANNELS = (8, 16, 12, 16, 16, 16)

KERNEL_NORMS = ("batch", "layer", "group", "instance", "rms", "none")
NORM_OPTIONS = ("num_groups", "channels_per_group")


def folder(given: str) -> Path:
    """A folder as the config names it; ~ is the home folder.

    Raises:
        StudyError: ~ names a user who has none.
    """
    try:
        return Path(given).expanduser()
    except RuntimeError as error:
        raise StudyError(f"{given}: {error}") from error


def compared(given: object) -> list[str]:
    """The results folders that `--config compare=…` names.

    Raises:
        StudyError: it is not a list of at least two.
    """
    if isinstance(given, list) and len(given) > 1 and all(isinstance(name, str) for name in given):
        return given
    raise StudyError(
        "name the results folders of two studies or more, such as"
        " --config 'compare=[results, results/fashion]'"
    )


UNTIL_DECIDED = "until decided"


def until_decided(config: dict) -> bool:
    """Whether the study trains from look to look, as long as a claim is undecided."""
    return config["seeds"] == UNTIL_DECIDED


def looks(config: dict) -> list[int]:
    """The numbers of seeds at which verdicts are planned to be read; none stated: none."""
    return list(config["verdicts"].get("looks") or [])


def seeds(config: dict) -> list[int]:
    """The study's seeds; a number is how many, "until decided" as many as the last look."""
    given = looks(config)[-1] if until_decided(config) else config["seeds"]
    first = config.get("first_seed", 1)
    return list(range(first, first + given)) if isinstance(given, int) else list(given)


def dataset_facts(config: dict) -> DatasetFacts:
    """What is known of the study's dataset, or what the config says of a user's own."""
    dataset = config["dataset"]
    if dataset["name"] in DATASETS:
        return DATASETS[dataset["name"]]
    return DatasetFacts(
        classes=tuple(map(str, dataset.get("classes", DATASETS["MNIST"].classes))),
        noun="image",
        mean=dataset["mean"],
        std=dataset["std"],
    )


def run_parameters(config: dict, variant: str) -> dict:
    """Everything that a training run depends on besides its seed, the data files and the code.

    Where mean and std are None they are computed from the training images (data.pixel_constants).

    Raises:
        KeyError: no such variant.
    """
    own = dict(config["variants"][variant])
    own.pop("label")
    norm = own.pop("norm")
    options = {name: own.pop(name) for name in NORM_OPTIONS if name in own}
    dataset, facts = config["dataset"], dataset_facts(config)
    recipe = {
        "norm": norm,
        "norm_options": options,
        **config["training"],
        **own,
        "dataset": dataset["name"],
        "train_images": dataset["train_images"],
        "test_images": dataset["test_images"],
        "num_classes": len(facts.classes),
        "mean": facts.mean,
        "std": facts.std,
    }
    if recipe["engine"] == "auto" and no_kernels(recipe):
        recipe["engine"] = "pytorch"
    return dict(sorted(recipe.items()))  # the order of the config's keys retrains nothing


def no_kernels(recipe: dict) -> str | None:
    """Why the kernels cannot train a recipe with these parameters; None if they can."""
    if recipe["norm"] not in KERNEL_NORMS:
        return f"the kernels have no norm {recipe['norm']}"
    if recipe["precision"] != "fp32":
        return f"the kernels compute in fp32, not {recipe['precision']}"
    if recipe["device"] not in ("cpu", "auto"):
        return f"the kernels are for the CPU, not {recipe['device']}"
    return None


def varied(config: dict, key: str, fixed: tuple[str, ...] = ()) -> dict[str, tuple[str, float]]:
    """The variants that differ from another of the same normalization in a training key.

    Args:
        key: the training key.
        fixed: training keys in which the two must agree.

    Returns:
        variant → (norm, value of the key).
    """
    values: dict[tuple, set] = {}
    found: dict[str, tuple[tuple, float]] = {}
    for name, variant in config["variants"].items():
        recipe = config["training"] | variant
        series = (variant["norm"], *(recipe[other] for other in fixed))
        values.setdefault(series, set()).add(recipe[key])
        found[name] = series, recipe[key]
    return {
        name: (series[0], value)
        for name, (series, value) in found.items()
        if len(values[series]) > 1
    }


def varied_batch_sizes(config: dict) -> dict[str, tuple[str, float]]:
    """The variants `varied` in batch size, and usually in the learning rate scaled with it."""
    return varied(config, "batch_size")


def varied_learning_rates(config: dict) -> dict[str, tuple[str, float]]:
    """`varied` in the peak learning rate alone, at one batch size."""
    return varied(config, "max_lr", fixed=("batch_size",))


def group_setting(variant: dict) -> tuple[str, int] | None:
    """How a variant groups channels: num_groups or channels_per_group, and of what number.

    Layer Normalization has one group, Instance Normalization groups of one channel; None for
    what has no groups.
    """
    given = [(option, variant[option]) for option in NORM_OPTIONS if option in variant]
    default = {
        "layer": ("num_groups", 1),
        "instance": ("channels_per_group", 1),
        "group": ("channels_per_group", 4),
    }
    return given[0] if given else default.get(variant["norm"])


def varies_groups(config: dict) -> bool:
    """Whether variants of Group Normalization differ in their groups, so that it can be shown."""
    grouped = [v for v in config["variants"].values() if v["norm"] == "group"]
    return len({group_setting(variant) for variant in grouped}) > 1


# Seconds an epoch relative to group normalization, as `make bench` finds them.
RELATIVE_COST = {"batch": 1.1, "layer": 0.9}


def cost(config: dict, variant: str) -> int:
    """Relative duration of a run of the variant, used to start the longest first.

    A step has a fixed cost of about 64 images.
    """
    recipe = run_parameters(config, variant)
    images = recipe["train_images"] or 60_000
    epoch = images / 64 + images / recipe["batch_size"]
    return round(recipe["epochs"] * epoch * RELATIVE_COST.get(recipe["norm"], 1))
