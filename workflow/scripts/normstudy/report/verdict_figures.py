"""Figures of the verdicts: a dot for each seed, and the paired differences with their intervals."""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from .. import contrasts
from ..summary import METRICS
from ..verdicts import INCONCLUSIVE, NOT_SUPPORTED, ONE_RUN, SUPPORTED, margin, sense
from .plot import COLOURS, GREY, WIDTH, Plot, looks, plain, style
from .verdict_text import amount, metric_name, unit
from .wording import counted, fixed

# verdict on a contrast -> colour, marker, filled
VERDICT_LOOKS = {
    SUPPORTED: (COLOURS[0], "o", True),
    NOT_SUPPORTED: (COLOURS[1], "s", True),
    INCONCLUSIVE: (GREY, "D", False),
    ONE_RUN: ("black", "o", False),
}
ROW = 0.36  # inches a line of a forest plot
LINE = 60  # characters of a claim's sentence in one line


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
        One plot, or none for a study without claims.
    """
    metrics = claim_metrics(config)
    if not metrics:
        return []
    labels = {name: variant["label"] for name, variant in config["variants"].items()}
    look = looks(labels)
    seeds = runs["seed"].nunique()
    sentences = []
    with style():
        height = len(metrics) * (0.75 + 0.34 * len(labels))
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        panels = figure.subplots(len(metrics), squeeze=False)[:, 0]
        for axes, metric in zip(panels, metrics, strict=True):
            parts = []
            for place, (name, label) in enumerate(labels.items()):
                values = runs[runs["variant"] == name].sort_values("seed")[metric].to_numpy()
                # Spread across the row so that equal values do not hide one another.
                offsets = np.linspace(-0.24, 0.24, len(values)) if len(values) > 1 else [0]
                axes.plot(
                    values,
                    place + np.asarray(offsets),
                    look[name].marker,
                    color=look[name].colour,
                    markersize=4.5,
                    alpha=0.8,
                )
                if len(values) > 1:
                    axes.plot([values.mean()] * 2, [place - 0.36, place + 0.36], color="black")
                    spread = (
                        f", from {_value(values.min(), metric)} to {_value(values.max(), metric)}"
                    )
                else:
                    spread = ""
                parts.append(f"{label} {_value(values.mean(), metric)}{spread}")
            axes.set_yticks(range(len(labels)), [plain(label, 28) for label in labels.values()])
            axes.set_ylim(len(labels) - 0.45, -0.55)
            axes.set_xlabel(METRICS[metric])
            axes.grid(axis="y", visible=False)
            of = "mean " if seeds > 1 else ""
            sentences.append(f"{of}{metric_name(metric)} of {'; '.join(parts)}")
    plot = Plot(
        name="seed_dots",
        figure=figure,
        alt=f"A dot for each of {counted(seeds, 'seed')} of every variant: {'. '.join(sentences)}.",
        caption=(
            "Every run at its last epoch: a dot a seed (in the order of the seeds, downwards)"
            + (" and a bar at the mean." if seeds > 1 else ".")
        ),
        table="metrics.csv",
        function="verdict_figures.seed_dots",
    )
    return [plot]


def _draw_row(axes, row, place: float, differences: np.ndarray) -> None:
    """One contrast: its seeds as small ticks, its adjusted interval, its mean."""
    colour, marker, filled = VERDICT_LOOKS[row.verdict]
    if row.verdict != ONE_RUN:
        axes.plot(differences, np.full(len(differences), place), "|", color=GREY, markersize=7)
        axes.plot(
            [row.adjusted_low, row.adjusted_high], [place, place], color=colour, linewidth=2.2
        )
    axes.plot(
        row.mean_difference,
        place,
        marker,
        color=colour,
        markerfacecolor=colour if filled else "white",
        markeredgewidth=1.5,
        markersize=7,
        zorder=3,
    )


def _forest(rows: pd.DataFrame, runs: pd.DataFrame, config: dict, name: str) -> Plot:
    """The forest plot of contrasts that share a unit."""
    labels = {key: variant["label"] for key, variant in config["variants"].items()}
    claims = {claim["id"]: claim for claim in config["claims"]}
    metric = rows["metric"].iloc[0]
    limit = margin(metric, config["verdicts"])
    ticks, headings, sentences, place = [], [], [], 0.0
    with style():
        figure = Figure(layout="constrained")
        axes = figure.subplots()
        axes.axvspan(
            -limit, limit, color="#e8e8e8", zorder=0, label=f"within ±{limit:g} {unit(metric)}"
        )
        axes.axvline(0, color="black", linewidth=1)
        for claim, group in rows.groupby("claim", sort=False):
            side = "right" if sense(claims[claim]) > 0 else "left"
            says = f"{claims[claim]['says'].rstrip('.')} (claimed: {side} of 0)"
            lines = textwrap.wrap(plain(says), LINE)
            headings.append((place + 0.3 * (len(lines) - 1), "\n".join(lines)))
            place += 0.6 * len(lines) + 0.4
            for row in group.itertuples():
                pair = contrasts.paired_values(runs, row.metric, row.variant, row.rival)
                _draw_row(axes, row, place, contrasts.difference(*pair))
                ticks.append(
                    (place, f"{plain(labels[row.variant], 26)}\n− {plain(labels[row.rival], 26)}")
                )
                sentences.append(_sentence(row, labels))
                place += 1.35
            place += 0.15
        figure.set_size_inches(WIDTH, 1.2 + ROW * place)
        axes.set_ylim(place - 0.4, -0.8)
        axes.set_yticks(*zip(*ticks, strict=True), fontsize=8)
        for height, says in headings:
            axes.text(
                0.01,
                height,
                says,
                transform=axes.get_yaxis_transform(),
                va="center",
                fontsize=8.5,
                fontweight="bold",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
            )
        axes.grid(axis="y", visible=False)
        axes.set_xlabel(f"difference, variant − rival, {unit(metric)}")
        for verdict in dict.fromkeys(rows["verdict"]):
            colour, marker, filled = VERDICT_LOOKS[verdict]
            axes.plot(
                [],
                [],
                marker,
                color=colour,
                markerfacecolor=colour if filled else "white",
                markersize=7,
                linestyle="none",
                label=verdict,
            )
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    one = (rows["verdict"] == ONE_RUN).any()
    return Plot(
        name=name,
        figure=figure,
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
        function="verdict_figures.forests",
    )


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
