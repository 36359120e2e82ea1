"""Reading tables back with damage detected.

A table that was edited by hand or cut short is refused with its line, and the rule that
remakes it.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from ..errors import StudyError, remake
from .tables import EVALUATION, METRICS, PREDICTIONS, Columns, Kind

Run = tuple[str, int]  # variant, seed


def broken(path: str | Path, what: str, rule: str | None) -> StudyError:
    """The error that a table is not as its rule wrote it.

    Args:
        what: what is wrong, after the file's name.
        rule: the rule that remakes it; None for a table that comes with the project.
    """
    remedy = (
        f"to remake it, {remake(path, rule)}"
        if rule
        else "it comes with the project: put it back, such as with `git checkout`"
    )
    return StudyError(f"{path}{what}: it was edited or cut short; {remedy}")


def read_table(path: str | Path, columns: Columns, rule: str | None = None):
    """A table (pandas.DataFrame), checked against its columns.

    Args:
        rule: the rule that makes it; None for a table that comes with the project.

    Raises:
        StudyError: it cannot be read, ends within a line, or has other columns or values.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise broken(path, f" cannot be read ({error})", rule) from error
    header, *rows = [*csv.reader(io.StringIO(text))] or [[]]
    if header != list(columns):
        absent = [name for name in columns if name not in header]
        more = f"no column {absent[0]}" if absent else f"the columns {', '.join(header)}"
        raise broken(path, f" has {more} where there should be {', '.join(columns)}", rule)
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            what = f", line {number}, has {len(row)} fields where there should be {len(header)}"
            raise broken(path, what, rule)
    if not text.endswith("\n"):
        raise broken(path, " ends within its last line", rule)
    table = pd.read_csv(
        io.StringIO(text),
        dtype={name: str for name, kind in columns.items() if kind.type == "string"},
        keep_default_na=False,  # a variant may be called nan
        na_values=[""],
    )
    for name, kind in columns.items():
        wrong = ~_fits(table[name], kind)
        if wrong.any():
            row = int(np.argmax(wrong))
            value = table[name].iloc[row]
            given = "nothing" if pd.isna(value) else repr(str(value))
            what = f", line {row + 2}, column {name}: {given} is not {kind.words}"
            raise broken(path, what, rule)
    return table


def _fits(values: pd.Series, kind: Kind) -> np.ndarray:
    """For each value, whether it is of the kind."""
    empty = values.isna().to_numpy()
    if kind.type in ("string", "boolean"):
        return np.where(
            empty, not kind.required, kind.type == "string" or values.isin([True, False])
        )
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(float)
    fits = np.isfinite(numbers) & (numbers >= kind.lowest) & (numbers <= kind.highest)
    if kind.type == "integer":
        fits &= numbers % 1 == 0
    return fits | (empty & (not kind.required))


def _of_run(path: str | Path, columns: Columns, rule: str, variant: str, seed: int) -> pd.DataFrame:
    """A run's table; another run's is refused."""
    table = read_table(path, columns, rule)
    for name, expected in (("variant", variant), ("seed", seed)):
        others = table.loc[table[name] != expected, name]
        if len(others):
            what = f", line {others.index[0] + 2}, is of {name} {others.iloc[0]}, not {expected}"
            raise broken(path, what, rule)
    return table


def read_metrics(path: str | Path, variant: str, seed: int, epochs: int) -> pd.DataFrame:
    """A run's metrics.csv; errors as of `read_runs`."""
    table = _of_run(path, METRICS, "train", variant, seed)
    if table["epoch"].tolist() != list(range(1, epochs + 1)):
        epochs_read = ", ".join(map(str, table["epoch"])) or "none"
        raise broken(path, f" has the epochs {epochs_read} where there should be {epochs}", "train")
    return table


def read_evaluation(path: str | Path, variant: str, seed: int) -> pd.DataFrame:
    """A run's evaluation.csv; errors as of `read_runs`."""
    table = _of_run(path, EVALUATION, "misclassified", variant, seed)
    if table["split"].tolist() != ["train", "test"]:
        raise broken(path, " has not one line for train and one for test", "misclassified")
    return table


def read_runs(
    runs: Sequence[tuple[str, int]],
    epochs: Iterable[int],
    metrics: Iterable[str],
    evaluations: Iterable[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All runs' metrics.csv, and all their evaluation.csv, one above the other.

    Args:
        runs: (variant, seed) of each.
        epochs: how many each was trained for.
        metrics, evaluations: the paths of each run's tables.

    Raises:
        StudyError: a table is not whole, or another run's, or the two of a run disagree.
    """
    trained, evaluated = [], []
    for run, last, path, beside in zip(runs, epochs, metrics, evaluations, strict=True):
        trained.append(read_metrics(path, *run, last))
        evaluated.append(read_evaluation(beside, *run))
        test, accuracy = evaluated[-1].iloc[1], trained[-1]["test_accuracy"].iloc[-1]
        # Of a network trained on a GPU, the processor may score an image or two otherwise.
        if abs(accuracy - test["accuracy"]) > 250 / test["images"]:
            what = (
                f" ends with a test accuracy of {accuracy} % where evaluation.csv beside it has"
                f" {test['accuracy']} %"
            )
            raise broken(path, what, "train")
    return pd.concat(trained, ignore_index=True), pd.concat(evaluated, ignore_index=True)


@dataclass(frozen=True)
class Predictions:
    """The classes that the runs predict, without their confidence: small for a thousand runs.

    Attributes:
        labels: of the test images, in their order: (images,).
        of_runs: run → the class that it predicts of each image: (images,).
    """

    labels: np.ndarray
    of_runs: dict[Run, np.ndarray]

    @classmethod
    def of(cls, tables: Iterable[tuple[Run, pd.DataFrame]]) -> Self:
        """Those of runs and their predictions.csv, taken one after the other.

        Raises:
            StudyError: they are of different images.
        """
        of_runs, labels = {}, None
        for run, table in tables:
            given = table["label"].to_numpy("int16")
            labels = given if labels is None else labels
            if not np.array_equal(labels, given):
                raise StudyError(f"{run[0]} seed {run[1]} was tested on other images than the rest")
            of_runs[run] = table["prediction"].to_numpy("int16")
        return cls(np.empty(0, "int16") if labels is None else labels, of_runs)

    @property
    def right(self) -> dict[Run, np.ndarray]:
        """Run → whether it has each image right: (images,) booleans."""
        return {run: predicted == self.labels for run, predicted in self.of_runs.items()}


def read_predictions(path: str | Path, evaluation: pd.DataFrame) -> pd.DataFrame:
    """A run's predictions.csv; its evaluation.csv counts the same images and errors.

    Raises:
        StudyError: it is not whole, or another run's.
    """
    table = read_table(path, PREDICTIONS, "misclassified")
    test = evaluation.set_index("split").loc["test"]
    errors = (table["label"] != table["prediction"]).sum()
    if table["index"].tolist() != list(range(test["images"])) or errors != test["errors"]:
        what = (
            f" has {len(table)} images and {errors} errors where evaluation.csv beside it has"
            f" {test['images']} and {test['errors']}"
        )
        raise broken(path, what, "misclassified")
    return table
