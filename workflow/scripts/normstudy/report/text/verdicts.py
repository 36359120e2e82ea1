"""The verdicts in plain words: every number comes from the tables, none is typed in."""

import pandas as pd

from ...evaluation.label_doubts import SCORINGS, rescored
from ...statistics import contrasts
from ...statistics.summary import METRICS
from ...statistics.verdicts import INCONCLUSIVE, NOT_SUPPORTED, ONE_RUN, SUPPORTED, compare, margin
from .wording import FEW, MANY, capital, counted, listing, signed, spelled

MARKS = {SUPPORTED: "✓", NOT_SUPPORTED: "✗", INCONCLUSIVE: "?", ONE_RUN: "–"}  # beside the words


def unit(metric: str) -> str:
    """The unit of a difference in the metric."""
    return "nats" if metric == "test_loss" else "points"


def metric_name(metric: str) -> str:
    """The metric without its unit."""
    return METRICS[metric].rsplit(",", 1)[0]


def amount(value: float, metric: str) -> str:
    """A difference with its sign, to a tenth of what one test image of 10,000 makes."""
    return signed(value, 4 if metric == "test_loss" else 3)


def probability(p: float) -> str:
    """A p-value with two significant digits."""
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.2g}" if p < 0.995 else "p = 1"


def _limit(metric: str, config: dict) -> str:
    return f"{margin(metric, config['verdicts']):g} {unit(metric)}"


def _says(config: dict, claim: str) -> str:
    said = next(entry["says"] for entry in config["claims"] if entry["id"] == claim)
    return f"“{said.rstrip('.')}”"


def negligible(row, config: dict) -> bool:
    """Whether a supported difference is smaller than the margin that matters.

    Args:
        row: a row of comparisons.csv, from itertuples.
    """
    return row.verdict == SUPPORTED and abs(row.mean_difference) < margin(
        row.metric, config["verdicts"]
    )


def _interval(row) -> str:
    low, high = (amount(value, row.metric) for value in (row.adjusted_low, row.adjusted_high))
    return f"{low} to {high}"


def _contrast(row, config: dict, labels: dict[str, str]) -> str:
    """One contrast with its figures and what they mean."""
    rival = labels[row.rival]
    size = amount(abs(row.mean_difference), row.metric).lstrip("+")
    if size.startswith("±"):
        text = f"level with {rival}"
    else:
        side = "above" if row.mean_difference > 0 else "below"
        text = f"{size} {unit(row.metric)} {side} {rival}"
    if row.verdict == ONE_RUN:
        return text
    level = f"{100 * row.adjusted_level:.4g} %"
    text += f" ({level} interval {_interval(row)}, adjusted {probability(row.p_adjusted)})"
    alpha = 1 - config["verdicts"]["confidence"]
    if negligible(row, config):
        return f"{text}, real but negligible: less than {_limit(row.metric, config)}"
    if row.verdict == NOT_SUPPORTED and row.p_equivalent <= alpha:
        return f"{text}, shown to be within ±{_limit(row.metric, config)}"
    if row.verdict == NOT_SUPPORTED:
        return f"{text}, the other way round"
    if row.verdict == INCONCLUSIVE:
        return f"{text}, which could be chance"
    return text


def _needed(rows: pd.DataFrame, config: dict) -> str:
    """The number of seeds that an inconclusive claim would take."""
    open_rows = rows[rows["verdict"] == INCONCLUSIVE]
    needed, seeds = int(open_rows["seeds_needed"].max()), int(rows["seeds"].iloc[0])
    limit = _limit(rows["metric"].iloc[0], config)
    power = f"{contrasts.POWER:.0%}".replace("%", " %")
    if needed >= contrasts.MOST_SEEDS:
        return (
            f"To find a difference of {limit} with {power} power would take"
            f" {contrasts.MOST_SEEDS:,} seeds or more."
        )
    if needed > seeds:
        return f"To find a difference of {limit} with {power} power would take {needed} seeds."
    return (
        f"These {seeds} seeds would have found a difference of {limit} with {power} power: the"
        " claimed one is probably smaller."
    )


def _alone(rows: pd.DataFrame, labels: dict[str, str]) -> str:
    """How often one seed alone would have said the opposite."""
    reversed_ = [
        f"{row.reversals} of {row.seeds} against {labels[row.rival]}" for row in rows.itertuples()
    ]
    return f"Seeds that alone would have said the opposite: {listing(reversed_)}."


