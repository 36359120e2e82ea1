"""Figures of the verdicts: a dot for each seed, and the paired differences with their intervals."""

import textwrap
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ...statistics.summary import METRICS
from ...statistics.verdicts.claims import sense
from ...statistics.verdicts.rule import UNJUDGED, Verdict
from ..marks import mark
from ..study import means_of
from ..text.amounts import amount, bounded, interval, labels_of, metric_name, unit
from ..text.wording import fixed, span
from .plot import COLOURS, GREY, WIDTH, Plot, looks, name_rows, plain, title

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
LINE = 0.19  # inches, the height of a line of a forest plot
LETTERS = 9  # of a claim's sentence to an inch


def _value(value: float, metric: str) -> str:
    return fixed(value, 4 if metric == "test_loss" else 2)


def seed_dots(runs: pd.DataFrame, summary: pd.DataFrame, config: dict) -> list[Plot]:
    """Every run's value in each metric that a claim is about: one dot per seed, a bar at the mean.

    Args:
        runs: a table of `summary.run_metrics`.
        summary: a table of `summary.summarize`.

    Returns:
        One plot; none for a study without claims or with one seed, whose values the tables have.
    """
    metrics = list(dict.fromkeys(claim["metric"] for claim in config["claims"]))
    counts = runs.groupby("variant").size()
    if not metrics or max(counts) == 1:
        return []
    labels = labels_of(config)
    sentences, bars = [], {metric: means_of(summary, metric) for metric in metrics}
    for metric in metrics:
        parts = []
        for name, label in labels.items():
            values = runs.loc[runs["variant"] == name, metric]
            numbers = (bars[metric][name], values.min(), values.max())
            mean, low, high = (_value(number, metric) for number in numbers)
            parts.append(f"{label} {mean}, from {low} to {high}")
        sentences.append(f"mean {metric_name(metric)} of {'; '.join(parts)}")
    plot = Plot(
        name="seed_dots",
        draw=partial(_seed_dots, runs, bars, labels),
        alt=f"A dot for each of {span(counts)} seeds of every variant: {'. '.join(sentences)}.",
        caption=(
            "Every run at its last epoch: one dot per seed (in the order of the seeds, downwards)"
            " and a bar at the mean."
        ),
        table="runs.csv, summary.csv",
        function="figures.verdicts.seed_dots",
    )
    return [plot]


def _seed_dots(
    runs: pd.DataFrame, bars: dict[str, dict[str, float]], labels: dict[str, str], width: float
) -> Figure:
    """Draw `seed_dots`: a panel per metric, a row per variant.

    Args:
        bars: metric → variant → mean.
    """
    look, narrow = looks(labels), width < WIDTH
    height = len(bars) * (0.8 + (0.55 if narrow else 0.34) * len(labels))
    figure = Figure(figsize=(width, height), layout="constrained")
    for axes, metric in zip(figure.subplots(len(bars), squeeze=False).flat, bars, strict=True):
        for place, name in enumerate(labels):
            own = runs[runs["variant"] == name].sort_values("seed")
            values = own[metric].to_numpy()
            # Spread across the row so that equal values do not hide one another.
            offsets = np.linspace(-0.24, 0.24, len(values))
            drawn = {"color": look[name].colour, "marker": look[name].marker}
            dots = axes.plot(values, place + offsets, linestyle="", alpha=0.8, **drawn)
            told = [
                f"{labels[name]}, seed {seed}: {metric_name(metric)} {_value(value, metric)}"
                for seed, value in zip(own["seed"], values, strict=True)
            ]
            mark(dots, (labels[name], "single seeds"), told)
            bar = axes.plot([bars[metric][name]] * 2, [place - 0.36, place + 0.36], color="black")
            mark(bar, (labels[name], "mean"))
        name_rows(axes, labels.values(), width)
        axes.xaxis.set_major_locator(MaxNLocator(4 if narrow else 7, steps=[1, 2, 5, 10]))
        axes.ticklabel_format(axis="x", useOffset=False)
        axes.set_xlabel(METRICS[metric])
    return figure


def _symbol(verdict: str) -> dict:
    """How the mean of a contrast with the verdict is drawn."""
    colour, marker, filled = VERDICT_LOOKS[Verdict(verdict)]
    look = {"marker": marker, "linestyle": "", "color": colour, "markersize": 7}
    return look | {"markerfacecolor": colour if filled else "white"}


def _draw_row(axes, row, place: float, pairs: pd.DataFrame, labels: dict[str, str]) -> None:
    """One contrast: its seeds as small ticks, its intervals, its mean.

    The seeds that the verdict was not read off, beyond the look, are lighter.

    Args:
        row: of comparisons.csv, from itertuples.
        pairs: its rows of differences.csv.
    """
    colour = VERDICT_LOOKS[row.verdict][0]
    if row.verdict != Verdict.ONE_RUN:
        for part, alpha in ((pairs[: row.seeds], 1), (pairs[row.seeds :], 0.4)):
            heights = np.full(len(part), place)
            ticks = axes.plot(
                part["difference"], heights, "|", color=GREY, markersize=7, alpha=alpha
            )
            told = [
                f"{labels[row.variant]} minus {labels[row.rival]}, seed {pair.seed}:"
                f" {amount(pair.difference, row.metric)}"
                for pair in part.itertuples()
            ]
            mark(ticks, "single seeds", told)
    if row.verdict not in UNJUDGED:
        ends = [bounded(end, row.metric) for end in (row.ci_low, row.ci_high)]
        bar = axes.plot(ends, [place, place], color=colour, linewidth=2.2)
        mark(bar, "intervals")
    if pd.notna(row.other_images_low):
        ends = [bounded(end, row.metric) for end in (row.other_images_low, row.other_images_high)]
        bar = axes.plot(ends, [place + 0.38] * 2, color=colour, linewidth=1.4, alpha=0.45)
        mark(bar, "other images")
    symbol = _symbol(row.verdict) | {"markeredgewidth": 1.5, "zorder": 3}
    mark(axes.plot(row.mean_difference, place, **symbol), row.verdict, [_sentence(row, labels)])


