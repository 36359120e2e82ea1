"""What there is to say of each claim, in sentences: every number comes from the tables."""

import pandas as pd

from ...statistics.seeds_needed import POWER
from ...statistics.verdicts.rule import DECIDED, UNJUDGED, Verdict
from .amounts import amount, interval, labels_of, metric_name, probability, says, seeds_needed, unit
from .wording import FEW, capital, listing, spelled


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
    labels, paragraphs = labels_of(config), []
    for claim in claims.itertuples():
        rows = comparisons[comparisons["claim"] == claim.claim]
        if claim.verdict == Verdict.ONE_RUN:
            sentences = _mcnemar(claim.claim, tests, labels) if tests is not None else []
            paragraphs.append(" ".join(sentences))
            continue
        sentences = list(_found(claim, rows, config))
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
    labels = labels_of(config)
    alone = claims.loc[claims["verdict"] == Verdict.ONE_RUN, "claim"]
    return [note for claim in alone for note in _mcnemar(claim, tests, labels)]


def claims_in_brief(
    comparisons: pd.DataFrame, claims: pd.DataFrame, config: dict
) -> list[dict[str, str]]:
    """For each claim: what it says, its verdict, and one sentence on what was found."""
    return [
        {
            "claim": says(config, claim.claim).strip("“”"),
            "verdict": claim.verdict,
            "found": _in_short(claim, comparisons[comparisons["claim"] == claim.claim], config),
        }
        for claim in claims.itertuples()
    ]


def _in_short(claim, rows: pd.DataFrame, config: dict) -> str:
    """What was found on a claim against the rivals that decide it."""
    labels = labels_of(config)
    rows = rows[rows["rival"].isin(claim.deciding_rivals.split())]
    row = next(rows.itertuples())
    what = capital(metric_name(claim.metric, row.size))
    if claim.verdict == Verdict.NO_DIFFERENCE:
        rivals = listing([labels[rival] for rival in rows["rival"]])
        return f"{what}: equal to that of {rivals} within ±{_limit(row)}{_where(rows)}."
    return f"{what}: {listing([_distance(row, labels) for row in rows.itertuples()])}."


def _where(rows: pd.DataFrame) -> str:
    """Whether that no difference matters is about these test images only."""
    further = rows["other_images_low"].abs().combine(rows["other_images_high"].abs(), max)
    return " on these test images" if (further >= rows["margin"]).any() else ""


def _distance(row, labels: dict[str, str]) -> str:
    """How far the variant is above or below a rival."""
    size = amount(abs(row.mean_difference), row.metric).lstrip("+")
    if size.startswith("±"):
        return f"level with {labels[row.rival]}"
    side = "above" if row.mean_difference > 0 else "below"
    return f"{size} {unit(row.metric)} {side} {labels[row.rival]}"


def _found(claim, rows: pd.DataFrame, config: dict) -> tuple[str, str]:
    """The verdict on a claim, and its contrasts."""
    labels = labels_of(config)
    verdict = f"{says(config, claim.claim)}: {_verdict(claim, labels, len(rows))}."
    if len(rows) > FEW:
        return verdict, f"{_tally(rows, labels)}."
    what = metric_name(claim.metric, next(rows.itertuples()).size)
    contrasts = "; ".join(_contrast(row, labels, claim) for row in rows.itertuples())
    return verdict, f"In {what}, {labels[claim.variant]} is {contrasts}."


def _needed(claim, limit: str) -> str:
    """The numbers of seeds that an undecided claim would take, for both outcomes."""
    return (
        f"Where a difference of {limit} is true, {seeds_needed(claim, 'difference')} seeds would"
        f" show it in {POWER:.0%} of studies; where there is none,"
        f" {seeds_needed(claim, 'equivalence')} would show that none"
        " matters (ranges, since these seeds tell the spread only roughly)."
    ).replace("%", " %")


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


def _tally(rows: pd.DataFrame, labels: dict[str, str]) -> str:
    """Against how many of many rivals a claim has which verdict; the table has the figures."""
    parts = []
    for verdict in (*DECIDED, Verdict.UNDECIDED):
        rivals = [labels[rival] for rival in rows.loc[rows["verdict"] == verdict, "rival"]]
        if rivals:
            named = f" ({listing(rivals)})" if len(rivals) <= FEW else ""
            parts.append(f"{verdict} against {spelled(len(rivals))}{named}")
    return f"Of {spelled(len(rows))} rivals: {listing(parts)}"


def _contrast(row, labels: dict[str, str], claim) -> str:
    """One contrast with its interval and what that means.

    Args:
        row: a row of comparisons.csv, from itertuples.
        claim: its row of claims.csv, whose verdict is said before.
    """
    text = _distance(row, labels)
    if row.verdict in UNJUDGED:
        return text
    none = row.verdict == Verdict.NO_DIFFERENCE
    ends = (row.equivalence_low, row.equivalence_high) if none else (row.ci_low, row.ci_high)
    at = f", from the first {spelled(row.look)} seeds" if row.look != row.seeds else ""
    text += f" (interval {interval(*ends, row.metric)}{at})"
    said = row.verdict == claim.verdict
    meaning = {
        Verdict.HOLDS: "",
        Verdict.TOO_SMALL: f", which is less than {_limit(row)} and too small to matter",
        Verdict.NO_DIFFERENCE: f", within ±{_limit(row)}{_where(pd.DataFrame([row]))}"
        + ("" if said else ": no difference that matters"),
        Verdict.CONTRADICTED: ", the other way round",
        Verdict.UNDECIDED: "" if said else ", which leaves it undecided",
    }
    return text + meaning[row.verdict]


def _limit(row) -> str:
    return f"{row.margin:g} {unit(row.metric)}"
