"""Looks: their shares of alpha, and which comes next."""

import pytest
from normstudy.statistics.looks import alpha_shares, interval_levels, next_look, planned_looks


def test_the_shares_of_three_looks():
    assert alpha_shares(3) == pytest.approx([0.1, 0.3, 0.6])
    assert alpha_shares(1) == [1]


@pytest.mark.parametrize("count", range(1, 12))
def test_shares_grow_and_sum_to_one(count):
    shares = alpha_shares(count)
    assert shares.sum() == pytest.approx(1)
    assert (shares[1:] > shares[:-1]).all() and (shares > 0).all()


def test_without_stated_looks_the_number_of_seeds_is_the_only_one():
    assert planned_looks({}, 8) == planned_looks({"looks": None}, 8) == (8,)
    assert planned_looks({"looks": [10, 30]}, 8) == (10, 30)


def test_the_next_look():
    assert [next_look((10, 30), n) for n in (1, 10, 29, 30, 31)] == [10, 30, 30, None, None]


def test_levels_share_alpha_among_looks_and_contrasts():
    levels = interval_levels({"confidence": 0.95}, (10, 30, 60), 10)
    assert levels == pytest.approx([0.9995, 0.9985, 0.997])
