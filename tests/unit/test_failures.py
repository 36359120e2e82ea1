"""Runs that look like failures, and the warning of them."""

import numpy as np
from helpers.made_up import made_up_study
from helpers.made_up import runs_table as runs
from helpers.page import said
from normstudy.statistics.failures import looks_failed

USUAL = [99.40, 99.46, 99.35, 99.52, 99.44, 99.41]


def test_a_run_far_below_its_siblings_is_found():
    table = runs(a=[*USUAL, 97.0], b=[value - 3 for value in USUAL])
    found = table[looks_failed(table, 10_000)]
    assert found[["variant", "seed"]].to_numpy().tolist() == [["a", 7]]


def test_far_is_six_standard_deviations_from_the_mean_of_the_others():
    """Of 99.4, 99.6, 99.5, 99.7 the mean is 99.55 and the deviation √(0.05 / 3)."""
    usual, spread = [99.4, 99.6, 99.5, 99.7], (0.05 / 3) ** 0.5
    below = 99.55 - 6 * spread
    assert looks_failed(runs(a=[*usual, below - 0.001]), 10_000).tolist() == [False] * 4 + [True]
    assert not looks_failed(runs(a=[*usual, below + 0.001]), 10_000).any()
    assert not looks_failed(runs(a=[*usual[:3], 11.0]), 10_000).any()  # too few
    assert not looks_failed(runs(a=[*[99.0] * 4, 99.9]), 10_000).any()  # nor what is above


def test_the_spread_within_all_variants_counts_where_it_is_larger():
    """Squares of b: 6 · 0.04; with four equal runs of a left, √(0.24 / (5 + 3))."""
    b = [99.2, 99.6] * 3
    below = 99.5 - 6 * (0.24 / 8) ** 0.5
    assert looks_failed(runs(a=[*[99.5] * 4, below - 0.001], b=b), 10_000).sum() == 1
    wide = [99.0, 99.6, 98.7, 99.9, 99.3, 97.6]  # by its own spread no failure
    assert not looks_failed(runs(a=wide, b=[99.4] * 6), 10_000).any()
    assert not looks_failed(runs(a=[*[99.5] * 4, below + 0.001], b=b), 10_000).any()


def test_ten_images_are_the_least_distance():
    assert not looks_failed(runs(a=[*[90.0] * 4, 85.0]), 200).any()  # no more than ten
    for images, point in ((10_000, 0.1), (200, 5.0)):
        assert looks_failed(runs(a=[*[90.0] * 4, 90.0 - point - 0.01]), images).sum() == 1
        assert not looks_failed(runs(a=[*[90.0] * 4, 90.0 - point + 0.01]), images).any()


def test_usual_runs_are_hardly_ever_called_failures():
    rng, count = np.random.default_rng(1), 0
    for _ in range(200):
        table = runs(**{name: 99.4 + rng.normal(0, 0.06, 10) for name in "abc"})
        count += looks_failed(table, 10_000).any()
    assert count <= 2


def test_the_report_warns_of_it():
    study = made_up_study({"gn": [*USUAL, 97.0], "ln": [99.5] * 7}, epochs=1)
    text = said("failures", study)
    assert text.startswith("Warning") and "Group Normalization, seed 7: 97.00 %" in text
    assert said("failures", made_up_study({"gn": USUAL}, epochs=1)) == ""
