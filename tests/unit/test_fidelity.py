"""The comparison of the engine with the reference loop, and the loop's exact resume."""

import numpy as np
import pandas as pd
import pytest
import torch
from normstudy.data.idx import Split

from benchmarks import fidelity
from benchmarks.reference_loop import ReferenceLoop


def runs(mean: float, count: int) -> pd.DataFrame:
    values = np.random.default_rng(1).normal(mean, 0.06, count)
    return pd.DataFrame(
        {"seed": range(count), "epoch": 20} | dict.fromkeys(fidelity.METRICS, values)
    )


def test_the_interval_is_welchs():
    table = fidelity.compare(runs(99.4, 5), runs(99.6, 10)).set_index("metric")
    row = table.loc["test_accuracy"]
    a, b = runs(99.4, 5)["test_accuracy"], runs(99.6, 10)["test_accuracy"]
    error = np.sqrt(a.var() / 5 + b.var() / 10)
    assert row["difference"] == pytest.approx(b.mean() - a.mean())
    assert row["low"] < row["difference"] - 1.96 * error  # t is wider than the normal
    assert 0.1 < row["low"] < row["high"] < 0.3
    assert "excludes 0" in fidelity.page(table.reset_index(), "gn", (5, 10))
    less = fidelity.compare(runs(99.6, 10), runs(99.4, 5))  # set with a true minus
    assert f"−{-less.loc[0, 'low']:.4f} to −" in fidelity.page(less, "gn", (10, 5))
    same = fidelity.compare(runs(99.4, 5), runs(99.4, 5))
    assert "includes 0" in fidelity.page(same, "gn", (5, 5))


def test_a_reference_run_resumes_exactly(sample, tmp_path):
    train, test = (Split(split.images[:192], split.labels[:192]) for split in sample)
    recipe = fidelity.recipe_of("gn")

    torch.manual_seed(1)
    whole = ReferenceLoop(recipe, train, test)
    first, second = whole.epoch(), whole.epoch()

    torch.manual_seed(1)
    stopped = ReferenceLoop(recipe, train, test)
    assert stopped.epoch() == first
    stopped.save(tmp_path / "state")
    torch.manual_seed(99)
    resumed = ReferenceLoop(recipe, train, test)
    resumed.load(tmp_path / "state")
    assert resumed.epoch() == second
