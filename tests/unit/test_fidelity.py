"""The kernels' runs beside those of the reference loop and of the PyTorch engine."""

import numpy as np
import pandas as pd
import pytest
from normstudy.data.idx import Split
from normstudy.network.training import train
from scipy import stats

from benchmarks import fidelity


def made_up(engine, mean, spread, count=8, variant="gn"):
    ranks = stats.norm.ppf((np.arange(count) + 0.5) / count)
    values = mean + spread * np.random.default_rng([count, len(engine)]).permutation(ranks)
    runs = {"engine": engine, "variant": variant, "seed": range(count), "test_accuracy": values}
    return pd.DataFrame(runs).round(2)


@pytest.mark.parametrize(
    ("mean", "spread", "verdict"),
    [
        (99.45, 0.01, "no difference that matters"),
        (99.45, 0.06, "undecided: these runs cannot tell"),
        (99.60, 0.01, "the kernels are lower"),
    ],
)
def test_the_page_says_what_the_rule_decides(mean, spread, verdict):
    runs = pd.concat([made_up("kernels", 99.45, spread, 30), made_up("loop", mean, spread)])
    (row,) = fidelity.compare(runs).itertuples()
    pairs = runs[runs["seed"] < 8].pivot(index="seed", columns="engine", values="test_accuracy")
    difference = (pairs["kernels"] - pairs["loop"]).round(2)
    expected = stats.ttest_1samp(difference, 0).confidence_interval(0.95)
    assert (row.ci_low, row.ci_high) == pytest.approx(expected, abs=1e-5)
    page = fidelity.page(runs)
    assert f"| {verdict} |" in page
    assert ("no difference" in page) == (verdict == "no difference that matters")


def test_all_pairs_are_one_family():
    runs = [
        made_up(engine, 99.4, 0.05, variant=v)
        for engine in ("kernels", "loop")
        for v in ("gn", "ln")
    ]
    together, alone = fidelity.compare(pd.concat(runs)), fidelity.compare(pd.concat(runs[::2]))
    assert together["ci_level"].tolist() == [0.975, 0.975] and alone["ci_level"].tolist() == [0.95]


def test_loop_and_engines_in_small(sample, recipe, tmp_path):
    splits = tuple(Split(split.images[:192], split.labels[:192]) for split in sample)
    seeds, tables = (31, 32), []
    for seed in seeds:
        loop = pd.read_csv(fidelity.train(splits, tmp_path, ("gn", seed), epochs=1))
        tables.append(loop.assign(engine="loop"))
        for engine in ("kernels", "pytorch"):
            _, metrics = train(recipe("gn", epochs=1, engine=engine), seed, *splits)
            tables.append(metrics.assign(engine=engine, variant="gn", seed=seed))
    runs = fidelity.last_epochs(pd.concat(tables))
    assert len(runs) == 6
    page = fidelity.page(runs)
    assert "| PyTorch engine, gn | 2 |" in page and "| reference loop, gn | 2 |" in page
