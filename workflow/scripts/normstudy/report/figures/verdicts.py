"""The forest of claims: paired differences with the intervals that decide the verdicts."""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ...evaluation.pictures import style
from ...statistics.verdicts.claims import sense
from ...statistics.verdicts.rule import UNJUDGED, Verdict
from ..marks import mark
from ..text.amounts import amount, bounded, labels_of, low_to_high, metric_name, unit
from ..text.wording import plain
from .plot import COLOURS, GREY, WIDTH, Plot

# verdict on a contrast -> colour, marker, filled
VERDICT_LOOKS = {
    Verdict.HOLDS: (COLOURS[0], "o", True),
    Verdict.TOO_SMALL: (COLOURS[0], "o", False),
    Verdict.NO_DIFFERENCE: (COLOURS[2], "s", False),
    Verdict.CONTRADICTED: (COLOURS[1], "s", True),
    Verdict.UNDECIDED: (GREY, "D", False),
    Verdict.NOT_YET: ("black", "o", False),
    Verdict.ONE_RUN: ("black", "o", False),
}
# Columns of comparisons.csv without _low and _high, meaning, and how it is drawn
BARS = (
    ("ci", "interval for a difference", {"lw": 1.2}),
    ("equivalence", "interval for no difference", {"lw": 4, "solid_capstyle": "butt"}),
    ("other_images", "for other images too", {"lw": 1.4, "alpha": 0.45}),
)


def forests(differences: pd.DataFrame, comparisons: pd.DataFrame, config: dict) -> list[Plot]:
    """Forest plots of all contrasts: one in points and one in nats, as far as claims ask for.

    Args:
        differences: those of `judging.judge`.
        comparisons: those of `judging.judge`.
    """
    units = comparisons["metric"].map(unit)
    return [
        _forest(comparisons[units == name], differences, config, f"forest_{name}")
        for name in units.unique()
    ]


