"""The verdicts in plain words: every number comes from the tables, none is typed in."""

import pandas as pd

from ...evaluation.label_doubts import SCORINGS
from ...statistics.seeds_needed import MOST_SEEDS, POWER
from ...statistics.summary import METRICS
from ...statistics.verdicts.rule import HOLDING, UNJUDGED, Verdict
from .wording import FEW, MANY, capital, counted, listing, signed, spelled

# Beside the words of a verdict.
MARKS = {
    Verdict.HOLDS: "✓",
    Verdict.TOO_SMALL: "✓",
    Verdict.NO_DIFFERENCE: "=",
    Verdict.CONTRADICTED: "✗",
    Verdict.UNDECIDED: "?",
    Verdict.NOT_YET: "–",
    Verdict.ONE_RUN: "–",
}
# Verdict -> what one claim, or several, do.
DOES = {
    Verdict.HOLDS: ("holds", "hold"),
    Verdict.TOO_SMALL: ("holds, but by too little to matter", "hold, but by too little to matter"),
    Verdict.NO_DIFFERENCE: ("shows no difference that matters", "show no difference that matters"),
    Verdict.CONTRADICTED: ("is contradicted", "are contradicted"),
    Verdict.UNDECIDED: ("is undecided", "are undecided"),
}


def unit(metric: str) -> str:
    """The unit of a difference in the metric."""
    return "nats" if metric == "test_loss" else "points"


def metric_name(metric: str, absolute: bool = False) -> str:
    """The metric without its unit."""
    return f"{'absolute ' if absolute else ''}{METRICS.get(metric, metric).rsplit(',', 1)[0]}"


def amount(value: float, metric: str) -> str:
    """A difference with its sign, to a tenth of what one test image of 10,000 makes."""
    return signed(value, 4 if metric == "test_loss" else 3)


def probability(p: float) -> str:
    """A p-value with two significant digits."""
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.2g}" if p < 0.995 else "p = 1"


def _says(config: dict, claim: str) -> str:
    said = next(entry["says"] for entry in config["claims"] if entry["id"] == claim)
    return f"“{said.rstrip('.')}”"


def _labels(config: dict) -> dict[str, str]:
    return {name: variant["label"] for name, variant in config["variants"].items()}


def bounded(value: float, metric: str) -> float:
    """An end of an interval, no further from 0 than a difference in the metric can be."""
    if metric == "test_loss":
        return value
    most = 200.0 if metric.startswith("gap") else 100.0  # points
    return min(max(value, -most), most)


def interval(low: float, high: float, metric: str) -> str:
    """The two ends of an interval of a difference."""
    low, high = bounded(low, metric), bounded(high, metric)
    return f"{amount(low, metric)} to {amount(high, metric)}"


def _limit(row) -> str:
    return f"{row.margin:g} {unit(row.metric)}"


def _contrast(row, labels: dict[str, str], whole: str) -> str:
    """One contrast with its interval and what that means.

    Args:
        row: a row of comparisons.csv, from itertuples.
        whole: the verdict on the claim, said before.
    """
    rival = labels[row.rival]
    size = amount(abs(row.mean_difference), row.metric).lstrip("+")
    if size.startswith("±"):
        text = f"level with {rival}"
    else:
        side = "above" if row.mean_difference > 0 else "below"
        text = f"{size} {unit(row.metric)} {side} {rival}"
    if row.verdict in UNJUDGED:
        return text
    text += f" (interval {interval(row.ci_low, row.ci_high, row.metric)})"
    meaning = {
        Verdict.HOLDS: "",
        Verdict.TOO_SMALL: f", which is less than {_limit(row)} and too small to matter",
        Verdict.NO_DIFFERENCE: f", which is within ±{_limit(row)}: no difference that matters",
        Verdict.CONTRADICTED: ", the other way round",
        Verdict.UNDECIDED: "" if whole == Verdict.UNDECIDED else ", which leaves it undecided",
    }
    return text + meaning[row.verdict]


