"""The tables of all runs together."""

import math
from functools import partial

import pandas as pd
import pytest
from normstudy.statistics.summary import RunTables, mean_interval, run_metrics, summarize


def test_a_runs_table_is_read_when_it_is_asked_for(tmp_path):
    paths = {("gn", seed): tmp_path / f"{seed}.csv" for seed in (1, 2)}
    tables = RunTables({run: partial(pd.read_csv, path) for run, path in paths.items()})
    assert list(tables) == list(paths) and len(tables) == 2
    for seed in (1, 2):
        pd.DataFrame({"index": [seed]}).to_csv(paths["gn", seed], index=False)
    assert [table["index"].item() for table in tables.values()] == [1, 2]
    with pytest.raises(KeyError):
        tables["ln", 1]


# Tables of Student's t at 97.5 %: 12.706, 4.303 and 3.182 for 1, 2 and 3 degrees of freedom.
@pytest.mark.parametrize(
    ("values", "mean", "deviation", "half"),
    [
        ([10, 12], 11, math.sqrt(2), 12.706),
        ([10, 12, 14], 12, 2, 4.303 * 2 / math.sqrt(3)),
        ([10, 10, 14, 14], 12, 4 / math.sqrt(3), 3.182 * 2 / math.sqrt(3)),
    ],
)
def test_the_interval_is_that_of_the_tables(values, mean, deviation, half):
    found = mean_interval(pd.Series(values, dtype=float), "gap")
    assert list(found) == ["mean", "standard_deviation", "ci_low", "ci_high"]
    expected = [mean, deviation, mean - half, mean + half]
    assert list(found.values()) == pytest.approx(expected, rel=2e-4)


def test_one_value_has_no_interval():
    found = mean_interval(pd.Series([99.5]), "test_accuracy")
    assert found.pop("mean") == 99.5
    assert all(math.isnan(value) for value in found.values())


@pytest.mark.parametrize(
    ("metric", "values", "low", "high"),
    [
        ("test_accuracy", [99, 100], None, 100),
        ("test_accuracy", [0, 1], 0, None),
        ("test_loss", [0, 1], 0, None),
        ("gap", [-99, -100], -100, None),
        ("gap_evaluated", [99, 100], None, 100),
    ],
)
def test_an_interval_ends_where_its_metric_does(metric, values, low, high):
    found = mean_interval(pd.Series(values, dtype=float), metric)
    half = 12.706 * math.sqrt(0.5) / math.sqrt(2)
    mean = sum(values) / 2
    assert found["ci_low"] == pytest.approx(mean - half if low is None else low, rel=1e-3)
    assert found["ci_high"] == pytest.approx(mean + half if high is None else high, rel=1e-3)


def test_gaps_are_train_less_test_accuracy_here_and_of_the_original():
    """Of the last epoch, wherever it stands in the table."""
    columns = ["variant", "seed", "epoch", "train_accuracy", "test_loss", "test_accuracy"]
    metrics = pd.DataFrame(
        [["gn", 1, 2, 97.0, 0.25, 99.0], ["gn", 1, 1, 50.0, 0.75, 60.0]], columns=columns
    )
    evaluation = pd.DataFrame(
        [["gn", 1, "train", 99.5], ["gn", 1, "test", 99.0]],
        columns=["variant", "seed", "split", "accuracy"],
    )
    runs = run_metrics(metrics, evaluation)
    reference = pd.DataFrame(
        [["gn", 2, 98.0, 0.125, 99.25], ["gn", 1, 40.0, 0.5, 90.0]],
        columns=[name for name in columns if name != "seed"],
    )
    table = summarize(runs, reference).set_index("metric")
    assert table["mean"].to_dict() == {
        "test_accuracy": 99, "test_loss": 0.25, "train_accuracy": 97,
        "train_accuracy_evaluated": 99.5, "gap": -2, "gap_evaluated": 0.5,
    }  # fmt: skip
    known = table["reference"].dropna().to_dict()
    assert known["gap"] == -1.25 and known["test_accuracy"] == 99.25
    assert table.loc["gap", "difference"] == -2 + 1.25
