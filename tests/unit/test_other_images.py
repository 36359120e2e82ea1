"""The interval for other seeds and other test images."""

import math

import numpy as np
import pytest
from normstudy.statistics.other_images import crossed_interval
from scipy import stats


def drawn(rng, seeds, images, spread_of_images):
    """Correctness of two variants: images that only one of them tends to have right."""
    lean = rng.normal(0, spread_of_images, images)
    right = rng.random((seeds, images)) < 0.9 + np.clip(lean, 0, 0.1)
    rival = rng.random((seeds, images)) < 0.9 + np.clip(-lean, 0, 0.1)
    return right, rival


def test_by_the_analysis_of_variance_written_out():
    """Mean squares by their definitions, cell by cell, on a small layout."""
    rng = np.random.default_rng(1)
    right, rival = drawn(rng, 4, 60, 0.3)
    x = right.astype(float) - rival
    n, images = x.shape
    rows, columns, mean = x.mean(axis=1), x.mean(axis=0), x.mean()
    seed_square = images * sum((row - mean) ** 2 for row in rows) / (n - 1)
    image_square = n * sum((column - mean) ** 2 for column in columns) / (images - 1)
    rest = sum(
        (x[s, i] - rows[s] - columns[i] + mean) ** 2 for s in range(n) for i in range(images)
    ) / ((n - 1) * (images - 1))
    assert image_square > rest
    variance = seed_square + image_square - rest
    freedom = variance**2 / (
        seed_square**2 / (n - 1)
        + image_square**2 / (images - 1)
        + rest**2 / ((n - 1) * (images - 1))
    )
    half = stats.t.ppf(0.975, max(freedom, n - 1)) * math.sqrt(variance / (n * images))
    expected = (100 * (mean - half), 100 * (mean + half))
    assert crossed_interval(right, rival, 0.95) == pytest.approx(expected)


def test_it_covers_other_seeds_and_other_images():
    rng, hits, count = np.random.default_rng(2), 0, 300
    for _ in range(count):
        right, rival = drawn(rng, 5, 200, 0.2)
        low, high = crossed_interval(right, rival, 0.9)
        hits += low <= 0 <= high
    assert hits / count == pytest.approx(0.9, abs=0.06)


def test_swapping_turns_it_round_and_one_seed_has_none():
    right, rival = drawn(np.random.default_rng(3), 4, 50, 0.3)
    low, high = crossed_interval(right, rival, 0.95, 0.5)
    assert crossed_interval(rival, right, 0.95, 0.5) == pytest.approx((-high, -low))
    for few in (np.s_[:1], np.s_[:, :1]):
        assert all(map(math.isnan, crossed_interval(right[few], rival[few], 0.95)))
    assert not any(map(math.isnan, crossed_interval(right[:2, :2], rival[:2, :2], 0.95, 1)))
    same = crossed_interval(right, right, 0.95, 100 / 50)
    assert same[0] < 0 < same[1]  # the grid's spread, where there is none to be seen
    assert crossed_interval(right, right, 0.95) == (0, 0)
