"""What verdicts are made from, as a small folder of files: all that a study's runs measured.

Weights, images and whatever follows from the rest are left out. A folder grows: runs trained
later, or on another machine, are added to those that are there.
"""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from normstudy.config.study import StudyConfig
from normstudy.errors import StudyError
from normstudy.records import layout
from normstudy.records.files import replacing, write_json
from normstudy.records.json_records import Look, StudyRecord, from_json, read_looks
from normstudy.records.read_tables import Predictions, read_table
from normstudy.records.tables import EVALUATION, METRICS, MISCLASSIFIED, STUDY_TABLES

RUN_KEYS = ["variant", "seed"]
ERRORS = (*RUN_KEYS, "index", "label", "prediction")
TABLES = {"epochs": METRICS, "evaluation": EVALUATION, "errors": ERRORS}
FACTS = ("config", "versions", "python", "data_sha256", "sources")
RUN_FACTS = (*RUN_KEYS, "processor", "torch", "tensors_sha256")


@dataclass(frozen=True)
class Evidence:
    """The measured results of a study's runs.

    Attributes:
        facts: of the study: FACTS, with the config as resolved, and `recipes`: variant → recipe.
        runs: each run's record less its recipe, with whatever the version that made it recorded.
        epochs: every epoch of every run, columns of metrics.csv.
        evaluation: every finished network, columns of evaluation.csv.
        errors: every misclassified test image of every run, columns of ERRORS.
        looks: the looks that were taken, oldest first; empty if none were planned.
    """

    facts: dict
    runs: list[dict]
    epochs: pd.DataFrame
    evaluation: pd.DataFrame
    errors: pd.DataFrame
    looks: list[Look]

    @property
    def config(self) -> dict:
        """The study's config, with the seeds that were run."""
        return self.facts["config"]

    @property
    def seeds(self) -> dict:
        """What the study's config says of its seeds: seeds, first_seed."""
        return {key: self.config[key] for key in ("seeds", "first_seed") if key in self.config}

    @property
    def names(self) -> list[tuple[str, int]]:
        """(variant, seed) of every run."""
        return [(run["variant"], run["seed"]) for run in self.runs]

    def record(self, run: tuple[str, int]) -> dict:
        """That of a run, (variant, seed)."""
        return self.runs[self.names.index(run)]

    def predictions(self, issues: pd.DataFrame | None) -> Predictions:
        """The classes that the runs predict of all test images.

        Where every run is right and no rater doubts the label, label and prediction are both -1:
        nothing that is made of them looks at more than whether they agree.

        Args:
            issues: the table of label issues, or None.
        """
        images = int(self.evaluation.loc[self.evaluation["split"] == "test", "images"].iloc[0])
        labels = np.full(images, -1)
        if issues is not None:
            doubted = issues[issues["test_index"] < images]
            labels[doubted["test_index"]] = doubted["given_label"]
        labels[self.errors["index"]] = self.errors["label"]
        of_runs = {run: labels.copy() for run in self.names}
        for run, wrong in self.errors.groupby(RUN_KEYS):
            of_runs[run][wrong["index"]] = wrong["prediction"]
        return Predictions(labels, of_runs)


def trained(recipe: dict) -> dict:
    """The part of a recipe that says what was trained, not where."""
    return {key: value for key, value in recipe.items() if key not in ("device", "threads")}


def of_run(table: pd.DataFrame, run: tuple[str, int]) -> pd.DataFrame:
    """A run's rows of a table, without its name."""
    of_this = (table["variant"] == run[0]) & (table["seed"] == run[1])
    return table[of_this].drop(columns=RUN_KEYS)


