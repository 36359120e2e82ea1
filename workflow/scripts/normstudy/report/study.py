"""The finished tables of a study, as the report reads them."""

import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from ..config.study import StudyConfig, group_setting
from ..data.datasets import DatasetFacts
from ..errors import StudyError
from ..records import layout
from ..records.json_records import Look, StudyRecord, read_looks
from ..records.read_tables import broken, read_table
from ..records.tables import (
    LABEL_ISSUES,
    MISCLASSIFIED,
    NETWORK,
    PREDICTIONS,
    PUBLISHED_VERDICTS,
    REFERENCE_RUN,
    STUDY_TABLES,
)
from .original import MODELS, departures, same_course


@dataclass(frozen=True)
class Study:
    """A study's tables, those of STUDY_TABLES.

    `network` is network.csv. `reference` is the original's table of epochs, `label_issues` the
    listing of doubted test labels and `published` this project's published verdicts; each is None
    where the dataset has none.
    """

    folder: Path
    provenance: StudyRecord
    network: pd.DataFrame
    metrics: pd.DataFrame
    curves: pd.DataFrame
    evaluation: pd.DataFrame
    runs: pd.DataFrame
    summary: pd.DataFrame
    comparisons: pd.DataFrame
    differences: pd.DataFrame
    claims: pd.DataFrame
    single_run: pd.DataFrame
    label_doubts: pd.DataFrame
    shared_errors: pd.DataFrame
    reference: pd.DataFrame | None = None
    label_issues: pd.DataFrame | None = None
    published: pd.DataFrame | None = None
    looks: tuple[Look, ...] = ()  # when verdicts were read: the record of looks.json
    options: str = ""  # what `snakemake` must be told to mean this study

    @property
    def config(self) -> dict:
        """The study as resolved when it was summarized."""
        return self.provenance.config

    @property
    def design(self) -> StudyConfig:
        """The config as a typed object."""
        return StudyConfig.model_validate(self.config)

    @property
    def labels(self) -> dict[str, str]:
        """variant → its label, in the order of the config."""
        return {name: variant["label"] for name, variant in self.config["variants"].items()}

    @property
    def seeds(self) -> list[int]:
        """The seeds with which any variant was trained, in the order of the config."""
        trained = set(self.runs["seed"])
        return [seed for seed in self.design.all_seeds if seed in trained]

    @property
    def seed_counts(self) -> list[int]:
        """The number of seeds of each variant: they may differ with `seeds: until decided`."""
        return self.runs.groupby("variant", sort=False).size().tolist()

    @property
    def judged(self) -> bool:
        """Whether there are verdicts: a claim that was judged at some number of seeds."""
        return bool(self.claims["look"].notna().any())

    @property
    def facts(self) -> DatasetFacts:
        """What is known of the dataset."""
        return self.design.dataset_facts

    @cached_property
    def recipes(self) -> dict[str, dict]:
        """variant → all the parameters of its runs, as they were trained."""
        recipes = {run.variant: run.recipe for run in self.provenance.runs}
        return {variant: recipes[variant] for variant in self.labels}

    @property
    def norms(self) -> list[str]:
        """The kinds of normalization in use, in the order of the config."""
        return list(dict.fromkeys(self.recipes[variant]["norm"] for variant in self.labels))

    @property
    def one_channel_groups(self) -> bool:
        """Whether a variant's groups are of one channel each."""
        settings = map(group_setting, self.design.variants.values())
        return ("channels_per_group", 1) in settings

    @property
    def parameters(self) -> dict[str, int]:
        """variant → the number of its learned parameters."""
        own = self.network.groupby("variant")[["convolution", "normalization"]].sum().sum(axis=1)
        return own[list(self.labels)].to_dict()

    @property
    def ranked_tests(self) -> pd.DataFrame:
        """The rows of `tests`, the fewest errors first; of equal ones the config's order."""
        order = list(self.labels)
        tests = self.tests().sort_values("variant", key=lambda names: names.map(order.index))
        return tests.sort_values("errors", kind="stable")

    @property
    def published_verdicts(self) -> pd.DataFrame | None:
        """This project's published verdicts, where the study is the original's and has none yet."""
        same = self.labels.keys() == MODELS.keys()
        if self.judged or not same or departures(self.config, self.recipes):
            return None
        return self.published

    def of_metric(self, metric: str) -> pd.DataFrame:
        """The summary of one metric, by variant in the order of the config."""
        own = self.summary[self.summary["metric"] == metric].set_index("variant")
        return own.reindex(list(self.labels))

    def tests(self) -> pd.DataFrame:
        """The runs' figures on the test images: variant, seed, accuracy, errors, ci_low, …"""
        return self.evaluation[self.evaluation["split"] == "test"]

    def reported(self, metric: str) -> dict[str, float]:
        """variant → the original's value, where our curves may be compared with its."""
        if self.reference is None or not same_course(self.config, self.recipes):
            return {}
        own = self.summary[self.summary["metric"] == metric].dropna(subset="reference")
        return dict(zip(own["variant"], own["reference"], strict=True))

    def images(self, split: str) -> int:
        """Number of images of a split ("train" or "test")."""
        return int(self.evaluation.loc[self.evaluation["split"] == split, "images"].iloc[0])

    def run_folder(self, variant: str, seed: int) -> Path:
        """Where a run's own files lie."""
        return layout.run_folder(self.folder, variant, seed)

    def errors(self, variant: str, seed: int) -> pd.DataFrame:
        """A run's misclassified test images, in the order in which they are shown."""
        path = self.run_folder(variant, seed) / "misclassified.csv"
        return read_table(path, MISCLASSIFIED, "misclassified")

    def predictions(self, variant: str, seed: int) -> pd.DataFrame:
        """What a run said of every test image, in the order of the test set."""
        path = self.run_folder(variant, seed) / "predictions.csv"
        return read_table(path, PREDICTIONS, "misclassified")

    def remake(self, name: str) -> str:
        """The command that makes a file of the results again."""
        target = shlex.quote((self.folder / name).as_posix())
        return f"snakemake --cores 1 {target} --force {self.options}".rstrip()


