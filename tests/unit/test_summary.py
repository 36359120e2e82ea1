"""The tables of all runs together."""

import math

import pandas as pd
import pytest
from normstudy.records.metrics import RUN_METRICS
from normstudy.records.tables import STUDY_TABLES
from normstudy.statistics.mcnemar import wilson
from normstudy.statistics.summary import (
    epoch_means,
    final_values,
    mean_interval,
    metrics_of,
    summarize,
    with_image_intervals,
)


def test_the_curves_are_means_over_the_seeds_that_each_variant_has():
    epochs = [("b", 1, 1, 90), ("b", 1, 2, 95), ("b", 2, 1, 92), ("b", 2, 2, 95.5)]
    epochs += [("b", 3, 1, 92), ("b", 3, 2, 95.5), ("a", 1, 1, 80)]
    metrics = pd.DataFrame(epochs, columns=["variant", "seed", "epoch", "test_accuracy"])
    losses = {"train_loss": 0.5, "test_loss": 0.25, "train_accuracy": 99.0}
    table = epoch_means(metrics.assign(learning_rate=0.1, **losses))
    assert set(table["metric"]) == {"test_accuracy", *losses} and len(table) == 4 * 3
    own = table[table["metric"] == "test_accuracy"].drop(columns="metric")
    assert own.to_numpy().tolist() == [
        ["b", 1, 3, 91.333333, 90.0, 92.0], ["b", 2, 3, 95.333333, 95.0, 95.5],
        ["a", 1, 1, 80.0, 80.0, 80.0],
    ]  # fmt: skip
    assert list(table) == list(STUDY_TABLES["curves"].columns)


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
    first, *rest = mean_interval(pd.Series(values[:1], dtype=float), "gap").values()
    assert first == values[0] and all(map(math.isnan, rest))


@pytest.mark.parametrize(
    ("metric", "values", "low", "high"),
    [
        ("test_accuracy", [99, 100], None, 100),
        ("test_accuracy", [0, 1], 0, None),
        ("test_loss", [0, 1], 0, None),
        ("test_loss", [98, 99], None, None),
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
    runs = metrics_of(final_values(metrics, evaluation))
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


def test_corrected_labels_are_metrics_of_their_own():
    doubts = pd.DataFrame(
        [
            ("gn", 1, "given", 99.0), ("gn", 1, "left out", 99.4), ("gn", 1, "corrected", 99.2),
            ("ln", 1, "corrected", 10.0), ("gn", 2, "corrected", 99.6),
        ],
        columns=["variant", "seed", "scoring", "accuracy"],
    )  # fmt: skip
    runs = pd.DataFrame({name: [99.0, 99.3] for name in RUN_METRICS} | {"variant": "gn"})
    table = summarize(runs, doubts=doubts).set_index("metric")
    added = table.loc[[name for name in table.index if name not in RUN_METRICS]]
    assert added["mean"].to_dict() == pytest.approx(
        {"test_accuracy_corrected": 99.4, "test_accuracy_left out": 99.4}
    )
    assert added["seeds"].to_dict() == {"test_accuracy_left out": 1, "test_accuracy_corrected": 2}
    assert list(added.index) == ["test_accuracy_left out", "test_accuracy_corrected"]


def test_the_study_has_wilsons_interval_of_each_accuracy():
    table = with_image_intervals(pd.DataFrame({"images": [263, 148], "errors": [182, 133]}))
    ends = [[round(end, 6) for end in wilson(right, n)] for right, n in ((81, 263), (15, 148))]
    assert table[["ci_low", "ci_high"]].to_numpy().tolist() == ends
