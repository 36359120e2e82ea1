"""Figures of the verdicts: a dot for each seed, and the paired differences with their intervals."""

import textwrap
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ...statistics import contrasts
from ...statistics.summary import METRICS
from ...statistics.verdicts import INCONCLUSIVE, NOT_SUPPORTED, ONE_RUN, SUPPORTED, margin, sense
from ..marks import mark
from ..text.verdicts import amount, metric_name, unit
from ..text.wording import counted, fixed
from .plot import COLOURS, GREY, WIDTH, Plot, looks, name_rows, plain, title

# verdict on a contrast -> colour, marker, filled
VERDICT_LOOKS = {
    SUPPORTED: (COLOURS[0], "o", True),
    NOT_SUPPORTED: (COLOURS[1], "s", True),
    INCONCLUSIVE: (GREY, "D", False),
    ONE_RUN: ("black", "o", False),
}
LINE = 0.19  # inches, the height of a line of a forest plot
LETTERS = 9  # of a claim's sentence to an inch


def claim_metrics(config: dict) -> list[str]:
    """The metrics that the claims are about, in their order."""
    return list(dict.fromkeys(claim["metric"] for claim in config["claims"]))


def _value(value: float, metric: str) -> str:
    return fixed(value, 4 if metric == "test_loss" else 2)


def seed_dots(runs: pd.DataFrame, config: dict) -> list[Plot]:
    """Every run's value in each metric that a claim is about: a dot a seed, a bar at the mean.

    Args:
        runs: a table of `summary.run_metrics`.

    Returns:
        One plot; none for a study without claims or with one seed, whose values the tables have.
    """
    metrics = claim_metrics(config)
    seeds = runs["seed"].nunique()
    if not metrics or seeds == 1:
        return []
    labels = {name: variant["label"] for name, variant in config["variants"].items()}
    sentences = []
    for metric in metrics:
        parts = []
        for name, label in labels.items():
            values = runs.loc[runs["variant"] == name, metric]
            low, mean, high = (
                _value(value, metric) for value in (values.min(), values.mean(), values.max())
            )
            parts.append(f"{label} {mean}, from {low} to {high}")
        sentences.append(f"mean {metric_name(metric)} of {'; '.join(parts)}")
    plot = Plot(
        name="seed_dots",
        draw=partial(_seed_dots, runs, metrics, labels),
        alt=f"A dot for each of {counted(seeds, 'seed')} of every variant: {'. '.join(sentences)}.",
        caption=(
            "Every run at its last epoch: a dot a seed (in the order of the seeds, downwards)"
            " and a bar at the mean."
        ),
        table="metrics.csv",
        function="figures.verdicts.seed_dots",
    )
    return [plot]


def _seed_dots(runs: pd.DataFrame, metrics: list[str], labels: dict[str, str], width) -> Figure:
    """Draw `seed_dots`: a panel a metric, a row a variant."""
    look, narrow = looks(labels), width < WIDTH
    height = len(metrics) * (0.8 + (0.55 if narrow else 0.34) * len(labels))
    figure = Figure(figsize=(width, height), layout="constrained")
    for axes, metric in zip(
        figure.subplots(len(metrics), squeeze=False).flat, metrics, strict=True
    ):
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
            bar = axes.plot([values.mean()] * 2, [place - 0.36, place + 0.36], color="black")
            mark(bar, (labels[name], "mean"))
        name_rows(axes, labels.values(), width)
        axes.xaxis.set_major_locator(MaxNLocator(4 if narrow else 7, steps=[1, 2, 5, 10]))
        axes.ticklabel_format(axis="x", useOffset=False)
        axes.set_xlabel(METRICS[metric])
    return figure