def _doubted_by_signs(rows: pd.DataFrame, config: dict, labels: dict[str, str]) -> list[str]:
    """Where a contrast holds and the sign-flip test alone would not have shown it."""
    alpha = 1 - config["verdicts"]["confidence"]
    held = rows[rows["verdict"].isin(HOLDING) & (rows["sign_flip_p"] > alpha)]
    found = []
    for row in held.itertuples():
        smallest = (
            f", the smallest that {counted(row.seeds, 'seed')} can give"
            if 2 / 2**row.seeds > alpha and row.sign_flip_p == 2 / 2**row.seeds
            else ""
        )
        found.append(
            f"Against {labels[row.rival]} the interval rests on the differences being roughly"
            f" normal: the sign-flip test, which does not assume that, gives"
            f" {probability(row.sign_flip_p)}{smallest}."
        )
    return found


def _range(low: float, high: float) -> str:
    """A range of numbers of seeds; read back from a table with gaps they are floats."""
    low, high = int(low), int(high)
    if low >= MOST_SEEDS:
        return f"{MOST_SEEDS:,} or more"
    if high >= MOST_SEEDS:
        return f"{low:,} to {MOST_SEEDS:,} or more"
    return f"{low:,} to {high:,}" if high > low else f"{low:,}"


def _needed(claim, limit: str) -> str:
    """The numbers of seeds that an undecided claim would take, for both outcomes."""
    difference = _range(claim.seeds_for_difference_low, claim.seeds_for_difference_high)
    none = _range(claim.seeds_for_equivalence_low, claim.seeds_for_equivalence_high)
    return (
        f"Where a difference of {limit} is true, {difference} seeds would show it in"
        f" {POWER:.0%} of studies; where there is none, {none} would show that none"
        " matters (ranges, since these seeds tell the spread only roughly)."
    ).replace("%", " %")


def _alone(rows: pd.DataFrame, labels: dict[str, str]) -> str:
    """How often one seed alone would have said the opposite."""
    reversed_ = [
        f"{row.seeds_reversed:.0f} of {row.seeds} against {labels[row.rival]}"
        for row in rows.itertuples()
    ]
    return f"Seeds that alone would have said the opposite: {listing(reversed_)}."


def _tally(rows: pd.DataFrame, labels: dict[str, str]) -> str:
    """Against how many of many rivals a claim has which verdict; the table has the figures."""
    parts = []
    for verdict in DOES:
        rivals = [labels[rival] for rival in rows.loc[rows["verdict"] == verdict, "rival"]]
        if rivals:
            named = f" ({listing(rivals)})" if len(rivals) <= FEW else ""
            parts.append(f"{verdict} against {spelled(len(rivals))}{named}")
    return f"Of {spelled(len(rows))} rivals: {listing(parts)}"


def _mcnemar(claim: str, tests: pd.DataFrame, labels: dict[str, str]) -> list[str]:
    """What McNemar's test says of the two networks of one seed."""
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


def _verdict(claim, labels: dict[str, str], rivals: int) -> str:
    """The verdict, with the rivals that decide it where these are not all of several."""
    deciding = claim.deciding_rivals.split()
    every_rival = claim.verdict in (Verdict.HOLDS, Verdict.UNDECIDED, Verdict.NOT_YET)
    if every_rival or rivals == 1 or len(deciding) > FEW:
        return claim.verdict
    return f"{claim.verdict} against {listing([labels[rival] for rival in deciding])}"


