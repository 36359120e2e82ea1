"""From the tables of a study to a verdict on each of its claims.

A claim says that a variant is higher (or lower) than each of its rivals in one metric. It is
a conjunction: the variant has to beat every rival, so that the largest of its p-values counts
and needs no correction inside (Berger 1982, intersection-union tests). Across the claims,
Holm's procedure (Holm 1979) keeps the chance of any wrongly supported claim below
alpha = 1 − confidence.

Holm sorts the m claims by p and compares the smallest with alpha/m, the next with
alpha/(m − 1) and so on, up to the first that is not small enough. What alpha is divided by
at a claim's step is called its divisor here; the claims from the stop on have the divisor of
the stop. Every figure of a claim is adjusted by the one divisor:

- p_adjusted is divisor × p_value (1 at most),
- the adjusted interval is the t-interval of level 1 − alpha/divisor,
- p_equivalent is divisor × the p of equivalence (1 at most).

The verdict on a contrast (a claim and one of its rivals) is

    supported       the adjusted interval lies on the claimed side of 0, and p_adjusted <= alpha
    not supported   the same on the other side; or p_equivalent <= alpha: the difference is
                    within ±margin
    inconclusive    neither

and on the claim: supported if every contrast is; not supported if any contrast is not;
inconclusive otherwise. A supported claim is one that Holm's procedure rejects by the exact
sign-flip test, which holds alpha without assuming a distribution; the t-interval can only
take support away. These intervals are read one by one: together they do not cover at the
level that simultaneous (Bonferroni) intervals would.
"""

import math

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from . import contrasts

SUPPORTED = "supported"
NOT_SUPPORTED = "not supported"
INCONCLUSIVE = "inconclusive"
ONE_RUN = "one run cannot tell"

# comparisons.csv; differences are variant − rival, in points or, of test_loss, in nats
COLUMNS = (
    "claim",
    "metric",
    "variant",
    "rival",
    "seeds",  # pairs of runs
    "mean_difference",
    "ci_low",  # of the config's confidence, for this contrast alone
    "ci_high",
    "p_value",  # sign-flip, two-sided, for this contrast alone
    "p_adjusted",
    "p_superior",  # P(variant > rival) for one run of each, whatever the claim's direction
    "verdict",  # on this contrast
    "claim_verdict",  # on the claim as a whole
    "adjusted_level",  # the adjusted interval, which the verdict is read off
    "adjusted_low",
    "adjusted_high",
    "p_equivalent",
    "reversals",  # seeds that alone would have said the opposite of the claim
    "seeds_needed",  # by a contrast that is inconclusive, see contrasts.seeds_for_power
)


def margin(metric: str, settings: dict) -> float:
    """The largest difference that does not matter, in the metric's unit."""
    return settings["loss_margin" if metric == "test_loss" else "margin"]


def rivals(claim: dict, variants: list[str]) -> list[str]:
    """The variants that the claim sets its own against."""
    if claim["against"] == "all":
        return [name for name in variants if name != claim["variant"]]
    return list(claim["against"])


def sense(claim: dict) -> int:
    """1 if the claim says higher, −1 if it says lower."""
    return 1 if claim["direction"] == "higher" else -1


def holm_divisors(p_values: np.ndarray, alpha: float) -> np.ndarray:
    """What alpha is divided by at each claim's step of Holm's procedure.

    Args:
        p_values: (m,), a claim each. Claims of equal p get the larger divisor.

    Returns:
        (m,) whole numbers from 1 to m: claim j is rejected if divisor_j × p_j <= alpha.
    """
    rejected = multipletests(p_values, alpha, method="holm")[0]
    smaller = (p_values[None, :] < p_values[:, None]).sum(axis=1)
    return len(p_values) - np.where(rejected, smaller, rejected.sum())


def contrast_verdict(
    directed: tuple[float, float], p_adjusted: float, p_equal: float, alpha: float
):
    """The verdict on one contrast.

    Args:
        directed: the adjusted interval, positive where the claim holds.
    """
    low, high = directed
    if p_adjusted <= alpha and low > 0:
        return SUPPORTED
    if (p_adjusted <= alpha and high < 0) or p_equal <= alpha:
        return NOT_SUPPORTED
    return INCONCLUSIVE


