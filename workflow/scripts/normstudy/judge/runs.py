"""The tables that people have of their runs → a row per run and metric.

Read are: a row per run; a row per run and metric; either with a row per epoch; what Weights &
Biases exports of a chart; what MLflow's `search_runs` gives; a folder of Lightning's metrics.csv.
All are read as text first, so that what is no number is named with its line and column.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import pandas as pd

from ..errors import StudyError
from .claims import Claims

STEPS = ("step", "Step", "_step", "epoch", "Epoch")  # in whose order the rows of a run are
KINDS = ("", "params.", "metrics.", "tags.")  # of MLflow's columns
RUN = re.compile(r"^(?:.*/)?(?P<variant>[^/]+?)[-_/ .]?seed[-_= ]?(?P<seed>\d+)(?:/.*)?$")
LARGEST = 1e100  # whose square is a number, as that of its inverse
MANY = 12  # names, beyond which a sentence does not list them
Place = tuple[str, int, bool]  # file, line, and whether commas are decimal


def read_runs(path: str | Path, claims: Claims) -> pd.DataFrame:
    """Each run's value in each metric that a claim is about: variant, seed, metric, value.

    Args:
        path: a CSV file, or a folder with files called metrics.csv.

    Raises:
        StudyError: a sentence with the file, the line and the column.
    """
    path = Path(path)
    files, folder = (
        ([path], None) if not path.is_dir() else (sorted(path.rglob("metrics.csv")), path)
    )
    rows = [row for file in files for row in _rows(file, folder)]
    if not rows:
        raise StudyError(f"{path}: there are no rows; a folder needs files called metrics.csv")
    places, cells = zip(*rows, strict=True)
    table = pd.DataFrame(cells, index=pd.MultiIndex.from_tuples(places)).fillna("")
    values = _values(table, claims)
    values["variant"], values["seed"] = _names(values, claims)
    values["value"] = _numbers(values, "value")
    _refuse_fractions(values, claims)
    return _one_each(values, claims)[["variant", "seed", "metric", "value"]]


def _rows(path: Path, folder: Path | None) -> Iterator[tuple[Place, dict[str, str]]]:
    """Each row of a CSV file: where it is, and column → its text; of a file in a folder, `run`
    is its place there."""
    run = {"run": path.parent.relative_to(folder).as_posix()} if folder else {}
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise StudyError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise StudyError(f"{path}, line {line}: this is not UTF-8; save it as UTF-8") from error
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",;\t", key=first.count)
    reader, header = csv.reader(io.StringIO(text, newline=""), delimiter=separator), None
    try:
        for cells in reader:
            row = [cell.strip() for cell in cells]
            if not any(row):
                continue
            if header is None:
                header = row
                for name in header:
                    if name and header.count(name) > 1:
                        raise StudyError(f"{path}: there are two columns {name!r}")
                continue
            if any(row[len(header) :]):
                words = f"there are {len(row)} cells in a row of {len(header)} columns"
                raise StudyError(f"{path}, line {reader.line_num}: {words}")
            named = {name: cell for name, cell in zip(header, row, strict=False) if name}
            yield (str(path), reader.line_num, separator != ","), named | run
    except csv.Error as error:
        raise StudyError(f"{path}, line {reader.line_num}: this is no table: {error}") from error


def _values(table: pd.DataFrame, claims: Claims) -> pd.DataFrame:
    """The cells that claims are about: run, or variant and seed; step, metric, value, column."""
    mapped = claims.columns

    def find(role: str, names: Sequence[str] = ()) -> str | None:
        """The column of a role or metric, as `columns` or MLflow call it."""
        names = [mapped[role]] if role in mapped else names or [role]
        return next((f"{k}{name}" for name in names for k in KINDS if f"{k}{name}" in table), None)

    def need(role: str) -> str:
        if place := find(role):
            return place
        names = [name for name in table if name != "run"]
        listed = ", ".join(names[:MANY]) + " …" * (len(names) > MANY)
        raise StudyError(
            f"{table.index[0][0]}: there is no column {mapped.get(role, role)!r} ({listed});"
            " name yours in `columns` of the claims file"
        )

    def cells(rows: pd.DataFrame, place: str, metric: str, run: str = "") -> pd.DataFrame:
        by_run = find("run") and not find("variant")
        roles = ("run",) if by_run else ("variant", "seed")
        names = {"run": run} if run else {role: rows[need(role)] for role in roles}
        named = {"column": place, "metric": metric, "step": rows[step] if step else ""}
        return pd.DataFrame({"value": rows[place], **named, **names})

    step, long, parts = find("epoch", STEPS), find("value") and find("metric"), []
    for metric in dict.fromkeys(claim["metric"] for claim in claims.complete):
        name = mapped.get(metric, metric)
        charted = [column for column in table if column.endswith(f" - {name}")]
        if charted:  # of Weights & Biases, where each run has a column
            of_metric = [
                cells(table, column, metric, column.removesuffix(f" - {name}"))
                for column in charted
            ]
        elif long and not find(metric):
            of_metric = [cells(table[table[long] == name], need("value"), metric)]
        else:
            of_metric = [cells(table, need(metric), metric)]
        values = pd.concat(of_metric)
        parts.append(values[values["value"] != ""])
        if parts[-1].empty:
            raise StudyError(f"{table.index[0][0]}: no run has a value of {metric!r}")
    return pd.concat(parts)


def _fail(values: pd.DataFrame, wrong: pd.Series, words: str, column: str = "value") -> NoReturn:
    """Raise the error of the first row that is wrong; {} in the words is what stands there."""
    row = values[wrong.to_numpy()].iloc[0]
    file, line, _ = row.name
    place = row["column"] if column == "value" else column
    raise StudyError(
        f"{file}, line {line}, column {place}: {words.replace('{}', repr(str(row[column])), 1)}"
    )


def _names(values: pd.DataFrame, claims: Claims) -> tuple[pd.Series, pd.Series]:
    """Each cell's variant and seed. Seeds are whole numbers if they all have one, else text."""
    if "run" in values:
        given = claims.run
        pattern = re.escape(given).replace(r"\*", "[^/]*")
        pattern = pattern.replace(r"\{variant\}", "(?P<variant>[^/]+)")
        pattern = "^(?:.*/)?" + pattern.replace(r"\{seed\}", r"(?P<seed>\d+)") + "(?:/.*)?$"
        names = values["run"].str.extract(re.compile(pattern) if given else RUN)
        words = f"{{}} is not like {given or 'gn-seed-1'}; say in `run` how runs are named"
        if names["seed"].isna().any():
            _fail(values, names["seed"].isna(), words, "run")
    else:
        names = values[["variant", "seed"]]
        for name in names:
            if (wrong := names[name] == "").any():
                _fail(values, wrong, "nothing stands here", name)
    if (wrong := ~names["variant"].map(str.isprintable)).any():
        _fail(values, wrong, "{} has characters that cannot be printed", "variant")
    numbered = names["seed"].str.extract(r"^(\D*)(\d{1,30})(?:\.0+)?$")
    if numbered[1].notna().all() and numbered[0].nunique() == 1:
        return names["variant"], numbered[1].map(int)
    if claims.looks:
        words = "{} is no whole number: looks take seeds in order"
        _fail(values, numbered[1].isna(), words, "seed")
    return names["variant"], names["seed"]