def claim_sentences(
    comparisons: pd.DataFrame,
    claims: pd.DataFrame,
    config: dict,
    tests: pd.DataFrame | None = None,
) -> list[str]:
    """A paragraph for each claim, in the order of the config; of one seed only McNemar's tests.

    Args:
        comparisons: a table of `judging.compare`.
        claims: a table of `judging.judged_claims`.
        config: the checked config.
        tests: a table of `mcnemar.single_run_tests`, for a study with one seed.
    """
    labels, paragraphs = _labels(config), []
    for claim in claims.itertuples():
        rows = comparisons[comparisons["claim"] == claim.claim]
        if claim.verdict == Verdict.ONE_RUN:
            sentences = _mcnemar(claim.claim, tests, labels) if tests is not None else []
            paragraphs.append(" ".join(sentences))
            continue
        sentences = list(_found(claim, rows, config))
        if len(rows) <= FEW and claim.verdict != Verdict.NOT_YET:
            sentences += [_alone(rows, labels), *_doubted_by_signs(rows, config, labels)]
        if claim.verdict == Verdict.UNDECIDED:
            sentences.append(_needed(claim, _limit(next(rows.itertuples()))))
        paragraphs.append(" ".join(sentences))
    return [paragraph for paragraph in paragraphs if paragraph]


def claim_notes(
    comparisons: pd.DataFrame, claims: pd.DataFrame, config: dict, tests: pd.DataFrame
) -> list[str]:
    """What there is to say of each claim beside `verdict_table`, which has the numbers.

    Args:
        tests: a table of `mcnemar.single_run_tests`.
    """
    labels, notes = _labels(config), []
    for claim in claims.itertuples():
        rows = comparisons[comparisons["claim"] == claim.claim]
        if claim.verdict == Verdict.ONE_RUN:
            notes += _mcnemar(claim.claim, tests, labels)
        elif doubts := _doubted_by_signs(rows, config, labels):
            notes.append(" ".join([f"{_says(config, claim.claim)}:", *doubts]))
    return notes


def claims_in_brief(comparisons: pd.DataFrame, claims: pd.DataFrame, config: dict) -> list[str]:
    """Two sentences for each claim of several seeds: its verdict, and the differences found."""
    return [
        " ".join(_found(claim, comparisons[comparisons["claim"] == claim.claim], config))
        for claim in claims.itertuples()
    ]


def _found(claim, rows: pd.DataFrame, config: dict) -> tuple[str, str]:
    """The verdict on a claim, and its contrasts."""
    labels = _labels(config)
    verdict = f"{_says(config, claim.claim)}: {_verdict(claim, labels, len(rows))}."
    if len(rows) > FEW:
        return verdict, f"{_tally(rows, labels)}."
    what = metric_name(claim.metric, next(rows.itertuples()).absolute)
    contrasts = "; ".join(_contrast(row, labels, claim.verdict) for row in rows.itertuples())
    return verdict, f"In {what}, {labels[claim.variant]} is {contrasts}."


def _seeds_judged(claims: pd.DataFrame) -> str:
    """With how many seeds the claims were judged: "with ten seeds", "at 10 and 30 seeds"."""
    looks = sorted(set(claims["look"].dropna()))
    if len(looks) == 1:
        return f"with {spelled(int(looks[0]))} seeds"
    return f"at {listing([f'{look:,.0f}' for look in looks])} seeds"


def judgement(claims: pd.DataFrame, config: dict) -> str:
    """Which claims have which verdict; "" for a study without claims.

    Args:
        claims: a table of `judging.judged_claims`.
    """
    if claims.empty:
        return ""
    several, total = len(claims) > 1, spelled(len(claims))
    none = {1: "The claim cannot", 2: "Neither claim can"}.get(
        len(claims), f"None of the {total} claims can"
    )
    if (claims["verdict"] == Verdict.ONE_RUN).any():
        return f"{none} be judged: one run cannot tell how much another seed would change."
    if (claims["verdict"] == Verdict.NOT_YET).all():
        look = counted(int(claims["next_look"].iloc[0]), "seed")
        return f"{none} be judged yet: the first look is planned at {look}."
    named = {
        verdict: [
            _says(config, claim) for claim in claims.loc[claims["verdict"] == verdict, "claim"]
        ]
        for verdict in DOES
    }
    judged = _seeds_judged(claims)
    if not several:
        (verdict,) = claims["verdict"]
        text = f"{capital(judged)} the claim {named[verdict][0]} {DOES[verdict][0]}."
    elif claims["verdict"].nunique() == 1:
        every = "Both" if len(claims) == 2 else f"All {total}"
        text = f"{every} claims {DOES[claims['verdict'].iloc[0]][1]}, {judged}."
    else:
        outcomes = [
            f"{spelled(len(said))} {DOES[verdict][len(said) > 1]}"
            + (f" ({listing(said)})" if len(said) <= MANY else "")
            for verdict, said in named.items()
            if said
        ]
        text = f"Of the {total} claims, {judged}, {listing(outcomes)}."
    ahead = claims["next_look"].dropna()
    if len(ahead):
        them = "What is undecided" if several else "It"
        text += f" {them} will be judged again at {counted(int(ahead.min()), 'seed')}."
    return text