def means_of(summary: pd.DataFrame, metric: str) -> dict[str, float]:
    """variant → its mean of a metric, as summary.csv has it."""
    own = summary[summary["metric"] == metric]
    return dict(zip(own["variant"], own["mean"], strict=True))


def load_study(
    results: str | Path,
    reference: str | None = None,
    label_issues: str | None = None,
    published: str | None = None,
    options: str = "",
) -> Study:
    """The study whose tables lie in folder `results`.

    Args:
        results: folder that rule summarize wrote to.
        reference, label_issues, published: paths of the tables of workflow/resources that fit
            the dataset.
        options: those of `snakemake` that choose this study, as typed.

    Raises:
        StudyError: there is no study yet, or a table or record is not as its rule wrote it.
    """
    folder = Path(results)
    network_path = layout.table(folder, "network")
    if not (folder / "provenance.json").exists() and not network_path.parent.exists():
        raise StudyError(
            f"no study here yet: {folder} has no tables; run `snakemake --cores 4` (with the"
            " study's --configfile, if it has one), or name the folder that the study wrote to"
        )
    record = StudyRecord.read(folder / "provenance.json")
    network = read_table(network_path, NETWORK, "worked_example")
    # Marked as up to date by --touch, it may be of fewer variants.
    for variant in record.config["variants"]:
        if variant not in set(network["variant"]):
            raise broken(network_path, f" has no {variant}", "worked_example")
    return Study(
        folder=folder,
        provenance=record,
        **{
            name: read_table(layout.table(folder, name), table.columns, "summarize")
            for name, table in STUDY_TABLES.items()
        },
        reference=read_table(reference, REFERENCE_RUN) if reference else None,
        label_issues=read_table(label_issues, LABEL_ISSUES) if label_issues else None,
        published=read_table(published, PUBLISHED_VERDICTS) if published else None,
        network=network,
        looks=tuple(read_looks(folder / "looks.json")),
        options=options,
    )