def _numbers(values: pd.DataFrame, column: str) -> pd.Series:
    """A column's cells as numbers: 99.4, 99,4 where the separator is another, 99.4 %, 1e-3."""
    text = values[column].str.replace("−", "-")
    percent = text.str.endswith("%")
    text = text.str.removesuffix("%").str.strip()
    commas = values.index.get_level_values(2).to_numpy()
    text = text.where(~commas, text.str.replace(",", "."))
    numbers = pd.to_numeric(text, errors="coerce").astype(float)
    wrong = ~(numbers.abs() <= LARGEST) | ((numbers != 0) & (numbers.abs() < 1 / LARGEST))
    if wrong.any():
        _fail(values, wrong, f"{{}} is not a number, or none up to {LARGEST:g}", column)
    mixed = percent.groupby(values["metric"].to_numpy()).transform("nunique") > 1
    if mixed.any():
        _fail(values, mixed & ~percent, "{} has no % where other values have one", column)
    return numbers


def _refuse_fractions(values: pd.DataFrame, claims: Claims) -> None:
    """An accuracy of 0.994 is no 0.994 %: a margin in points would be a hundred times too wide."""
    shares = [
        name for name, keys in claims.metrics.items() if (keys.unit, keys.better) == ("%", "higher")
    ]
    highest = values.groupby("metric")["value"].transform("max")
    if (wrong := values["metric"].isin(shares) & (highest > 0) & (highest <= 1)).any():
        words = "{} is at most 1, as all others, though the unit is %; multiply them by 100"
        _fail(values, wrong, words)


def _one_each(values: pd.DataFrame, claims: Claims) -> pd.DataFrame:
    """One value of each run and metric: of several epochs that which the claims file takes."""
    keys, take = ["variant", "seed", "metric"], claims.take
    if not (several := values.duplicated(keys)).any():
        return values.reset_index(drop=True)
    run = "{variant!r}, seed {seed}".format(**values[several].iloc[0])
    if (values["step"] == "").any():
        _fail(values, several, f"a second value {{}} of {run}, and no column tells epochs apart")
    if not take:
        _fail(values, several, f"a second value {{}} of {run}; say `take: last` or `take: best`")
    ordered = values.assign(step=_numbers(values, "step"))
    if (again := ordered.duplicated([*keys, "step"])).any():
        _fail(values, again, f"a second value {{}} of {run} in the same epoch or step")
    rank = ordered["step"]
    if take == "best":
        lower = ordered["metric"].map(lambda name: claims.metrics[name].better == "lower")
        rank = ordered["value"].mask(lower, -ordered["value"])
    ordered = ordered.assign(rank=rank).reset_index(drop=True)
    ordered = ordered.sort_values(["rank", "step"], kind="stable")
    return ordered.groupby(keys, sort=False).tail(1).sort_index()
