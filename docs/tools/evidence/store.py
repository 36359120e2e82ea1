"""What verdicts are made from, as a small folder of files: all that a study's runs measured.

Weights, images and whatever follows from the rest are left out. A folder grows: runs trained
later, or on another machine, are added to those that are there.
"""

import gzip
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from normstudy.config.study import StudyConfig
from normstudy.errors import StudyError
from normstudy.records import layout
from normstudy.records.files import replacing, write_json
from normstudy.records.json_records import Look, read_looks, read_record
from normstudy.records.read_tables import read_table
from normstudy.records.tables import EVALUATION, METRICS, MISCLASSIFIED, STUDY_TABLES
from normstudy.statistics.summary import RunTables

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

    def predictions(self, issues: pd.DataFrame | None) -> Mapping[tuple[str, int], pd.DataFrame]:
        """(variant, seed) → index, label, prediction of all test images.

        Where every run is right and no rater doubts the label, label and prediction are both -1:
        nothing that is made of this table looks at more than whether they agree.

        Args:
            issues: the table of label issues, or None.
        """
        images = int(self.evaluation.loc[self.evaluation["split"] == "test", "images"].iloc[0])
        labels = np.full(images, -1)
        if issues is not None:
            doubted = issues[issues["test_index"] < images]
            labels[doubted["test_index"]] = doubted["given_label"]
        labels[self.errors["index"]] = self.errors["label"]
        own = dict(tuple(self.errors.groupby(RUN_KEYS)))

        def of_run(run: tuple[str, int]) -> pd.DataFrame:
            table = pd.DataFrame({"index": np.arange(images), "label": labels})
            table["prediction"] = labels
            wrong = own.get(run, self.errors[:0])
            table.loc[wrong["index"], "prediction"] = wrong["prediction"].to_numpy()
            return table

        return RunTables({run: partial(of_run, run) for run in self.names})


def trained(recipe: dict) -> dict:
    """The part of a recipe that says what was trained, not where."""
    return {key: value for key, value in recipe.items() if key not in ("device", "threads")}


def of_run(table: pd.DataFrame, run: tuple[str, int]) -> pd.DataFrame:
    """A run's rows of a table, without its name."""
    own = (table["variant"] == run[0]) & (table["seed"] == run[1])
    return table[own].drop(columns=RUN_KEYS)


def collect(results: Path) -> Evidence:
    """The evidence of a finished study in its results folder.

    Raises:
        StudyError: the study is not finished, or a table is not as its rule wrote it.
    """
    record = read_record(results / "provenance.json", [*FACTS, "runs"], "summarize")
    folders = [layout.run_folder(results, run["variant"], run["seed"]) for run in record["runs"]]
    errors = [
        read_table(folder / "misclassified.csv", MISCLASSIFIED, "misclassified")
        .assign(variant=run["variant"], seed=run["seed"])
        .sort_values("index")
        for folder, run in zip(folders, record["runs"], strict=True)
    ]
    evaluation = STUDY_TABLES["evaluation"].columns
    evaluation = read_table(layout.table(results, "evaluation"), evaluation, "summarize")
    return Evidence(
        facts={key: record[key] for key in FACTS}
        | {"recipes": {run["variant"]: run["recipe"] for run in record["runs"]}},
        runs=[{k: v for k, v in run.items() if k != "recipe"} for run in record["runs"]],
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
    names = set(new.names)
    kept = [run for run in before.runs if (run["variant"], run["seed"]) not in names]
    order = list(dict.fromkeys([*before.config["variants"], *new.config["variants"]]))

    def united(name: str) -> pd.DataFrame:
        old, own = getattr(before, name), getattr(new, name)
        stays = [run not in names for run in zip(old["variant"], old["seed"], strict=True)]
        both = pd.concat([old[stays], own], ignore_index=True)
        place = both["variant"].map(order.index)
        return both.assign(place=place).sort_values(["place", "seed"], kind="stable")[own.columns]

    variants = before.config["variants"] | new.config["variants"]
    planned = new.seeds
    if before.seeds != planned:
        designs = [StudyConfig.model_validate(one.config) for one in (before, new)]
        planned = {"seeds": sorted({seed for design in designs for seed in design.all_seeds})}
    return Evidence(
        facts=new.facts
        | {"config": new.config | planned | {"variants": variants}, "recipes": ours | theirs},
        runs=sorted([*kept, *new.runs], key=lambda r: (order.index(r["variant"]), r["seed"])),
        **{name: united(name).reset_index(drop=True) for name in TABLES},
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
        facts, runs, looks = (
            json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            for name in ("study", "runs", "looks")
        )
        for name, columns in TABLES.items():
            packed = (folder / f"{name}.csv.gz").read_bytes()
            table = pd.read_csv(
                io.BytesIO(gzip.decompress(packed)),
                dtype={"variant": str},
                keep_default_na=False,  # a variant may be called nan
                na_values=[""],
            )
            if list(table) != list(columns):
                raise ValueError(f"{name}.csv.gz has other columns")
            tables[name] = table
        missing = [key for key in (*FACTS, "recipes") if key not in facts]
        missing += [key for run in runs for key in RUN_FACTS if key not in run]
        taken = [Look.of(look) for look in looks]
        if missing:
            raise ValueError(f"{missing[0]} is missing")
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise StudyError(f"{folder} does not hold the evidence of a study: {error}") from error
    return Evidence(facts=facts, runs=runs, looks=taken, **tables)
