"""McNemar's test and Wilson's interval against published and hand-worked examples."""

import numpy as np
import pytest
from helpers.made_up import claim, predictions
from normstudy.errors import StudyError
from normstudy.statistics.mcnemar import COLUMNS, mcnemar_exact, single_run_tests, wilson
from scipy import stats

CLAIM = claim("a", id="best")


def answers(right):
    """Predictions of images labelled 3, right where told."""
    right = np.asarray(right, bool)
    return predictions([3] * len(right), dict.fromkeys(np.flatnonzero(~right), 5))


def pair(both, first, second, neither):
    """Two tables of predictions with these counts of images."""
    counts = [both, first, second, neither]
    return (
        answers(np.repeat([True, True, False, False], counts)),
        answers(np.repeat([True, False, True, False], counts)),
    )


def test_mcnemar_by_hand():
    """1 against 5 of 6 discordant images: 2·(C(6,0) + C(6,1))/2^6."""
    assert mcnemar_exact(*pair(99, 0, 0, 1))["p_value"] == 1
    test = mcnemar_exact(*pair(90, 1, 5, 4))
    assert test["p_value"] == 14 / 64
    assert list(test.values())[:4] == [90, 1, 5, 4]


def test_mcnemar_on_a_published_example():
    """Approval of the prime minister, Agresti 1990, table 10.1; exact p by R's exact2x2."""
    assert mcnemar_exact(*pair(794, 150, 86, 570))["p_value"] == 0.000037  # to six decimals


def test_swapping_the_networks_swaps_the_counts():
    first, second = pair(80, 12, 3, 5)
    one, two = mcnemar_exact(first, second), mcnemar_exact(second, first)
    assert one["p_value"] == two["p_value"]
    assert one["only_variant_right"] == two["only_rival_right"] == 12


@pytest.mark.parametrize(
    "other",
    [
        answers([1, 1, 0]),
        answers([1, 1]).assign(index=[1, 0]),
        answers([1, 1]).assign(label=[3, 4]),
    ],
)
def test_predictions_of_other_images_are_refused(other):
    with pytest.raises(StudyError, match="same images"):
        mcnemar_exact(answers([1, 1]), other)


def test_each_contrast_in_test_accuracy_is_tested():
    first, second = pair(80, 12, 3, 5)
    runs = {("a", 4): first, ("b", 4): second, ("c", 4): first}
    table = single_run_tests([{**CLAIM, "id": "other", "metric": "gap"}, CLAIM], runs)
    p = stats.binomtest(3, 15).pvalue
    assert table.round(6).to_numpy().tolist() == [
        ["best", "a", "b", 4, 80, 12, 3, 5, round(p, 6)],
        ["best", "a", "c", 4, 92, 0, 0, 8, 1.0],
    ]
    assert tuple(table) == COLUMNS


def test_with_more_seeds_there_is_nothing_to_test():
    first, second = pair(80, 12, 3, 5)
    runs = {(v, s): t for v, t in (("a", first), ("b", second)) for s in (1, 2)}
    table = single_run_tests([CLAIM], runs)
    assert len(table) == 0 and tuple(table) == COLUMNS


@pytest.mark.parametrize(
    ("right", "images", "low", "high"),
    [
        # Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I
        (81, 263, 25.53, 36.62),
        (15, 148, 6.24, 16.05),
        (0, 20, 0, 16.11),
        # The accuracies of the replicated study
        (9954, 10_000, 99.39, 99.65),
        (9948, 10_000, 99.32, 99.60),
        (9947, 10_000, 99.31, 99.59),
    ],
)
def test_wilsons_interval(right, images, low, high):
    assert wilson(right, images) == pytest.approx((low, high), abs=0.0051)