def verdict_table(comparisons: pd.DataFrame, claims: pd.DataFrame, config: dict) -> pd.DataFrame:
    """The verdicts as the report's table: strings, a row per claim and rival.

    The column "claim", the same for all rows of a claim, holds its sentence, its verdict and its
    metric; columns that would be empty, as with one seed, are left out.
    """
    labels = _labels(config)
    verdict_of = dict(zip(claims["claim"], claims["verdict"], strict=True))
    rows = []
    for row in comparisons.itertuples():
        judged = row.verdict not in UNJUDGED
        p = probability(row.sign_flip_p).removeprefix("p = ").removeprefix("p ") if judged else ""
        needed = (
            {"difference": "", "equivalence": ""}
            if pd.isna(row.seeds_for_difference_low)
            else {
                "difference": _range(row.seeds_for_difference_low, row.seeds_for_difference_high),
                "equivalence": _range(
                    row.seeds_for_equivalence_low, row.seeds_for_equivalence_high
                ),
            }
        )
        whole = verdict_of[row.claim]
        rows.append(
            {
                "claim": f"{MARKS[whole]} {_says(config, row.claim)}: {whole}"
                f" ({metric_name(row.metric, row.absolute)}, {unit(row.metric)})",
                "against": labels[row.rival],
                "difference" if row.verdict == Verdict.ONE_RUN else "mean difference": amount(
                    row.mean_difference, row.metric
                ),
                "interval": interval(row.ci_low, row.ci_high, row.metric) if judged else "",
                "verdict": row.verdict if judged else "",
                "other images too": ""
                if pd.isna(row.other_images_low)
                else interval(row.other_images_low, row.other_images_high, row.metric),
                "P(A\u00a0>\u00a0B)": f"{row.probability_of_superiority:.2f}" if judged else "",
                "seeds reversed": f"{row.seeds_reversed:.0f} of {row.seeds}" if judged else "",
                "sign-flip p": p,
                "seeds to show it": needed["difference"],
                "seeds to show none": needed["equivalence"],
            }
        )
    table = pd.DataFrame(rows)
    return table.loc[:, (table != "").any()]


def label_sentences(doubts: pd.DataFrame, claims: pd.DataFrame, config: dict) -> list[str]:
    """What becomes of the verdicts when the doubted labels are corrected or left out.

    Args:
        doubts: a table of `label_doubts.label_doubts`.
        claims: claims.csv, with the verdicts by every scoring.
    """
    if doubts.empty or claims.empty or claims["verdict"].isin(UNJUDGED).all():
        return []  # without verdicts none can change
    images = doubts.groupby("scoring")["images"].first()
    in_doubt = int(images["given"] - images["excluded"])
    if not in_doubt:
        return []
    sentences = [
        f"Of {images['given']:,} test labels {in_doubt} {'is' if in_doubt == 1 else 'are'} in"
        " doubt. The verdicts are on the labels as given."
    ]
    for scoring in ("corrected", "excluded"):
        changed = [
            f"{_says(config, row.claim)} becomes: {getattr(row, f'verdict_labels_{scoring}')}"
            for row in claims.itertuples()
            if getattr(row, f"verdict_labels_{scoring}") != row.verdict
        ]
        outcome = "; ".join(changed) if changed else "no verdict changes"
        sentences.append(f"With {SCORINGS[scoring]}, {outcome}.")
    return sentences
