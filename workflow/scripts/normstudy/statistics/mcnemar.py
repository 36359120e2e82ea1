"""What one run of each variant can tell: about two trained networks, not about methods.

With a single seed there is no spread to compare a difference with. The test images still
tell whether these two networks differ (Dietterich 1998, "Approximate Statistical Tests",
section 3.1), which says nothing about the networks that other seeds would have given.
"""

import numpy as np
import pandas as pd
import scipy

from ..records.read_tables import Predictions
from ..records.tables import STUDY_TABLES
from .verdicts.claims import rivals

COLUMNS = tuple(STUDY_TABLES["single_run"].columns)


def mcnemar_exact(right: np.ndarray, rival_right: np.ndarray) -> dict:
    """McNemar's exact test that two networks err equally often on the same images.

    Args:
        right, rival_right: whether each has an image right: (images,) booleans.

    Returns:
        both_right, only_variant_right, only_rival_right, both_wrong (numbers of images) and
        p_value, two-sided, from the binomial distribution of the images that only one of
        them has right (McNemar 1947).
    """
    alone, rival_alone = int((right & ~rival_right).sum()), int((~right & rival_right).sum())
    differ = alone + rival_alone
    return {
        "both_right": int((right & rival_right).sum()),
        "only_variant_right": alone,
        "only_rival_right": rival_alone,
        "both_wrong": int((~right & ~rival_right).sum()),
        "p_value": round(float(scipy.stats.binomtest(alone, differ).pvalue), 6) if differ else 1.0,
    }


def single_run_tests(claims: list[dict], predictions: Predictions | None) -> pd.DataFrame:
    """McNemar's test for each contrast in test accuracy of a study with one seed.

    Args:
        claims: config["claims"]; those in other metrics are no matter of single images.

    Returns:
        A row per claim and rival, columns as in COLUMNS; no rows with more than one seed.
    """
    right = predictions.right if predictions else {}
    rows, seeds = [], {seed for _, seed in right}
    for claim in claims if len(seeds) == 1 else ():
        (seed,), variant = seeds, claim["variant"]
        for rival in rivals(claim, [name for name, _ in right]):
            if claim["metric"] == "test_accuracy":
                test = mcnemar_exact(right[variant, seed], right[rival, seed])
                rows.append((claim["id"], variant, rival, seed, *test.values()))
    return pd.DataFrame(rows, columns=COLUMNS)


def wilson(right: int, images: int) -> tuple[float, float]:
    """Wilson's 95 % interval, in percent, of the accuracy of a network that has so many right.

    Wilson 1927; the spread that comes from which images were drawn, not from the seed.
    """
    interval = scipy.stats.binomtest(right, images).proportion_ci(0.95, "wilson")
    return 100 * interval.low, 100 * interval.high