def _draw_row(
    axes, row, place: float, differences: np.ndarray, labels: dict[str, str], seeds: list[int]
) -> None:
    """One contrast: its seeds as small ticks, its adjusted interval, its mean."""
    colour, marker, filled = VERDICT_LOOKS[row.verdict]
    if row.verdict != ONE_RUN:
        ticks = axes.plot(
            differences, np.full(len(differences), place), "|", color=GREY, markersize=7
        )
        pair = f"{labels[row.variant]} minus {labels[row.rival]}"
        told = [
            f"{pair}, seed {seed}: {amount(value, row.metric)}"
            for seed, value in zip(seeds, differences, strict=True)
        ]
        mark(ticks, "single seeds", told)
        interval = axes.plot(
            [row.adjusted_low, row.adjusted_high], [place, place], color=colour, linewidth=2.2
        )
        mark(interval, "intervals")
    mean = axes.plot(
        row.mean_difference,
        place,
        marker,
        color=colour,
        markerfacecolor=colour if filled else "white",
        markeredgewidth=1.5,
        markersize=7,
        zorder=3,
    )
    mark(mean, row.verdict, [_sentence(row, labels)])


def _forest(rows: pd.DataFrame, runs: pd.DataFrame, config: dict, name: str) -> Plot:
    """The forest plot of contrasts that share a unit."""
    labels = {key: variant["label"] for key, variant in config["variants"].items()}
    metric = rows["metric"].iloc[0]
    limit = margin(metric, config["verdicts"])
    sentences = [_sentence(row, labels) for row in rows.itertuples()]
    one = (rows["verdict"] == ONE_RUN).any()
    return Plot(
        name=name,
        draw=partial(_draw_forest, rows, runs, config),
        alt=(
            f"Differences between variants with a band of ±{limit:g} {unit(metric)} around 0."
            f" {' '.join(sentences)}"
        ),
        caption=(
            "The difference between two runs, one of each variant; differences within the grey band"
            " do not matter."
            if one
            else "Mean paired differences with the adjusted intervals that the verdicts are read"
            " off, a tick a seed; differences within the grey band do not matter."
        ),
        table="comparisons.csv",
        function="figures.verdicts.forests",
    )


def _draw_forest(rows: pd.DataFrame, runs: pd.DataFrame, config: dict, width: float) -> Figure:
    """Draw a forest plot: under each claim a row for every rival, named at its left or above."""
    labels = {key: variant["label"] for key, variant in config["variants"].items()}
    claims = {claim["id"]: claim for claim in config["claims"]}
    metric = rows["metric"].iloc[0]
    limit = margin(metric, config["verdicts"])
    seeds = sorted(runs["seed"].unique())
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
            pair = contrasts.paired_values(runs, row.metric, row.variant, row.rival)
            _draw_row(axes, row, place, contrasts.difference(*pair), labels, seeds)
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
        colour, marker, filled = VERDICT_LOOKS[verdict]
        face = colour if filled else "white"
        axes.plot(
            [], [], marker, color=colour, markerfacecolor=face, markersize=7, label=verdict
        )  # fmt: skip
    keys = axes.get_legend_handles_labels()
    figure.legend(*keys, loc="outside lower left", ncols=2 if narrow else 4)
    return figure


def _sentence(row, labels: dict[str, str]) -> str:
    """One contrast for the alternative text."""
    pair = f"{labels[row.variant]} minus {labels[row.rival]}, {metric_name(row.metric)}"
    text = f"{pair}: {amount(row.mean_difference, row.metric)}"
    if row.verdict != ONE_RUN:
        low, high = (amount(value, row.metric) for value in (row.adjusted_low, row.adjusted_high))
        text += f", interval {low} to {high}"
    return f"{text}, {row.verdict}."


def forests(runs: pd.DataFrame, comparisons: pd.DataFrame, config: dict) -> list[Plot]:
    """Forest plots of all contrasts: one in points and one in nats, as far as claims ask for.

    Args:
        runs: a table of `summary.run_metrics`.
        comparisons: a table of `verdicts.compare`.
    """
    units = comparisons["metric"].map(unit)
    return [
        _forest(comparisons[units == name], runs, config, f"forest_{name}")
        for name in units.unique()
    ]
