"""McNemar's test and Wilson's interval against published and hand-worked examples."""

import numpy as np
import pytest
from helpers.made_up import claim, predictions
from normstudy.errors import StudyError
from normstudy.records.read_tables import Predictions
from normstudy.statistics.mcnemar import COLUMNS, mcnemar_exact, single_run_tests, wilson
from scipy import stats


def pair(both, first, second, neither):
    """Which images two networks have right, with these counts of images."""
    counts = [both, first, second, neither]
    return np.repeat([True, True, False, False], counts), np.repeat([1, 0, 1, 0], counts) > 0


def test_mcnemar_by_hand():
    """1 against 5 of 6 discordant images: 2·(C(6,0) + C(6,1))/2^6."""
    assert mcnemar_exact(*pair(99, 0, 0, 1))["p_value"] == 1
    assert list(mcnemar_exact(*pair(90, 1, 5, 4)).values()) == [90, 1, 5, 4, 14 / 64]
    assert list(mcnemar_exact(*pair(90, 5, 1, 4)).values()) == [90, 5, 1, 4, 14 / 64]


def test_mcnemar_on_a_published_example():
    """Approval of the prime minister, Agresti 1990, table 10.1; exact p by R's exact2x2."""
    assert mcnemar_exact(*pair(794, 150, 86, 570))["p_value"] == 0.000037  # to six decimals


def test_each_contrast_in_test_accuracy_is_tested_with_one_seed_only():
    answers = [predictions([3] * 100, dict.fromkeys(np.flatnonzero(~own), 5))
               for own in pair(80, 12, 3, 5)]  # fmt: skip
    runs = [(("a", 4), answers[0]), (("b", 4), answers[1]), (("c", 4), answers[0])]
    claims = [claim("a", id="other", metric="gap"), claim("a", id="best")]
    table = single_run_tests(claims, Predictions.of(runs))
    assert table.to_numpy().tolist() == [
        ["best", "a", "b", 4, 80, 12, 3, 5, round(stats.binomtest(3, 15).pvalue, 6)],
        ["best", "a", "c", 4, 92, 0, 0, 8, 1.0],
    ]
    more = [((variant, seed), table) for (variant, _), table in runs for seed in (1, 2)]
    for none in (Predictions.of(more), None):
        table = single_run_tests(claims, none)
        assert len(table) == 0 and tuple(table) == COLUMNS


def test_predictions_of_other_images_are_refused():
    runs = [(("a", 1), predictions([3, 3])), (("b", 1), predictions([3, 4]))]
    with pytest.raises(StudyError, match="b seed 1 was tested on other images"):
        Predictions.of(runs)


@pytest.mark.parametrize(
    ("right", "images", "low", "high"),
    [
        # Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I
        (81, 263, 25.53, 36.62),
        (15, 148, 6.24, 16.05),
        (0, 20, 0, 16.11),
        (9948, 10_000, 99.32, 99.60),  # of the replicated study
    ],
)
def test_wilsons_interval(right, images, low, high):
    assert wilson(right, images) == pytest.approx((low, high), abs=0.0051)
