"""Made-up studies, runs, claims and predictions, so that a test decides who wins.

PyTorch takes seconds to import, so that it is loaded only for what needs it.
"""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from normstudy.config.check import check
from normstudy.config.study import StudyConfig
from normstudy.records import layout
from normstudy.records.files import write_csv, write_json
from normstudy.records.json_records import JobCost, Look, RunRecord, StudyRecord
from normstudy.records.read_tables import Predictions
from normstudy.records.tables import STUDY_TABLES
from normstudy.report.study import Study
from normstudy.statistics.shared_errors import shared_errors
from normstudy.statistics.study_tables import study_tables

from helpers.places import ROOT, STUDIES

REFERENCE = pd.read_csv(ROOT / "workflow" / "resources" / "mnist_reference_run.csv")
ISSUES = pd.read_csv(ROOT / "workflow" / "resources" / "mnist_label_issues.csv")
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
VERDICTS = {"margin": 0.05, "loss_margin": 0.002, "confidence": 0.95, "looks": None}


def made_up_config(**changes) -> dict:
    """The project's own config, resolved, with some top-level keys replaced."""
    return check(CONFIG | changes).model_dump()


def study_file(name: str) -> dict:
    """A file of workflow/studies as it is: what is laid over config.yaml."""
    return yaml.safe_load((STUDIES / f"{name}.yaml").read_text(encoding="utf-8"))


def claim(variant="a", against="all", direction="higher", metric="test_accuracy", **more) -> dict:
    """A claim, complete."""
    return {
        "id": f"{variant}-{metric}".replace("_", "-"),
        "says": f"{variant} is best",
        "metric": metric,
        "variant": variant,
        "against": against,
        "direction": direction,
        **more,
    }


def runs_table(seeds=None, metric="test_accuracy", **values: Sequence[float]) -> pd.DataFrame:
    """variant=[a value of the metric per seed] as a table of runs without other metrics."""
    return pd.concat(
        pd.DataFrame(
            {"variant": name, "seed": (seeds or range(1, len(own) + 1))[: len(own)], metric: own}
        )
        for name, own in values.items()
    ).reset_index(drop=True)


def made_up_study(
    accuracies: dict[str, list[float]],
    *,
    train: float = 99.6,
    images: int = 10_000,
    epochs: int = 20,
    reference: bool = True,
    looks: Sequence[Look] = (),
    folder: Path = Path("results"),
    **changes,
) -> Study:
    """A study whose runs end at the given test accuracies.

    Args:
        accuracies: variant → the final test accuracy in percent of each seed, from 1 on or
            those listed as `seeds`.
        train: running train accuracy in percent of every run.
        images: number of test images.
        epochs: of every run; the accuracy rises by 0.01 points an epoch.
        reference: whether the replicated study's numbers apply.
        looks: the record of the looks taken.
        changes: of the config's top-level keys.
    """
    unknown = {"norm": "none"}
    defaults = {
        "variants": {
            name: CONFIG["variants"].get(name, unknown | {"label": f"Model {name}"})
            for name in accuracies
        },
        "seeds": len(next(iter(accuracies.values()))),
        "claims": [],
    }
    config = made_up_config(**(defaults | changes))
    design = StudyConfig.model_validate(config)
    seeds = design.all_seeds
    metrics, evaluation, jobs, trained = [], [], [], []
    for variant, by_seed in accuracies.items():
        recipe = design.run_parameters(variant)
        for seed, accuracy in zip(seeds[: len(by_seed)], by_seed, strict=True):
            keys = {"variant": variant, "seed": seed}
            metrics += [
                keys
                | {
                    "epoch": epoch,
                    "learning_rate": 0.01,
                    "train_loss": 1 / epoch,
                    "train_accuracy": train - 0.01 * (epochs - epoch),
                    "test_loss": 0.5 / epoch,
                    "test_accuracy": accuracy - 0.01 * (epochs - epoch),
                }
                for epoch in range(1, epochs + 1)
            ]
            for split, value, count in (("train", 99.8, 60_000), ("test", accuracy, images)):
                errors = round(count * (100 - value) / 100)
                scores = {"loss": 0.02, "accuracy": value, "images": count, "errors": errors}
                evaluation.append(keys | {"split": split} | scores)
            jobs.append(JobCost(f"train {variant} seed {seed}", 10.0 * seed, 800.0))
            trained.append(
                RunRecord(
                    **keys,
                    started="2026-01-31T12:00:00Z",
                    finished="2026-01-31T12:30:00Z",
                    resumed_after_epoch=0,
                    recipe=recipe,
                    code={},
                    data_sha256={},
                    device="cpu",
                    processor="a processor",
                    reference_bits=True,
                    accelerator=None,
                    system="Linux",
                    python="3.12.1",
                    torch="2.9",
                    tensors_sha256=f"{seed:064x}",
                )
            )
    metrics, evaluation = pd.DataFrame(metrics), pd.DataFrame(evaluation)
    known = REFERENCE if reference else None
    return Study(
        folder=folder,
        provenance=StudyRecord(
            config=config,
            command="snakemake --cores 4",
            started="2026-01-31T12:00:00Z",
            finished="2026-01-31T13:00:00Z",
            sources=None,
            python="3.12.1",
            versions={"torch": "2.9"},
            system="Linux",
            processor="a processor",
            data_sha256={"raw/train": "0" * 64},
            data_source={"train": {"from": "a folder", "at": "2026-01-31T12:00:00Z"}},
            seeds=seeds,
            runs=trained,
            jobs=jobs,
        ),
        **study_tables(config, metrics, evaluation, reference=known),
        reference=known,
        label_issues=ISSUES if reference else None,
        network=network_of(config),
        looks=tuple(looks),
    )