@style()
def _forest(rows: pd.DataFrame, differences: pd.DataFrame, config: dict, name: str) -> Plot:
    """The forest plot of contrasts that share a unit: a panel per claim, a row per rival."""
    metric, limit = rows["metric"].iloc[0], rows["margin"].iloc[0]
    labels, wider = labels_of(config), rows["other_images_low"].notna().any()
    claims = {claim["id"]: claim for claim in config["claims"]}
    groups = dict(list(rows.groupby("claim", sort=False)))
    heights = [len(own) for own in groups.values()]
    tall = 1.4 + 0.6 * len(heights) + 0.38 * sum(heights)
    figure = Figure(figsize=(WIDTH, tall), layout="constrained")
    panels = figure.subplots(len(groups), sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    for axes, (claim, own) in zip(panels, groups.items(), strict=True):
        axes.set_title(_title(claims[claim], labels), fontsize=9)
        axes.axvspan(-limit, limit, color="#e8e8e8", zorder=0)
        axes.axvline(0, color="black", linewidth=1)
        axes.set_yticks(range(len(own)), [plain(labels[rival], 30) for rival in own["rival"]])
        axes.set_ylim(len(own) - 0.4, -0.5)
        axes.grid(axis="y", visible=False)
        axes.tick_params(axis="y", length=0)
        pairs = differences[differences["claim"] == claim]
        for place, row in enumerate(own.itertuples()):
            _draw_row(axes, row, place, pairs[pairs["rival"] == row.rival], labels)
        axes.label_outer()
    axes.set_xlabel(f"difference, {unit(metric)}")
    axes.axvspan(np.nan, np.nan, color="#e8e8e8", label=f"within ±{limit:g} {unit(metric)}")
    for verdict in dict.fromkeys(rows["verdict"]):
        axes.plot([], [], label=verdict, **_symbol(verdict))
    for columns, meaning, drawn in BARS:
        if rows[f"{columns}_low"].notna().any() and not set(rows["verdict"]) <= {*UNJUDGED}:
            axes.plot([], [], label=meaning, color=GREY, **drawn)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower left", ncols=3)
    caption = "Mean difference between runs with the same seed; each small line is one seed."
    if (rows["verdict"] == Verdict.ONE_RUN).any():
        caption = "The difference between two runs with the same seed."
    elif (rows["verdict"] != Verdict.NOT_YET).any():
        caption += (
            " A difference is shown if the thin bar is on one side of 0, and “no difference that"
            " matters” if the thick bar is within the grey band."
        )
    if wider:
        caption += " The pale bar below is for other test images, too."
    sentences = " ".join(_sentence(row, labels) for row in rows.itertuples())
    band = f"Differences between variants with a band of ±{limit:g} {unit(metric)} around 0."
    return Plot(
        name=name,
        figure=figure,
        alt=f"{band} {sentences}",
        caption=f"{caption} Differences within the grey band do not matter.",
        table="comparisons.csv",
    )


def _title(claim: dict, labels: dict[str, str]) -> str:
    """A claim's sentence, and what its differences are."""
    side = "right" if sense(claim) > 0 else "left"
    lines = (
        claim["says"].rstrip("."),
        f"{labels[claim['variant']]} minus … (claimed: {side} of 0)",
    )
    # Not by matplotlib's own wrapping, which takes what is between two dollar signs for a formula.
    return "\n".join(textwrap.fill(plain(line), 80) for line in lines)


def _symbol(verdict: str) -> dict:
    """How the mean of a contrast with the verdict is drawn."""
    colour, marker, filled = VERDICT_LOOKS[Verdict(verdict)]
    look = {"marker": marker, "linestyle": "", "color": colour, "markersize": 7}
    return look | {"markerfacecolor": colour if filled else "white"}


def _draw_row(axes, row, place: float, pairs: pd.DataFrame, labels: dict[str, str]) -> None:
    """One contrast: its seeds as small lines, its intervals, its mean.

    The seeds that the verdict was not read off, beyond the look, are lighter.

    Args:
        row: of comparisons.csv, from itertuples.
        pairs: its rows of differences.csv.
    """
    colour = VERDICT_LOOKS[row.verdict][0]
    if row.verdict != Verdict.ONE_RUN:
        who = f"{labels[row.variant]} minus {labels[row.rival]}"
        for part, alpha in ((pairs[: row.seeds], 1), (pairs[row.seeds :], 0.4)):
            seeds = {"marker": "|", "ls": "", "color": GREY, "ms": 7, "alpha": alpha}
            ticks = axes.plot(part["difference"], [place] * len(part), **seeds)
            told = [
                f"{who}, seed {pair.seed}: {amount(pair.difference, row.metric)}"
                for pair in part.itertuples()
            ]
            mark(ticks, "single seeds", told)
    for columns, _, drawn in BARS:
        ends = [getattr(row, f"{columns}_{end}") for end in ("low", "high")]
        if row.verdict not in UNJUDGED and pd.notna(ends[0]):
            height = place + 0.3 * (columns == "other_images")
            ends = [bounded(end, row.metric) for end in ends]
            series = "other images" if height > place else "intervals"
            mark(axes.plot(ends, [height] * 2, color=colour, **drawn), series)
    symbol = _symbol(row.verdict) | {"markeredgewidth": 1.5, "zorder": 3}
    mark(axes.plot(row.mean_difference, place, **symbol), row.verdict, [_sentence(row, labels)])


def _sentence(row, labels: dict[str, str]) -> str:
    """One contrast for the alternative text."""
    what = metric_name(row.metric, row.size)
    text = f"{labels[row.variant]} minus {labels[row.rival]}, {what}:"
    text += f" {amount(row.mean_difference, row.metric)}"
    if row.verdict not in UNJUDGED:
        text += f", interval {low_to_high(row.ci_low, row.ci_high, row.metric)}"
    if pd.notna(row.other_images_low):
        wider = low_to_high(row.other_images_low, row.other_images_high, row.metric)
        text += f", for other images too {wider}"
    return f"{text}, {row.verdict}."
