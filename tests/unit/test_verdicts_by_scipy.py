"""The intervals and verdicts of 200 made-up studies, computed again by scipy alone.

Nothing of the project's statistics is used for the expectation: scipy's own paired t-interval, and
the rules as docs and docstrings state them, written out once more.
"""

import math

import numpy as np
import pandas as pd
import pytest
from helpers.judged import judge
from scipy import stats

STUDIES = 200
ALPHA, MARGIN, LOSS_MARGIN = 0.05, 0.05, 0.002
IMAGES = 10_000
METRICS = ("test_accuracy", "test_loss", "train_accuracy", "gap", "gap_evaluated")
SMALLEST = {  # the least spread: one image, of 10,000 or 60,000
    "test_accuracy": 0.01, "gap": 0.01, "gap_evaluated": 0.01, "train_accuracy": 100 / 60_000,
    "test_loss": math.log(10) / IMAGES,
}  # fmt: skip


def made_up(rng):
    """Runs, claims and looks of a study of any size and truth."""
    variants = [f"v{i}" for i in range(rng.integers(2, 5))]
    seeds = int(rng.integers(2, 25))
    spread = rng.choice([0.0, 0.01, 0.03, 0.08])
    frames = []
    for name in variants:
        shift = rng.choice([0, 0, 0.02, 0.1, 0.4])
        noise = rng.normal(0, 1, (3, seeds)) * spread
        if rng.random() < 0.2:
            noise = noise**2
        test = np.round(99.4 + shift + noise[0], 2)
        train = np.round(99.5 + shift / 2 + noise[1], 4)
        loss = np.round(0.016 + 0.02 * (shift + noise[2]), 6)
        frames.append(
            pd.DataFrame(
                {
                    "variant": name, "seed": range(1, seeds + 1), "test_accuracy": test,
                    "test_loss": loss, "train_accuracy": train,
                    "gap": (train - test).round(6), "gap_evaluated": (99.8 - test).round(6),
                }
            )
        )  # fmt: skip
    claims = []
    for number in range(rng.integers(1, 5)):
        variant = str(rng.choice(variants))
        others = [name for name in variants if name != variant]
        against = "all" if rng.random() < 0.5 else others[: rng.integers(1, len(others) + 1)]
        claims.append(
            {
                "id": f"c{number}", "metric": str(rng.choice(METRICS)), "variant": variant,
                "against": against, "direction": str(rng.choice(["higher", "lower"])),
            }
        )  # fmt: skip
    looks = sorted(map(int, rng.choice(range(2, 30), rng.integers(1, 4), replace=False)))
    return pd.concat(frames, ignore_index=True), claims, looks if rng.random() < 0.5 else None


def mean_interval(pair, allowed, smallest):
    """The paired t-interval, by scipy's quantiles and, where the grid is no matter, its test."""
    d = np.round(pair[0] - pair[1], 6)
    error = max(d.std(ddof=1), smallest) / math.sqrt(len(d))
    low, high = stats.t.interval(1 - allowed, len(d) - 1, d.mean(), error)
    if d.std(ddof=1) > smallest:
        test = stats.ttest_rel(*pair).confidence_interval(1 - allowed)
        assert (low, high) == pytest.approx((test.low, test.high), abs=2e-6)
    return low, high


def size_interval(pair, allowed, smallest):
    """|mean| − |mean| over all means within the intervals of difference and sum, by a grid."""
    first, second = pair
    d = np.linspace(*mean_interval((first, second), allowed / 2, smallest), 201)[:, None]
    s = np.linspace(*mean_interval((first, -second), allowed / 2, smallest), 201)
    values = np.abs((s + d) / 2) - np.abs((s - d) / 2)
    return values.min(), values.max()


def expected(runs, claims, looks):
    """(claim, rival) → (seeds, level, four ends, verdict), claim → verdict, by the stated rules."""
    variants = list(runs["variant"].unique())
    seeds = runs["seed"].nunique()
    planned = looks or [seeds]
    weights = [k * (k + 1) / 2 for k in range(1, len(planned) + 1)]
    rivals = {
        c["id"]: [v for v in variants if v != c["variant"]] if c["against"] == "all"
        else c["against"] for c in claims
    }  # fmt: skip
    family = sum(map(len, rivals.values()))
    contrasts, verdicts = {}, {}
    for claim in claims:
        name, metric = claim["id"], claim["metric"]
        sign = 1 if claim["direction"] == "higher" else -1
        limit = LOSS_MARGIN if metric == "test_loss" else MARGIN
        whole = "not judged yet"
        open_rivals = list(rivals[name])
        for rival in rivals[name]:
            contrasts[name, rival] = (None, None, None, "not judged yet")
        for look, weight in zip(planned, weights, strict=True):
            if look > seeds or whole not in ("not judged yet", "undecided"):
                continue
            for rival in list(open_rivals):
                pair = [
                    runs[runs["variant"] == v].sort_values("seed")[metric].to_numpy()[:look]
                    for v in (claim["variant"], rival)
                ]
                a = ALPHA * weight / sum(weights) / family
                size = metric.startswith("gap") and claim["direction"] == "lower"
                ends = [
                    (size_interval if size else mean_interval)(pair, allowed, SMALLEST[metric])
                    for allowed in (a, 2 * a)
                ]
                (below, above), (inner_below, inner_above) = (
                    pair if sign > 0 else (-pair[1], -pair[0]) for pair in ends
                )
                small = -limit < inner_below and inner_above < limit
                if below > 0:
                    verdict = "holds, but too small to matter" if small else "holds"
                elif small:
                    verdict = "no difference that matters"
                else:
                    verdict = "contradicted" if above < 0 else "undecided"
                contrasts[name, rival] = (look, 1 - a, [*ends[0], *ends[1]], verdict)
                if verdict != "undecided":
                    open_rivals.remove(rival)
            own = {contrasts[name, rival][3] for rival in rivals[name]}
            order = ("contradicted", "no difference that matters", "undecided")
            order += ("holds, but too small to matter", "holds")
            whole = next(word for word in order if word in own)
        verdicts[name] = whole
    return contrasts, verdicts


def test_200_made_up_studies_are_judged_alike():
    rng = np.random.default_rng(2026)
    words = set()
    for _ in range(STUDIES):
        runs, claims, looks = made_up(rng)
        settings = {
            "margin": MARGIN, "loss_margin": LOSS_MARGIN, "confidence": 1 - ALPHA, "looks": looks,
        }  # fmt: skip
        found = judge(runs, claims, settings)
        table = found.comparisons
        contrasts, verdicts = expected(runs, claims, looks)
        assert len(table) == len(contrasts)
        for row in table.itertuples():
            look, level, ends, verdict = contrasts[row.claim, row.rival]
            assert row.verdict == verdict, row
            if look:
                assert row.look == look and row.ci_level == pytest.approx(level)
                found_ends = (row.ci_low, row.ci_high, row.equivalence_low, row.equivalence_high)
                assert found_ends == pytest.approx(ends, abs=1e-6)
        assert found.claims.set_index("claim")["verdict"].to_dict() == verdicts
        words |= set(verdicts.values())
    assert len(words) == 6  # the studies are of all kinds