def drawn(seeds: int, spread: float = 0.05, **means: float) -> dict[str, list[float]]:
    """variant=mean of its test accuracy → an accuracy per seed, drawn the same each time."""
    draws = np.random.default_rng(3)
    return {n: draws.normal(mean, spread, seeds).round(2).tolist() for n, mean in means.items()}


def graded_study(seeds: int = 1, variants=("gn", "ln", "bn_l1"), **changes) -> Study:
    """A study whose models differ by 0.05 points, and the runs of each by 0.01."""
    accuracies = {
        name: [99.1 + 0.05 * place + 0.01 * seed for seed in range(seeds)]
        for place, name in enumerate(variants)
    }
    return made_up_study(accuracies, **changes)


def network_of(config: dict) -> pd.DataFrame:
    """network.csv of a study."""
    design = StudyConfig.model_validate(config)
    recipes = {variant: design.run_parameters(variant) for variant in design.variants}
    return pd.DataFrame(json.loads(_network(json.dumps(recipes))))


@functools.cache
def _network(recipes: str) -> str:
    """That of recipes, JSON of JSON: each is computed once."""
    from normstudy.example.outline import network_table

    return network_table(json.loads(recipes)).to_json(orient="records")


# --- Predictions, and what rests on them ---------------------------------------------------


def predictions(labels: Sequence[int], said: Mapping[int, int] | None = None) -> pd.DataFrame:
    """A run's predictions.csv: right but for the images of `said`, index → prediction."""
    table = pd.DataFrame({"index": range(len(labels)), "label": labels, "prediction": labels})
    if said:
        table.loc[list(said), "prediction"] = list(said.values())
    return table.assign(confidence=0.9, label_probability=0.1)


def issues(*rows: tuple[int, int, int, int]) -> pd.DataFrame:
    """Doubted labels: (image, given label, suggested one, how many of five raters suggest it)."""
    columns = ["test_index", "given_label", "suggested_label", "votes_suggested"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(votes_given=5 - table["votes_suggested"], votes_neither=0)


def drawn_predictions(study: Study) -> dict[tuple[str, int], pd.DataFrame]:
    """Predictions of each run, wrong of as many test images as it has errors.

    Which images, and what is said of them, is drawn by variant and seed; doubted images of MNIST
    have their labels.
    """
    labels = np.arange(study.images("test")) % 10
    known = ISSUES[ISSUES["test_index"] < len(labels)]
    labels[known["test_index"]] = known["given_label"]
    runs, places = {}, list(study.labels)
    for row in study.tests().itertuples():
        draws = np.random.default_rng([places.index(row.variant), row.seed])
        wrong = draws.permutation(len(labels))[: row.errors]
        said = (labels[wrong] + draws.integers(1, 10, len(wrong))) % 10
        runs[row.variant, row.seed] = predictions(labels, dict(zip(wrong, said, strict=True)))
    return runs


def with_predictions(
    study: Study, runs: Mapping[tuple[str, int], pd.DataFrame], issues: pd.DataFrame | None
) -> Study:
    """The study with these predictions of its runs: in their folders, and their errors counted."""
    from normstudy.evaluation.predictions import misclassified_table

    for run, table in runs.items():
        folder = study.run_folder(*run)
        folder.mkdir(parents=True)
        table.to_csv(folder / "predictions.csv", index=False)
        misclassified_table(table, set()).to_csv(folder / "misclassified.csv", index=False)
    return replace(
        study,
        shared_errors=shared_errors(Predictions.of(runs.items()), issues),
        label_issues=issues,
    )


def write_study(study: Study) -> None:
    """Write a made-up study into its folder as the workflow does, with drawn predictions."""
    study = with_predictions(study, drawn_predictions(study), None)
    for run, rows in study.metrics.groupby(["variant", "seed"]):
        rows.to_csv(study.run_folder(*run) / "metrics.csv", index=False)
    for name in (*STUDY_TABLES, "network"):
        write_csv(getattr(study, name), layout.table(study.folder, name))
    write_json(study.provenance, study.folder / "provenance.json")