def collect(results: Path) -> Evidence:
    """The evidence of a finished study in its results folder.

    Raises:
        StudyError: the study is not finished, or a table is not as its rule wrote it.
    """
    record = StudyRecord.read(results / "provenance.json")
    folders = [layout.run_folder(results, run.variant, run.seed) for run in record.runs]
    errors = [
        read_table(folder / "misclassified.csv", MISCLASSIFIED, "misclassified")
        .assign(variant=run.variant, seed=run.seed)
        .sort_values("index")
        for folder, run in zip(folders, record.runs, strict=True)
    ]
    evaluation = STUDY_TABLES["evaluation"].columns
    evaluation = read_table(layout.table(results, "evaluation"), evaluation, "summarize")
    return Evidence(
        facts={key: getattr(record, key) for key in FACTS}
        | {"recipes": {run.variant: run.recipe for run in record.runs}},
        runs=[{k: v for k, v in vars(run).items() if k != "recipe"} for run in record.runs],
        epochs=read_table(layout.table(results, "metrics"), METRICS, "summarize"),
        evaluation=evaluation[[*EVALUATION]],
        errors=pd.concat(errors, ignore_index=True)[[*ERRORS]],
        looks=read_looks(results / "looks.json"),
    )


def added(before: Evidence, new: Evidence) -> Evidence:
    """The runs of both; of a run that both have, the new one.

    Raises:
        StudyError: their runs were not made by the same recipes on the same data.
    """
    ours, theirs = before.facts["recipes"], new.facts["recipes"]
    for variant in sorted(ours.keys() & theirs.keys()):
        if trained(ours[variant]) != trained(theirs[variant]):
            raise StudyError(
                f"the published runs of {variant} had another recipe: publish these runs in a"
                " folder of their own"
            )
    if before.facts["data_sha256"] != new.facts["data_sha256"]:
        raise StudyError("the published runs were trained on other data")
    variants = before.config["variants"] | new.config["variants"]
    order, names = list(variants), set(new.names)

    def united(name: str) -> pd.DataFrame:
        old, fresh = getattr(before, name), getattr(new, name)
        stays = [run not in names for run in zip(old["variant"], old["seed"], strict=True)]
        both = pd.concat([old[stays], fresh])
        both = both.assign(place=both["variant"].map(order.index))
        both = both.sort_values(["place", "seed"], kind="stable").drop(columns="place")
        return both.reset_index(drop=True)

    planned = new.seeds
    if before.seeds != planned:
        designs = [StudyConfig.model_validate(one.config) for one in (before, new)]
        planned = {"seeds": sorted({seed for design in designs for seed in design.all_seeds})}
    runs = {(run["variant"], run["seed"]): run for run in (*before.runs, *new.runs)}
    return Evidence(
        facts=new.facts
        | {"config": new.config | planned | {"variants": variants}, "recipes": ours | theirs},
        runs=[runs[name] for name in sorted(runs, key=lambda n: (order.index(n[0]), n[1]))],
        **{name: united(name) for name in TABLES},
        looks=new.looks or before.looks,
    )


def write(evidence: Evidence, folder: Path) -> None:
    """Write the evidence to `folder`: equal evidence gives equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        text = getattr(evidence, name).to_csv(index=False, lineterminator="\n")
        with replacing(folder / f"{name}.csv.gz") as temporary:
            temporary.write_bytes(gzip.compress(text.encode(), mtime=0))
    write_json(evidence.facts, folder / "study.json")
    write_json(evidence.runs, folder / "runs.json")
    write_json(evidence.looks, folder / "looks.json")


def read(folder: Path) -> Evidence:
    """The evidence in `folder`.

    Raises:
        StudyError: a file is missing or damaged.
    """
    tables = {}
    try:
        facts, runs = (
            json.loads((folder / f"{name}.json").read_bytes()) for name in ("study", "runs")
        )
        looks = from_json(list[Look], (folder / "looks.json").read_bytes())
        for name, columns in TABLES.items():
            tables[name] = pd.read_csv(
                folder / f"{name}.csv.gz",
                dtype={"variant": str},
                keep_default_na=False,  # a variant may be called nan
                na_values=[""],
            )[[*columns]]
        missing = {*FACTS, "recipes"} - facts.keys()
        if missing := missing.union(*({*RUN_FACTS} - run.keys() for run in runs)):
            raise ValueError(f"there is no {', '.join(sorted(missing))}")
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise StudyError(f"{folder} does not hold the evidence of a study: {error}") from error
    return Evidence(facts=facts, runs=runs, looks=looks, **tables)
