"""The study as its config asks for it: a typed object, and what follows from its keys."""

from pathlib import Path

from ..data.datasets import DATASETS, DatasetFacts
from ..errors import StudyError
from .keys import StudyKeys, Variant

# Channels of the layers that model.py normalizes. Here again, so that a group size that does
# not fit is refused before any job starts without importing torch (a test holds them equal).
NORMALIZED_CHANNELS = (8, 16, 12, 16, 16, 16)
KERNEL_NORMS = ("batch", "layer", "group", "instance", "rms", "none")
DEFAULT_GROUPS = {
    "layer": ("num_groups", 1),
    "instance": ("channels_per_group", 1),
    "group": ("channels_per_group", 4),
}


class StudyConfig(StudyKeys):
    """A checked config: the keys of a study, and what they mean together."""

    @property
    def until_decided(self) -> bool:
        """Whether the study trains from look to look, as long as a claim is undecided."""
        return isinstance(self.seeds, str)

    @property
    def looks(self) -> list[int]:
        """The numbers of seeds at which verdicts are planned to be read; none stated: none."""
        return list(self.verdicts.looks or [])

    @property
    def all_seeds(self) -> list[int]:
        """Every seed that may be trained: with "until decided" as many as the last look has."""
        if isinstance(self.seeds, list):
            return list(self.seeds)
        count = self.looks[-1] if isinstance(self.seeds, str) else self.seeds
        return list(range(self.first_seed, self.first_seed + count))

    @property
    def labels(self) -> dict[str, str]:
        """variant → its label."""
        return {name: variant.label for name, variant in self.variants.items()}

    @property
    def dataset_facts(self) -> DatasetFacts:
        """What is known of the dataset, or what the config says of a user's own."""
        dataset = self.dataset
        if dataset.name in DATASETS:
            return DATASETS[dataset.name]
        classes = dataset.classes or DATASETS["MNIST"].classes
        return DatasetFacts(tuple(map(str, classes)), "image", dataset.mean, dataset.std)

    def trained_by(self, variant: str) -> dict:
        """The variant's keys over those of `training`."""
        return self.training.model_dump() | self.variants[variant].stated()

    def run_parameters(self, variant: str) -> dict:
        """Everything that a training run depends on besides its seed, the data files and the code.

        Where mean and std are None they are computed from the training images.

        Raises:
            KeyError: no such variant.
        """
        keys, facts = self.trained_by(variant), self.dataset_facts
        recipe = {
            **{key: keys[key] for key in type(self.training).model_fields},
            "norm": keys["norm"],
            "norm_options": self.variants[variant].norm_options,
            "dataset": self.dataset.name,
            "train_images": self.dataset.train_images,
            "test_images": self.dataset.test_images,
            "num_classes": len(facts.classes),
            "mean": facts.mean,
            "std": facts.std,
        }
        if recipe["engine"] == "auto" and no_kernels(recipe):
            recipe["engine"] = "pytorch"
        return dict(sorted(recipe.items()))  # the order of the config's keys retrains nothing

    def cost(self, variant: str) -> int:
        """Relative duration of a run of the variant, used to start the longest first.

        A step has a fixed cost of about 64 images.
        """
        recipe = self.run_parameters(variant)
        images = recipe["train_images"] or 60_000
        epoch = images / 64 + images / recipe["batch_size"]
        return round(recipe["epochs"] * epoch)

    def varied(self, key: str) -> dict[str, tuple[str, float]]:
        """The variants that differ from another of the same normalization in a training key.

        Args:
            key: "batch_size", with which the learning rate is usually scaled, or "max_lr", which
                is compared at equal batch sizes.

        Returns:
            variant → (norm, value of the key).
        """
        keys = {name: self.trained_by(name) for name in self.variants}
        equal = ("norm", "batch_size") if key == "max_lr" else ("norm",)
        values: dict[tuple, set] = {}
        for given in keys.values():
            values.setdefault(tuple(given[name] for name in equal), set()).add(given[key])
        return {
            name: (given["norm"], given[key])
            for name, given in keys.items()
            if len(values[tuple(given[name] for name in equal)]) > 1
        }

    @property
    def varies_groups(self) -> bool:
        """Whether variants of Group Normalization differ in their groups."""
        grouped = [variant for variant in self.variants.values() if variant.norm == "group"]
        return len(set(map(group_setting, grouped))) > 1


def group_setting(variant: Variant) -> tuple[str, int] | None:
    """How a variant groups channels: num_groups or channels_per_group, and of what number.

    Layer Normalization has one group, Instance Normalization groups of one channel; None for
    what has no groups.
    """
    return next(iter(variant.norm_options.items()), DEFAULT_GROUPS.get(variant.norm))


def no_kernels(recipe: dict) -> str | None:
    """Why the kernels cannot train a recipe with these parameters; None if they can."""
    if recipe["norm"] not in KERNEL_NORMS:
        return f"the kernels have no norm {recipe['norm']}"
    if recipe["precision"] != "fp32":
        return f"the kernels compute in fp32, not {recipe['precision']}"
    if recipe["device"] not in ("cpu", "auto"):
        return f"the kernels are for the CPU, not {recipe['device']}"
    return None


def folder(given: str) -> Path:
    """A folder as the config names it; ~ is the home folder.

    Raises:
        StudyError: ~ names a user who has none.
    """
    try:
        return Path(given).expanduser()
    except RuntimeError as error:
        raise StudyError(f"{given}: {error}") from error


def compared_folders(given: object) -> list[Path]:
    """The results folders that `--config compare=…` names.

    Raises:
        StudyError: it is not a list of at least two.
    """
    if isinstance(given, list) and len(given) > 1 and all(isinstance(name, str) for name in given):
        return [folder(name) for name in given]
    raise StudyError(
        "name the results folders of two studies or more, such as"
        " --config 'compare=[results, results/fashion]'"
    )
