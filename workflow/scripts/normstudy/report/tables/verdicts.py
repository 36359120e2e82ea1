"""The report's tables of claims: every contrast with its numbers, and each claim in one row."""

import pandas as pd

from ...statistics.seeds_needed import POWER
from ...statistics.verdicts.rule import UNJUDGED, Verdict
from ..study import Study
from ..text.amounts import (
    amount,
    labels_of,
    low_to_high,
    metric_name,
    on_these_images,
    probability,
    says,
    seeds_needed,
    size,
    unit,
)
from .table import Table

DIFFERENCE = "difference [interval]"
TOGETHER = ",\N{NO-BREAK SPACE}"  # the ends of an interval, on one line
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


def verdicts(study: Study) -> Table | None:
    """Every claim's verdict, with the numbers of each contrast behind it."""
    if study.comparisons.empty:
        return None
    cells = verdict_table(study.comparisons, study.claims, study.config)
    cells = cells.rename(columns={name: name[0].upper() + name[1:] for name in cells})
    caption = "One run per model: differences without verdicts."
    if len(study.seeds) > 1:
        caption = "Variant minus rival, mean of all seeds."
    if "Look" in cells:
        caption += " Look: the number of seeds that intervals and verdict are from."
    if "Smallest margin" in cells:
        caption += " Smallest margin: with it, the verdict would still be “no difference”."
    if "Seeds to show it" in cells:
        caption += (
            f" The last columns: how many seeds are enough, in {100 * POWER:g} % of studies, to"
            " show a difference as large as the margin, or to show that none matters."
        )
    return Table(cells, caption, "comparisons.csv", group="Claim", sortable=True)


def verdict_table(comparisons: pd.DataFrame, claims: pd.DataFrame, config: dict) -> pd.DataFrame:
    """The verdicts as a table of strings, a row per claim and rival.

    The column "claim", the same for all rows of a claim, holds its sentence, its verdict and its
    metric; "look" at how many seeds each was judged, where they differ. Empty columns, as with
    one seed, are left out.
    """
    labels, sentences = labels_of(config), says(config)
    verdict_of = dict(zip(claims["claim"], claims["verdict"], strict=True))
    several_looks, rows = comparisons["look"].nunique() > 1, []
    for row in comparisons.itertuples():
        whole, one = verdict_of[row.claim], row.verdict == Verdict.ONE_RUN
        what = f"{metric_name(row.metric, row.size)}, {unit(row.metric)}"
        cells = {
            "claim": f"{MARKS[whole]} “{sentences[row.claim]}”: {whole} · {what}",
            "against": labels[row.rival],
            "difference" if one else "mean difference": amount(row.mean_difference, row.metric),
        }
        if several_looks:
            cells["look"] = "" if pd.isna(row.look) else f"{row.look:.0f}"
        if row.verdict not in UNJUDGED:
            others, least = (row.other_images_low, row.other_images_high), row.smallest_margin
            cells |= {
                "interval": low_to_high(row.ci_low, row.ci_high, row.metric),
                "narrower interval": low_to_high(
                    row.equivalence_low, row.equivalence_high, row.metric
                ),
                "verdict": row.verdict,
                "smallest margin": "" if pd.isna(least) else size(least, row.metric),
                "other images too": "" if pd.isna(others[0]) else low_to_high(*others, row.metric),
                "seeds to show it": seeds_needed(row, "difference"),
                "seeds to show none": seeds_needed(row, "equivalence"),
            }
        rows.append(cells)
    table = pd.DataFrame(rows).fillna("")
    return table.loc[:, (table != "").any()]


def claims_in_brief(comparisons: pd.DataFrame, claims: pd.DataFrame, config: dict) -> pd.DataFrame:
    """A row of text per claim: claim, verdict, and differences with their intervals.

    A difference is of all seeds; its interval, of the look that decides: not around it.
    """
    labels, sentences, rows = labels_of(config), says(config), []
    for claim in claims.itertuples():
        own = comparisons[comparisons["claim"] == claim.claim]
        differences = [
            amount(row.mean_difference, row.metric)
            + f" [{low_to_high(row.ci_low, row.ci_high, row.metric).replace(' to ', TOGETHER)}]"
            * (row.verdict not in UNJUDGED)
            + f" ({labels[row.rival]})"
            for row in own.itertuples()
        ]
        verdict = claim.verdict + on_these_images(own) * (claim.verdict == Verdict.NO_DIFFERENCE)
        rows.append((sentences[claim.claim], verdict, "; ".join(differences)))
    return pd.DataFrame(rows, columns=["claim", "verdict", DIFFERENCE])


def published(study: Study) -> Table | None:
    """The project's published verdicts, where the study has none of its own."""
    found = study.published_verdicts
    if found is None:
        return None
    cells = found[["claim", "verdict", DIFFERENCE]]
    return Table(
        cells.rename(columns=str.capitalize),
        "The published verdicts. The mean difference of all seeds; in square brackets, the interval"
        " at the look that decides; in round brackets, the rival. Accuracies and gaps are in"
        " points, losses in nats.",
        "docs/claims.md",
        names=tuple(cells.columns.str.capitalize()),
    )


def single_runs(study: Study) -> Table | None:
    """McNemar's test of the trained networks, for claims on test accuracy with one seed."""
    tests = study.single_run.drop_duplicates(["variant", "rival"])
    if tests.empty:
        return None
    cells = {
        "Model": tests["variant"].map(study.labels),
        "Rival": tests["rival"].map(study.labels),
        "Only the model is right": tests["only_variant_right"].map("{:,}".format),
        "Only the rival is right": tests["only_rival_right"].map("{:,}".format),
        "p-value": tests["p_value"].map(probability),
    }
    return Table(
        pd.DataFrame(cells),
        "Test images that one of two networks predicts correctly and the other does not, with the"
        " p-value of McNemar's exact test. It compares these trained networks, not the methods.",
        "single_run.csv",
    )
