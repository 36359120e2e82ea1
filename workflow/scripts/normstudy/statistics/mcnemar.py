"""What one run of each variant can tell: about two trained networks, not about methods.

With a single seed there is no spread to compare a difference with. The test images still
tell whether these two networks differ (Dietterich 1998, "Approximate Statistical Tests",
section 3.1), which says nothing about the networks that other seeds would have given.
"""

from collections.abc import Mapping

import pandas as pd
import scipy

from ..errors import StudyError
from ..records.tables import STUDY_TABLES
from .verdicts.claims import rivals

COLUMNS = tuple(STUDY_TABLES["single_run"].columns)


def mcnemar_exact(first: pd.DataFrame, second: pd.DataFrame) -> dict:
    """McNemar's exact test that two networks err equally often on the same images.

    Args:
        first, second: tables of `predictions.predictions_table`, of the same images.

    Returns:
        both_right, only_variant_right, only_rival_right, both_wrong (numbers of images) and
        p_value, two-sided, from the binomial distribution of the images that only one of
        them has right (McNemar 1947).

    Raises:
        StudyError: the tables are of different images.
    """
    keys = ["index", "label"]
    if len(first) != len(second) or (first[keys].to_numpy() != second[keys].to_numpy()).any():
        raise StudyError(
            "McNemar's test needs the predictions of the same images in the same order"
        )
    right = (first["prediction"] == first["label"]).to_numpy()
    rival_right = (second["prediction"] == second["label"]).to_numpy()
    table = [
        [int((right & rival_right).sum()), int((right & ~rival_right).sum())],
        [int((~right & rival_right).sum()), int((~right & ~rival_right).sum())],
    ]
    alone, rival_alone = table[0][1], table[1][0]
    differ = alone + rival_alone
    return {
        "both_right": table[0][0],
        "only_variant_right": table[0][1],
        "only_rival_right": table[1][0],
        "both_wrong": table[1][1],
        "p_value": round(float(scipy.stats.binomtest(alone, differ).pvalue), 6) if differ else 1.0,
    }


def single_run_tests(
    claims: list[dict], predictions: Mapping[tuple[str, int], pd.DataFrame]
) -> pd.DataFrame:
    """McNemar's test for each contrast in test accuracy of a study with one seed.

    Args:
        claims: config["claims"]; those in other metrics are no matter of single images.
        predictions: (variant, seed) → the run's predictions.csv.

    Returns:
        A row per claim and rival, columns as in COLUMNS; no rows with more than one seed.
    """
    seeds = {seed for _, seed in predictions}
    rows = []
    if len(seeds) == 1:
        (seed,) = seeds
        variants = [variant for variant, _ in predictions]
        for claim in claims:
            if claim["metric"] != "test_accuracy":
                continue
            for rival in rivals(claim, variants):
                named = {"claim": claim["id"], "variant": claim["variant"], "rival": rival}
                test = mcnemar_exact(predictions[claim["variant"], seed], predictions[rival, seed])
                rows.append({**named, "seed": seed, **test})
    return pd.DataFrame(rows, columns=COLUMNS)


def wilson(right: int, images: int) -> tuple[float, float]:
    """Wilson's 95 % interval, in percent, of the accuracy of a network that has so many right.

    Wilson 1927; the spread that comes from which images were drawn, not from the seed.
    """
    interval = scipy.stats.binomtest(right, images).proportion_ci(0.95, "wilson")
    return 100 * interval.low, 100 * interval.high
