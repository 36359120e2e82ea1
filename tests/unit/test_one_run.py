"""What many seeds say about one run, by hand and by simulation."""

import numpy as np
import pandas as pd
import pytest
from evidence.one_run import chance_of_lead, spread_of_chance


def test_leads_are_counted_over_all_combinations_of_equal_models():
    """Centred: −3, 3 and −1, 1: one leads the other by 2, 4, 4 and 2 errors."""
    pair = [np.array([47, 53]), np.array([149, 151])]
    chances = [chance_of_lead(pair, lead) for lead in (2, 3, 4, 5)]
    assert chances == [1, 0.5, 0.5, 0]
    third = np.array([60, 60])  # always 0: the best leads by 2, 3, 1 and 1
    assert [chance_of_lead([*pair, third], lead) for lead in (1, 2, 3)] == [1, 0.5, 0.25]


def test_the_spread_of_independent_misses_is_that_of_runs_drawn_so():
    random, images, seeds = np.random.default_rng(3), 2000, 60
    missed = random.random((seeds, images)) < random.random(images) ** 4
    seed, index = np.nonzero(missed)
    errors = pd.DataFrame({"variant": "a", "seed": seed, "index": index})
    observed = (100 * missed.mean(axis=1)).std(ddof=1)
    assert spread_of_chance(errors, seeds, images) == pytest.approx(observed, rel=0.2)
