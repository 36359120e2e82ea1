"""Small made-up studies, so that a test decides who wins."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from normstudy.config.check import check, load_schema
from normstudy.config.resolved import run_parameters
from normstudy.data.idx import Split
from normstudy.evaluation.predictions import misclassified_table
from normstudy.evaluation.shared_errors import shared_errors
from normstudy.evaluation.study_tables import study_tables
from normstudy.example.explained import explained
from normstudy.records.files import write_json
from normstudy.report.study import TABLES, Study

from helpers.places import ROOT

SCHEMA = load_schema(ROOT / "workflow" / "schemas" / "config.schema.yaml")
REFERENCE = pd.read_csv(ROOT / "workflow" / "resources" / "mnist_reference_run.csv")
ISSUES = pd.read_csv(ROOT / "workflow" / "resources" / "mnist_label_issues.csv")


def made_up_config(**changes) -> dict:
    """The project's own config, resolved, with some top-level keys replaced."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8")) | changes
    return check(config, SCHEMA)


def made_up_study(
    accuracies: dict[str, list[float]],
    *,
    train: float = 99.6,
    images: int = 10_000,
    epochs: int = 20,
    reference: bool = True,
    looks: Sequence[dict] = (),
    folder: Path = Path("results"),
    **changes,
) -> Study:
    """A study whose runs end at the given test accuracies.

    Args:
        accuracies: variant → the final test accuracy in percent of each seed from 1 on.
        train: running train accuracy in percent of every run.
        images: number of test images.
        epochs: of every run; the accuracy rises by 0.01 points an epoch.
        reference: whether the replicated study's numbers apply.
        looks: the record of the looks taken.
        changes: of the config's top-level keys.
    """
    known = made_up_config()["variants"]
    seeds = len(next(iter(accuracies.values())))
    defaults = {
        "variants": {
            name: known.get(name, {"label": f"Model {name}", "norm": "none"}) for name in accuracies
        },
        "seeds": seeds,
        "claims": [],
    }
    config = made_up_config(**(defaults | changes))
    metrics, evaluation = [], []
    for variant, by_seed in accuracies.items():
        for seed, accuracy in enumerate(by_seed, start=1):
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
                evaluation.append(
                    keys
                    | {
                        "split": split,
                        "loss": 0.02,
                        "accuracy": value,
                        "images": count,
                        "errors": round(count * (100 - value) / 100),
                    }
                )
    metrics, evaluation = pd.DataFrame(metrics), pd.DataFrame(evaluation)
    known = REFERENCE if reference else None
    jobs = [
        {"job": f"train {v} seed {s}", "seconds": 10.0 * s, "peak_memory_mb": 800.0}
        for v, by_seed in accuracies.items()
        for s in range(1, len(by_seed) + 1)
    ]
    trained = [
        {
            "variant": variant,
            "seed": seed,
            "started": "2026-01-31T12:00:00Z",
            "finished": "2026-01-31T12:30:00Z",
            "resumed_after_epoch": 0,
            "recipe": run_parameters(config, variant),
            "device": "cpu",
            "processor": "a processor",
            "accelerator": None,
            "system": "Linux",
            "torch": "2.9",
            "tensors_sha256": f"{seed:064x}",
        }
        for variant, by_seed in accuracies.items()
        for seed in range(1, len(by_seed) + 1)
    ]
    return Study(
        folder=folder,
        provenance={
            "config": config,
            "command": "snakemake --cores 4",
            "started": "2026-01-31T12:00:00Z",
            "finished": "2026-01-31T13:00:00Z",
            "sources": None,
            "python": "3.12.1",
            "versions": {"torch": "2.9"},
            "system": "Linux",
            "processor": "a processor",
            "data_sha256": {"raw/train": "0" * 64},
            "data_source": {"train": {"from": "a folder", "at": "2026-01-31T12:00:00Z"}},
            "seeds": list(range(1, seeds + 1)),
            "runs": trained,
            "jobs": jobs,
        },
        **study_tables(config, metrics, evaluation, {}, known),
        reference=known,
        label_issues=ISSUES if reference else None,
        explained=explained_of(config),
        looks=tuple(looks),
    )


def explained_of(config: dict) -> dict:
    """explained.json of a study, from training images that are blank."""
    recipes = {variant: run_parameters(config, variant) for variant in config["variants"]}
    blank = Split(np.zeros((10, 28, 28), np.uint8), np.arange(10))
    return explained(recipes, blank, 10, config["training"], 1)


def predictions(labels: Sequence[int], said: Mapping[int, int] | None = None) -> pd.DataFrame:
    """A run's predictions.csv: right but for the images of `said`, index → prediction."""
    table = pd.DataFrame({"index": range(len(labels)), "label": labels, "prediction": labels})
    if said:
        table.loc[list(said), "prediction"] = list(said.values())
    return table.assign(confidence=0.9, label_probability=0.1)


def write_run(folder: Path, table: pd.DataFrame, disputed: Collection[int] = ()) -> None:
    """Write the tables that rule misclassified makes of a run's predictions, into its folder.

    Args:
        table: its predictions.
        disputed: indices of images whose label is doubted.
    """
    folder.mkdir(parents=True)
    table.to_csv(folder / "predictions.csv", index=False)
    misclassified_table(table, set(disputed)).to_csv(folder / "misclassified.csv", index=False)


def with_predictions(
    study: Study, runs: Mapping[tuple[str, int], pd.DataFrame], issues: pd.DataFrame | None
) -> Study:
    """The study with these predictions of its runs: written, and their errors counted."""
    for run, table in runs.items():
        write_run(study.run_folder(*run), table)
    return replace(study, shared_errors=shared_errors(runs, issues), label_issues=issues)


def write_study(study: Study, draws: np.random.Generator | None = None) -> None:
    """Write a made-up study into its folder as the workflow does; each error takes a 3 for a 5.

    Args:
        draws: of the images that a run gets wrong; left out, they are the first.
    """
    tests = study.evaluation[study.evaluation["split"] == "test"]
    runs = {}
    for row in tests.itertuples():
        wrong = range(row.errors) if draws is None else draws.permutation(row.images)[: row.errors]
        said = dict.fromkeys(wrong, 5)
        table = runs[row.variant, row.seed] = predictions([3] * row.images, said)
        write_run(study.run_folder(row.variant, row.seed), table)
    for name in set(TABLES) - {"shared_errors"}:
        getattr(study, name).to_csv(study.folder / f"{name}.csv", index=False)
    shared_errors(runs, None).to_csv(study.folder / "shared_errors.csv", index=False)
    write_json(study.provenance, study.folder / "provenance.json")
    write_json(study.explained, study.folder / "explained.json")
