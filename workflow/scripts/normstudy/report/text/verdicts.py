"""The verdicts on all claims together: in a sentence, in a table, with other labels."""

import pandas as pd

from ...statistics.label_doubts import SCORINGS
from ...statistics.verdicts.rule import UNJUDGED, Verdict
from .amounts import amount, interval, labels_of, metric_name, says, seeds_needed, unit
from .wording import MANY, capital, counted, listing, spelled

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


def _seeds_judged(claims: pd.DataFrame) -> str:
    """With how many seeds the claims were judged: "with ten seeds", "at 10 and 30 seeds"."""
    looks = sorted(set(claims["look"].dropna()))
    if len(looks) == 1:
        return f"with {spelled(int(looks[0]))} seeds"
    return f"at {listing([f'{look:,.0f}' for look in looks])} seeds"


def judgement(claims: pd.DataFrame, config: dict, names: bool = True) -> str:
    """Which claims have which verdict; "" for a study without claims.

    Args:
        claims: a table of `judging.judged_claims`.
        names: whether claims that differ in their verdicts are named, if they are few.
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
            says(config, claim) for claim in claims.loc[claims["verdict"] == verdict, "claim"]
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
            + (f" ({listing(said)})" if names and len(said) <= MANY else "")
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
    metric; "look" at how many seeds each was judged, where they differ. Empty columns, as with
    one seed, are left out.
    """
    labels = labels_of(config)
    verdict_of = dict(zip(claims["claim"], claims["verdict"], strict=True))
    several_looks, rows = comparisons["look"].nunique() > 1, []
    for row in comparisons.itertuples():
        whole, one = verdict_of[row.claim], row.verdict == Verdict.ONE_RUN
        what = f"({metric_name(row.metric, row.size)}, {unit(row.metric)})"
        cells = {
            "claim": f"{MARKS[whole]} {says(config, row.claim)}: {whole} {what}",
            "against": labels[row.rival],
            "difference" if one else "mean difference": amount(row.mean_difference, row.metric),
        }
        if several_looks:
            cells["look"] = "" if pd.isna(row.look) else f"{row.look} seeds"
        if row.verdict not in UNJUDGED:
            others, least = (row.other_images_low, row.other_images_high), row.smallest_margin
            cells |= {
                "interval": interval(row.ci_low, row.ci_high, row.metric),
                "narrower interval": interval(
                    row.equivalence_low, row.equivalence_high, row.metric
                ),
                "verdict": row.verdict,
                "smallest margin": "" if pd.isna(least) else amount(least, row.metric).lstrip("+±"),
                "other images too": "" if pd.isna(others[0]) else interval(*others, row.metric),
                "seeds to show it": seeds_needed(row, "difference"),
                "seeds to show none": seeds_needed(row, "equivalence"),
            }
        rows.append(cells)
    table = pd.DataFrame(rows).fillna("")
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
            f"{says(config, row.claim)} becomes: {getattr(row, f'verdict_labels_{scoring}')}"
            for row in claims.itertuples()
            if getattr(row, f"verdict_labels_{scoring}") != row.verdict
        ]
        outcome = "; ".join(changed) if changed else "no verdict changes"
        sentences.append(f"With {SCORINGS[scoring]}, {outcome}.")
    return sentences