def _forest(rows: pd.DataFrame, differences: pd.DataFrame, config: dict, name: str) -> Plot:
    """The forest plot of contrasts that share a unit."""
    labels = labels_of(config)
    metric, limit = rows["metric"].iloc[0], rows["margin"].iloc[0]
    sentences = [_sentence(row, labels) for row in rows.itertuples()]
    if (rows["verdict"] == Verdict.ONE_RUN).any():
        what = "The difference between two runs, one of each variant"
    elif (rows["verdict"] == Verdict.NOT_YET).all():
        what = "Mean paired differences, with a tick per seed; no interval before the first look"
    else:
        what = "Mean paired differences with the intervals that the verdicts are read off, and a"
        what += " tick per seed"
        if rows["other_images_low"].notna().any():
            what += ". Those intervals are about other seeds and these test images; the lighter"
            what += " bar below is about other seeds and other test images"
    return Plot(
        name=name,
        draw=partial(_draw_forest, rows, differences, config),
        alt=(
            f"Differences between variants with a band of ±{limit:g} {unit(metric)} around 0."
            f" {' '.join(sentences)}"
        ),
        caption=f"{what}. Differences within the grey band do not matter.",
        table="comparisons.csv",
        function="figures.verdicts.forests",
    )


def _draw_forest(
    rows: pd.DataFrame, differences: pd.DataFrame, config: dict, width: float
) -> Figure:
    """Draw a forest plot: under each claim a row for every rival, named at its left or above."""
    labels = labels_of(config)
    claims = {claim["id"]: claim for claim in config["claims"]}
    metric, limit = rows["metric"].iloc[0], rows["margin"].iloc[0]
    narrow = width < WIDTH
    figure = Figure(figsize=(width, width), layout="constrained")
    title(figure, "The differences that the claims are about", width)
    axes = figure.subplots()
    axes.axvspan(
        -limit, limit, color="#e8e8e8", zorder=0, label=f"within ±{limit:g} {unit(metric)}"
    )
    axes.axvline(0, color="black", linewidth=1)
    across = axes.get_yaxis_transform()
    white = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    ticks, place = [], 0.0  # in lines of text, downwards
    for claim, group in rows.groupby("claim", sort=False):
        side = "right" if sense(claims[claim]) > 0 else "left"
        bold = textwrap.wrap(plain(claims[claim]["says"].rstrip(".")), round(LETTERS * width))
        minus = plain(f"{labels[group['variant'].iloc[0]]} minus … (claimed: {side} of 0)")
        light = textwrap.wrap(minus, round(LETTERS * width))
        for lines, weight in ((bold, "bold"), (light, "normal")):
            axes.text(
                0.0, place, "\n".join(lines), transform=across, va="top", fontsize=9,
                fontweight=weight, bbox=white, zorder=4,
            )  # fmt: skip
            place += 0.85 * len(lines) + 0.1
        place += 0.6
        for row in group.itertuples():
            if narrow:
                rival = plain(f"… {labels[row.rival]}", 44)
                axes.text(0, place - 0.3, rival, transform=across, va="center", fontsize=9)
                place += 0.7
            ticks.append((place, plain(labels[row.rival], 30)))
            own = (differences["claim"] == claim) & (differences["rival"] == row.rival)
            _draw_row(axes, row, place, differences[own], labels)
            place += 1.3 if not narrow else 1.2
        place += 0.3
    figure.set_size_inches(width, 1.4 + LINE * place)
    axes.set_ylim(place - 0.6, -0.3)
    axes.set_yticks(*zip(*ticks, strict=True), fontsize=9)
    if narrow:
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_locator(MaxNLocator(4 if narrow else 7, steps=[1, 2, 5, 10]))
    axes.set_xlabel(f"difference, {unit(metric)}")
    for verdict in dict.fromkeys(rows["verdict"]):
        axes.plot([], [], label=verdict, **_symbol(verdict))
    if rows["other_images_low"].notna().any():
        axes.plot([], [], color=GREY, linewidth=1.4, alpha=0.45, label="for other images too")
    handles, words = axes.get_legend_handles_labels()
    if narrow:  # a line for each
        figure.set_size_inches(width, figure.get_figheight() + 0.2 * len(words))
    figure.legend(handles, words, loc="outside lower left", ncols=1 if narrow else 4)
    return figure


def _sentence(row, labels: dict[str, str]) -> str:
    """One contrast for the alternative text."""
    what = metric_name(row.metric, row.size)
    text = f"{labels[row.variant]} minus {labels[row.rival]}, {what}:"
    text += f" {amount(row.mean_difference, row.metric)}"
    if row.verdict not in UNJUDGED:
        text += f", interval {interval(row.ci_low, row.ci_high, row.metric)}"
    if pd.notna(row.other_images_low):
        wider = interval(row.other_images_low, row.other_images_high, row.metric)
        text += f", for other images too {wider}"
    return f"{text}, {row.verdict}."


def forests(differences: pd.DataFrame, comparisons: pd.DataFrame, config: dict) -> list[Plot]:
    """Forest plots of all contrasts: one in points and one in nats, as far as claims ask for.

    Args:
        differences: a table of `claims.paired_differences`.
        comparisons: a table of `judging.compare`.
    """
    units = comparisons["metric"].map(unit)
    return [
        _forest(comparisons[units == name], differences, config, f"forest_{name}")
        for name in units.unique()
    ]
