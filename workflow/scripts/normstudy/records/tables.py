"""The tables of a study: their columns, and reading them back with damage detected.

A table that was edited by hand or cut short is refused with its line, and the rule that
remakes it.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import StudyError, remake

# Kinds of columns: (in words, lowest, highest); anything may stand in the others.
TEXT = ("text", None, None)
WHOLE = ("a whole number", 0, np.inf)
NUMBER = ("a number", -np.inf, np.inf)
POSITIVE = ("a number from 0", 0, np.inf)
PERCENT = ("a number from 0 to 100", 0, 100)
SHARE = ("a number from 0 to 1", 0, 1)
ANYTHING = ("anything", None, None)

Columns = Mapping[str, tuple]

RUN = {"variant": TEXT, "seed": WHOLE}  # which run a row is of

METRICS = {
    **RUN,
    **{"epoch": WHOLE, "learning_rate": POSITIVE},
    **{"train_loss": POSITIVE, "train_accuracy": PERCENT},
    **{"test_loss": POSITIVE, "test_accuracy": PERCENT},
}
EVALUATION = {
    **RUN,
    **{"split": TEXT, "loss": POSITIVE, "accuracy": PERCENT, "images": WHOLE, "errors": WHOLE},
}
STUDY_EVALUATION = {**EVALUATION, "ci_low": PERCENT, "ci_high": PERCENT}
PREDICTIONS = {
    **{"index": WHOLE, "label": WHOLE, "prediction": WHOLE},
    **{"confidence": SHARE, "label_probability": SHARE},
}
MISCLASSIFIED = {**PREDICTIONS, "disputed": ANYTHING}
RUNS = {
    **RUN,
    **{"test_accuracy": PERCENT, "test_loss": POSITIVE},
    **{"train_accuracy": PERCENT, "train_accuracy_evaluated": PERCENT},
    **{"gap": NUMBER, "gap_evaluated": NUMBER, "looks_failed": ANYTHING},
}
CURVES = {
    "variant": TEXT,
    "metric": TEXT,
    "epoch": WHOLE,
    "seeds": WHOLE,
    "mean": POSITIVE,
    "lowest": POSITIVE,
    "highest": POSITIVE,
}
SUMMARY = {
    **{"variant": TEXT, "metric": TEXT, "seeds": WHOLE, "mean": NUMBER},
    # With one seed there is no deviation, nor an interval.
    **dict.fromkeys(("standard_deviation", "ci_low", "ci_high"), ANYTHING),
    **{"reference": ANYTHING, "difference": ANYTHING},
}
# Of workflow/resources
REFERENCE_RUN = {
    **{"variant": TEXT, "epoch": WHOLE, "train_accuracy": PERCENT},
    **{"test_loss": POSITIVE, "test_accuracy": PERCENT},
}
LABEL_ISSUES = dict.fromkeys(
    (
        *("test_index", "given_label", "suggested_label"),
        *("votes_given", "votes_suggested", "votes_neither"),
    ),
    WHOLE,
)


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


def read_table(path: str | Path, columns: Columns | Iterable[str], rule: str | None = None):
    """A table (pandas.DataFrame), checked against its columns.

    Args:
        columns: its columns, with their kinds if these are to be checked.
        rule: the rule that makes it; None for a table that comes with the project.

    Raises:
        StudyError: it cannot be read, ends within a line, or has other columns or values.
    """
    kinds = columns if isinstance(columns, Mapping) else dict.fromkeys(columns, ANYTHING)
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise broken(path, f" cannot be read ({error})", rule) from error
    header, *rows = [*csv.reader(io.StringIO(text))] or [[]]
    if header != list(kinds):
        absent = [name for name in kinds if name not in header]
        more = f"no column {absent[0]}" if absent else f"the columns {', '.join(header)}"
        raise broken(path, f" has {more} where there should be {', '.join(kinds)}", rule)
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            what = f", line {number}, has {len(row)} fields where there should be {len(header)}"
            raise broken(path, what, rule)
    if not text.endswith("\n"):
        raise broken(path, " ends within its last line", rule)
    table = pd.read_csv(
        io.StringIO(text),
        dtype={name: str for name, kind in kinds.items() if kind is TEXT},
        keep_default_na=False,  # a variant may be called nan
        na_values=[""],
    )
    for name, kind in kinds.items():
        wrong = ~_fits(table[name], kind)
        if wrong.any():
            row = int(np.argmax(wrong))
            value = table[name].iloc[row]
            found = "nothing" if pd.isna(value) else repr(str(value))
            what = f", line {row + 2}, column {name}: {found} is not {kind[0]}"
            raise broken(path, what, rule)
    return table


def _fits(values: pd.Series, kind: tuple) -> np.ndarray:
    """For each value, whether it is of the kind."""
    if kind is ANYTHING:
        return np.ones(len(values), bool)
    if kind is TEXT:
        return values.notna().to_numpy()
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(float)
    _, low, high = kind
    fits = np.isfinite(numbers) & (numbers >= low) & (numbers <= high)
    return fits & (numbers % 1 == 0) if kind is WHOLE else fits


def _check_run(table: pd.DataFrame, path: str | Path, variant: str, seed: int, rule: str) -> None:
    for name, expected in (("variant", variant), ("seed", seed)):
        others = table.loc[table[name] != expected, name]
        if len(others):
            what = f", line {others.index[0] + 2}, is of {name} {others.iloc[0]}, not {expected}"
            raise broken(path, what, rule)


def read_metrics(path: str | Path, variant: str, seed: int, epochs: int) -> pd.DataFrame:
    """A run's metrics.csv.

    Raises:
        StudyError: it is not whole, or another run's.
    """
    table = read_table(path, METRICS, "train")
    _check_run(table, path, variant, seed, "train")
    if table["epoch"].tolist() != list(range(1, epochs + 1)):
        found = ", ".join(map(str, table["epoch"])) or "none"
        raise broken(path, f" has the epochs {found} where there should be {epochs}", "train")
    return table


def read_evaluation(path: str | Path, variant: str, seed: int) -> pd.DataFrame:
    """A run's evaluation.csv.

    Raises:
        StudyError: it is not whole, or another run's.
    """
    table = read_table(path, EVALUATION, "misclassified")
    _check_run(table, path, variant, seed, "misclassified")
    if table["split"].tolist() != ["train", "test"]:
        raise broken(path, " has not one line for train and one for test", "misclassified")
    return table


def read_predictions(path: str | Path, evaluation: pd.DataFrame) -> pd.DataFrame:
    """A run's predictions.csv.

    Args:
        evaluation: the run's evaluation.csv, which counts the same images and errors.

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