def claim_verdict(verdicts: list[str]) -> str:
    """The verdict on a claim, from those on all its contrasts."""
    for verdict in (ONE_RUN, NOT_SUPPORTED, INCONCLUSIVE):
        if verdict in verdicts:
            return verdict
    return SUPPORTED


def _contrast(runs: pd.DataFrame, claim: dict, rival: str, settings: dict) -> dict:
    """What is known of one contrast before the other claims are looked at."""
    first, second = contrasts.paired_values(runs, claim["metric"], claim["variant"], rival)
    differences = contrasts.difference(first, second)
    low, high = contrasts.interval(differences, settings["confidence"])
    return {
        "claim": claim["id"],
        "metric": claim["metric"],
        "variant": claim["variant"],
        "rival": rival,
        "seeds": len(differences),
        "mean_difference": differences.mean(),
        "ci_low": low,
        "ci_high": high,
        "p_value": contrasts.sign_flip(differences),
        "p_superior": contrasts.ahead(first, second),
        "reversals": int((sense(claim) * differences < 0).sum()),
        "differences": differences,
    }


def _adjust(row: dict, claim: dict, divisor: float, settings: dict) -> None:
    """Add to the contrast what depends on its claim's divisor, and its verdict."""
    differences = row.pop("differences")
    alpha = 1 - settings["confidence"]
    limit = margin(claim["metric"], settings)
    low, high = contrasts.interval(differences, 1 - alpha / divisor)
    p_equal = min(1.0, divisor * contrasts.equivalence(differences, limit))
    p_adjusted = min(1.0, divisor * row["p_value"])
    directed = (low, high) if sense(claim) > 0 else (-high, -low)
    verdict = contrast_verdict(directed, p_adjusted, p_equal, alpha)
    needed = math.nan
    if verdict == INCONCLUSIVE:
        needed = contrasts.seeds_for_power(differences.std(ddof=1), limit, alpha / divisor)
    row |= {
        "p_adjusted": p_adjusted,
        "adjusted_level": 1 - alpha / divisor,
        "adjusted_low": low,
        "adjusted_high": high,
        "p_equivalent": p_equal,
        "verdict": verdict,
        "seeds_needed": needed,
    }


def compare(runs: pd.DataFrame, claims: list[dict], settings: dict) -> pd.DataFrame:
    """The verdicts on all claims: a row per claim and rival, columns as in COLUMNS.

    With one seed there is a difference and nothing else: the verdict is ONE_RUN.

    Args:
        runs: a table of `summary.run_metrics`, of every variant named.
        claims: config["claims"]. The family that Holm's procedure corrects over is this list.
        settings: config["verdicts"].

    Raises:
        StudyError: runs are missing or not paired by seed.
    """
    variants = list(dict.fromkeys(runs["variant"]))
    table = [
        [_contrast(runs, claim, rival, settings) for rival in rivals(claim, variants)]
        for claim in claims
    ]
    alpha = 1 - settings["confidence"]
    several = all(row["seeds"] > 1 for rows in table for row in rows)
    if table and several:
        largest = np.array([max(row["p_value"] for row in rows) for rows in table])
        for claim, rows, divisor in zip(claims, table, holm_divisors(largest, alpha), strict=True):
            for row in rows:
                _adjust(row, claim, int(divisor), settings)
    else:
        for row in (row for rows in table for row in rows):
            row |= {"verdict": ONE_RUN, "seeds_needed": contrasts.fewest_seeds(alpha / len(claims))}
            del row["differences"]
    for rows in table:
        verdict = claim_verdict([row["verdict"] for row in rows])
        for row in rows:
            row["claim_verdict"] = verdict
    flat = pd.DataFrame([row for rows in table for row in rows], columns=COLUMNS)
    return flat.round(contrasts.DECIMALS).astype({"reversals": "Int64", "seeds_needed": "Int64"})