def _tally(rows: pd.DataFrame, labels: dict[str, str]) -> str:
    """Against how many of many rivals a claim has which verdict; the table has the figures."""
    parts = []
    for verdict in (SUPPORTED, NOT_SUPPORTED, INCONCLUSIVE):
        rivals = [labels[rival] for rival in rows.loc[rows["verdict"] == verdict, "rival"]]
        if rivals:
            named = f" ({listing(rivals)})" if len(rivals) <= FEW else ""
            parts.append(f"{verdict} against {spelled(len(rivals))}{named}")
    return f"Of {spelled(len(rows))} rivals it is {listing(parts)}"


def _mcnemar(rows: pd.DataFrame, tests: pd.DataFrame, labels: dict[str, str]) -> list[str]:
    """What McNemar's test says of the two networks of one seed."""
    claim = rows["claim"].iloc[0]
    found = [
        f"{labels[test.variant]} alone is right on {test.only_variant_right} and"
        f" {labels[test.rival]} alone on {test.only_rival_right} ({probability(test.p_value)})"
        for test in tests[tests["claim"] == claim].itertuples()
    ]
    if not found:
        return []
    return [
        f"McNemar's exact test for these trained networks, not for the methods: of the test images"
        f" {'; '.join(found)}."
    ]


def claim_sentences(
    comparisons: pd.DataFrame, config: dict, tests: pd.DataFrame | None = None
) -> list[str]:
    """A paragraph for each claim, in the order of the config; of one seed only McNemar's tests.

    Args:
        comparisons: a table of `verdicts.compare`.
        config: the checked config.
        tests: a table of `single_run.single_run_tests`, for a study with one seed.
    """
    labels = {name: variant["label"] for name, variant in config["variants"].items()}
    paragraphs = []
    for claim, rows in comparisons.groupby("claim", sort=False):
        verdict, seeds = rows["claim_verdict"].iloc[0], int(rows["seeds"].iloc[0])
        variant, metric = labels[rows["variant"].iloc[0]], rows["metric"].iloc[0]
        contrasts_ = "; ".join(_contrast(row, config, labels) for row in rows.itertuples())
        if verdict == ONE_RUN:
            sentences = _mcnemar(rows, tests, labels) if tests is not None else []
        else:
            sentences = [f"{_says(config, claim)} is {verdict} over {counted(seeds, 'seed')}."]
            if len(rows) > FEW:
                sentences.append(f"{_tally(rows, labels)}.")
            else:
                sentences.append(f"In {metric_name(metric)}, {variant} is {contrasts_}.")
                sentences.append(_alone(rows, labels))
            if verdict == INCONCLUSIVE:
                sentences.append(_needed(rows, config))
        paragraphs.append(" ".join(sentences))
    return [paragraph for paragraph in paragraphs if paragraph]


def judgement(comparisons: pd.DataFrame, config: dict) -> str:
    """Which claims have which verdict; with too few seeds, how many it takes.

    "" for a study without claims.
    """
    if comparisons.empty:
        return ""
    seeds, enough = int(comparisons["seeds"].iloc[0]), _enough_seeds(comparisons, config)
    verdicts = comparisons.drop_duplicates("claim").set_index("claim")["claim_verdict"]
    several = len(verdicts) > 1
    if seeds == 1:
        none = f"None of the {spelled(len(verdicts))} claims can" if several else "The claim cannot"
        return (
            f"{none} be judged: one run cannot tell how much another seed would change. It takes at"
            f" least {spelled(enough)} seeds to support {'any of them' if several else 'it'}."
        )
    named = {
        verdict: [_says(config, claim) for claim in verdicts.index[verdicts == verdict]]
        for verdict in (SUPPORTED, NOT_SUPPORTED, INCONCLUSIVE)
    }
    outcomes = [
        f"{spelled(len(claims))} {'is' if len(claims) == 1 else 'are'} {verdict}"
        + (f" ({listing(claims)})" if len(claims) <= MANY else "")
        for verdict, claims in named.items()
        if claims
    ]
    if not several:
        (claim,) = verdicts.index
        text = f"With {spelled(seeds)} seeds the claim {_says(config, claim)} is {verdicts[claim]}."
    elif verdicts.nunique() == 1:
        total = spelled(len(verdicts))
        text = f"All {total} claims are {verdicts.iloc[0]}, with {spelled(seeds)} seeds."
    else:
        total = spelled(len(verdicts))
        text = f"Of the {total} claims, with {spelled(seeds)} seeds, {listing(outcomes)}."
    if seeds < enough:
        text += (
            f" {capital(spelled(seeds))} seeds cannot support {'any' if several else 'it'}, however"
            f" large the difference: that takes at least {spelled(enough)}."
        )
    slight = dict.fromkeys(
        _says(config, row.claim)
        for row in comparisons.itertuples()
        if row.claim_verdict == SUPPORTED and negligible(row, config)
    )
    if slight:
        text += (
            f" What supports {listing(list(slight))} is real, but against some rival smaller than"
            " the margin that matters."
        )
    return text


