"""The simulated studies are judged as the workflow judges one, and the page says what came out."""

import numpy as np
import pandas as pd
import pytest
from helpers.judged import compare
from helpers.project import python
from normstudy.records.metrics import RUN_METRICS
from normstudy.statistics.contrasts import Scale
from normstudy.statistics.verdicts import judging
from normstudy.statistics.verdicts.looks import interval_levels
from normstudy.statistics.verdicts.rule import Verdict
from normstudy.statistics.verdicts.until_decided import last_looks

from benchmarks import simulated_studies as simulation
from benchmarks.calibration import wrong_verdicts

NAMES = [f"v{number}" for number in range(simulation.VARIANTS)]
LOOKS = (3, 6, 12)
AHEAD = 0.07  # points: at these looks some claims hold, some are undecided, some are too small


def config(claims, rivals):
    """The claims that a simulated study puts to the test: a measure each."""
    return [
        {"id": f"c{j}", "metric": metric, "variant": NAMES[j], "direction": "higher"}
        | {"against": [NAMES[r] for r in own]}
        for j, (metric, own) in enumerate(
            zip(RUN_METRICS, simulation.rivals_of(claims, rivals), strict=False)
        )
    ]


def as_table(runs):
    """A simulated study's runs, (measures, variants, seeds), as summary.metrics_of has them."""
    count = runs.shape[-1]
    values = {metric: own.ravel() for metric, own in zip(RUN_METRICS, runs, strict=True)}
    keys = {"variant": np.repeat(NAMES, count), "seed": np.tile(range(1, count + 1), len(NAMES))}
    return pd.DataFrame(keys | values)


def judged(table, claims, settings):
    scales = dict.fromkeys(RUN_METRICS, Scale(simulation.MARGIN, simulation.RESOLUTION))
    return compare(table, claims, settings, scales, seeds=range(1, LOOKS[-1] + 1))


def seeds_until_decided(table, claims, settings):
    """The seeds of each variant when a study really goes from look to look."""
    gone_on = []
    for _ in LOOKS[:-1]:
        reached = last_looks(NAMES, LOOKS, gone_on)
        so_far = table[table["seed"] <= table["variant"].map(reached)]
        gone_on.append(judging.still_needed(judged(so_far, claims, settings)))
        if not gone_on[-1]:
            break
    return last_looks(NAMES, LOOKS, gone_on)


@pytest.mark.parametrize(
    ("name", "family"),
    [("normal", (1, 1)), ("normal", (6, 5)), ("one variant fails in a tenth of its runs", (2, 2))],
)
def test_many_studies_at_once_are_judged_as_each_alone(name, family):
    random = np.random.default_rng(1)
    draw = simulation.DISTRIBUTIONS[name]
    runs = simulation.draw_runs(draw, AHEAD, 3 if family == (2, 2) else 1, LOOKS[-1], random)
    differences = simulation.paired_differences(runs)
    claims = config(*family)
    levels = interval_levels(simulation.SETTINGS, LOOKS, family[0] * family[1])
    differences = differences[:, : family[0], : family[1]]
    at_looks, _, trained = simulation.judge_look_by_look(differences, LOOKS, levels)
    once = interval_levels(simulation.SETTINGS, LOOKS[-1:], family[0] * family[1])
    at_once, *_ = simulation.judge_look_by_look(differences, LOOKS[-1:], once)
    for study, own in enumerate(runs):
        table = as_table(own)
        settings = simulation.SETTINGS | {"looks": None}
        found = judged(table, claims, settings)["verdict"]
        assert found.tolist() == at_once[study].ravel().tolist()
        settings["looks"] = list(LOOKS)
        comparisons = judged(table, claims, settings)
        assert comparisons["verdict"].tolist() == at_looks[study].ravel().tolist()
        reached = seeds_until_decided(table, claims, settings)
        for variant, seeds in zip(NAMES, trained[study], strict=True):
            assert seeds in (0, reached[variant])
        stopped = table[table["seed"] <= table["variant"].map(reached)]
        again = judged(stopped, claims, settings)
        pd.testing.assert_series_equal(again["verdict"], comparisons["verdict"])


def test_the_calibration_writes_its_page_and_every_cell(tmp_path):
    options = ("--studies", 20, "--processes", 2, "--output", tmp_path)
    python("-m", "benchmarks.calibration", *options, OMP_NUM_THREADS="1")
    table = pd.read_csv(tmp_path / "calibration.csv")
    assert not table.duplicated(
        ["distribution", "ahead", "claims", "rivals", "plan", "seeds"]
    ).any()
    assert (table["studies"] == 20).all()
    assert set(table["distribution"]) == set(simulation.DISTRIBUTIONS)
    looks = table[table["plan"] != "one look"]
    assert (looks["claims decided by look 3"] >= looks["claims decided by look 1"]).all()
    assert (looks["runs"] > 0).all()
    page = (tmp_path / "calibration.md").read_text(encoding="utf-8")
    assert all(f"| {name} |" in page for name in simulation.DISTRIBUTIONS)


@pytest.mark.parametrize("ahead", [-1, 0, 0.4, 1])
@pytest.mark.parametrize("looks", [(30,), (4, 8, 16, 30)])
def test_verdicts_on_normal_runs_are_wrong_in_at_most_5_percent_of_studies(ahead, looks):
    random = np.random.default_rng(9)
    runs = simulation.draw_runs(simulation.normal, ahead * simulation.MARGIN, 2000, 30, random)
    differences = simulation.paired_differences(runs)[:, :2, :2]
    levels = interval_levels(simulation.SETTINGS, looks, 4)
    found, *_ = simulation.judge_look_by_look(differences, looks, levels)
    wrong = [Verdict.CONTRADICTED] if ahead == 0.4 else wrong_verdicts(ahead)
    assert np.isin(found, wrong).any(axis=(1, 2)).mean() <= 0.05 + 3 * 0.005


@pytest.mark.parametrize(
    "means", [(0, 0), (0.1, 0.1), (0.1, -0.1), (0.05, 0), (0, 0.05), (-0.05, 0.1)]
)
def test_the_size_of_a_gap_is_judged_wrong_in_few_studies(means):
    verdicts = simulation.verdicts_on_sizes(means, (0.03, 0.09), 2000, 30, np.random.default_rng(3))
    ahead = round((abs(means[1]) - abs(means[0])) / simulation.MARGIN)
    assert np.isin(verdicts, wrong_verdicts(ahead)).mean() < 0.05 + 3 * 0.005