def _enough_seeds(comparisons: pd.DataFrame, config: dict) -> int:
    """The fewest seeds with which any claim could be supported."""
    alpha = 1 - config["verdicts"]["confidence"]
    return contrasts.fewest_seeds(alpha / comparisons["claim"].nunique())


def power_note(comparisons: pd.DataFrame, config: dict) -> str:
    """Why this number of seeds cannot support a claim; "" if it can, and for one seed."""
    if comparisons.empty:
        return ""
    alpha = 1 - config["verdicts"]["confidence"]
    seeds, claims = int(comparisons["seeds"].iloc[0]), comparisons["claim"].nunique()
    if seeds == 1 or seeds >= _enough_seeds(comparisons, config):
        return ""
    smallest = f"2/2^{seeds} = {2 / 2**seeds:.2g}"
    times = f", times the number of claims, {claims}," if claims > 1 else ""
    return (
        f"The smallest p-value that the sign-flip test can give with {seeds} seeds is"
        f" {smallest}{times} {'which is ' if not times else 'is '}above {alpha:.2g}."
    )


def _seeds_needed(row) -> str:
    if pd.isna(row.seeds_needed):
        return ""
    more = "+" if row.verdict == ONE_RUN or row.seeds_needed >= contrasts.MOST_SEEDS else ""
    return f"{row.seeds_needed:.0f}{more}"


def verdict_table(comparisons: pd.DataFrame, config: dict) -> pd.DataFrame:
    """The verdicts as the report's table: strings, a row per claim and rival.

    The column "claim", the same for all rows of a claim, holds its sentence, its verdict and its
    metric; columns that would be empty, as with one seed, are left out.
    """
    labels = {name: variant["label"] for name, variant in config["variants"].items()}
    rows = []
    for row in comparisons.itertuples():
        one = row.verdict == ONE_RUN
        p = probability(row.p_adjusted).removeprefix("p = ").removeprefix("p ")
        rows.append(
            {
                "claim": f"{MARKS[row.claim_verdict]} {_says(config, row.claim)}:"
                f" {row.claim_verdict} ({metric_name(row.metric)}, {unit(row.metric)})",
                "against": labels[row.rival],
                "mean difference": amount(row.mean_difference, row.metric),
                "adjusted interval": "" if one else _interval(row),
                "adjusted p": "" if one else p,
                "P(A\u00a0>\u00a0B)": "" if one else f"{row.p_superior:.2f}",
                "seeds reversed": "" if one else f"{row.reversals} of {row.seeds}",
                "seeds needed": _seeds_needed(row),
            }
        )
    table = pd.DataFrame(rows)
    return table.loc[:, (table != "").any()]


def label_sentences(
    runs: pd.DataFrame, doubts: pd.DataFrame, config: dict, comparisons: pd.DataFrame
) -> list[str]:
    """What becomes of the verdicts when the doubted labels are corrected or left out.

    Args:
        runs: a table of `summary.run_metrics`.
        doubts: a table of `label_doubts.label_doubts`.
        comparisons: the verdicts on the labels as given.
    """
    if doubts.empty or comparisons.empty:
        return []
    images = doubts.groupby("scoring")["images"].first()
    in_doubt = int(images["given"] - images["excluded"])
    if not in_doubt:
        return []
    sentences = [
        f"Of {images['given']:,} test labels {in_doubt} {'is' if in_doubt == 1 else 'are'} in"
        " doubt. The verdicts are on the labels as given."
    ]
    given = comparisons.drop_duplicates("claim").set_index("claim")["claim_verdict"]
    for scoring in ("corrected", "excluded"):
        again = compare(rescored(runs, doubts, scoring), config["claims"], config["verdicts"])
        other = again.drop_duplicates("claim").set_index("claim")["claim_verdict"]
        changed = [
            f"{_says(config, claim)} becomes {other[claim]}"
            for claim in given.index
            if other[claim] != given[claim]
        ]
        outcome = listing(changed) if changed else "no verdict changes"
        sentences.append(f"With {SCORINGS[scoring]}, {outcome}.")
    return sentences
