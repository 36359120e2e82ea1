"""Figures of every run after its last epoch: a row per model, a dot per seed."""

from collections.abc import Collection

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ...evaluation.pictures import style
from ...records.metrics import described
from ..marks import mark
from ..study import Study, means_of
from ..text.amounts import metric_name
from ..text.wording import fixed, span
from .plot import GREY, WIDTH, Plot, far_below, name_rows, series_styles

JOINT = "#c8c8c8"  # of the lines between runs of the same seed
MOST_JOINTS = 10  # seeds, beyond which the lines hide more than they show


@style()
def final_accuracy(study: Study) -> Plot:
    """The test accuracy of every run, the mean over seeds, and the original's.

    With one seed there is a bar: Wilson's 95 % interval, which is about the images drawn for the
    test and not about what another seed would give.
    """
    metric, one = "test_accuracy", len(study.seeds) == 1
    means, reference = means_of(study.summary, metric), study.reported(metric)
    figure, (axes,) = _panels(study, [metric])
    axes.set_title("Final test accuracy", fontweight="bold")
    axes.set_xlabel(f"test accuracy, % of {study.images('test'):,} images")
    words = []
    for row, (variant, label) in enumerate(study.labels.items()):
        runs = study.tests()[study.tests()["variant"] == variant]
        if one:
            low, high = runs[["ci_low", "ci_high"]].iloc[0]
            colour = series_styles(study.labels)[variant].colour
            mark(axes.hlines(row, low, high, color=colour, linewidth=2), "intervals")
            how = f"interval {low:.2f}–{high:.2f} %"
        else:
            how = f"seeds {runs['accuracy'].min():.2f}–{runs['accuracy'].max():.2f} %"
        words.append(f"{label} {'' if one else 'mean '}{means[variant]:.2f} % ({how})")
        if variant in reference:
            cross = axes.plot(reference[variant], row, "x", color=GREY, ms=9, mew=2)
            mark(cross, "original", [f"{label}, the original: {reference[variant]:.2f} %"])
            words[-1] += f", the original {reference[variant]:.2f} %"
    name_rows(axes, study.labels.values())
    values = axes.secondary_yaxis("right")
    values.set_yticks(range(len(study.labels)), [f"{means[v]:.2f}" for v in study.labels])
    values.tick_params(length=0)
    values.spines[:].set_visible(False)
    if one:
        axes.plot([], [], "ko-", label="the run, with Wilson's 95 % interval")
    if reference:
        axes.plot([], [], "x", color=GREY, mew=2, label="the original")
    _leave_out_failures(axes, study, reference)
    figure.legend(loc="outside lower left", ncols=4)
    return Plot(
        name="final_accuracy",
        figure=figure,
        alt=f"Final test accuracy, one row per model: {'; '.join(words)}.",
        caption=(
            "Test accuracy after the last epoch. The bar shows how much the result could change"
            " with other test images (Wilson's 95 % interval). Another seed can change it too."
            if one
            else "Test accuracy after the last epoch, one mark per seed"
            f" ({span(study.seed_counts)} seeds)."
        ),
        table="evaluation.csv" if one else "evaluation.csv, summary.csv",
    )


def _leave_out_failures(axes, study: Study, reference: dict[str, float]) -> None:
    """End the axis before runs that would flatten the others, which are named at its edge."""
    runs = study.tests()[["variant", "accuracy"]]
    far = runs["accuracy"] < far_below(runs["accuracy"])
    if not far.any():
        return
    near = [*runs.loc[~far, "accuracy"], *reference.values()]
    room = 0.1 * (max(near) - min(near)) or 0.1
    axes.set_xlim(min(near) - 3 * room, max(near) + room)
    for row, variant in enumerate(study.labels):
        if values := sorted(runs.loc[far & (runs["variant"] == variant), "accuracy"]):
            words = (
                "← " + ", ".join(f"{value:.2f}" for value in values[:3]) + " …" * (len(values) > 3)
            )
            axes.annotate(words, (0.01, row), xycoords=("axes fraction", "data"), va="center")


@style()
def seed_dots(study: Study, shown: Collection[str] = ("test_accuracy",)) -> Plot | None:
    """Every run's value in each other metric that a claim is about.

    Args:
        shown: metrics that another figure shows, as `final_accuracy` does.

    Returns:
        None for a study with one seed, or without claims about others.
    """
    metrics = dict.fromkeys(claim["metric"] for claim in study.config["claims"])
    metrics = {metric: None for metric in metrics if metric not in shown}
    if not metrics or len(study.seeds) == 1:
        return None
    figure, panels = _panels(study, list(metrics))
    sentences = []
    for axes, metric in zip(panels, metrics, strict=True):
        axes.set_xlabel(described(metric).text)
        name_rows(axes, study.labels.values())
        means, parts = means_of(study.summary, metric), []
        for variant, label in study.labels.items():
            values = study.runs.loc[study.runs["variant"] == variant, metric]
            numbers = (means[variant], values.min(), values.max())
            mean, low, high = (_value(number, metric) for number in numbers)
            parts.append(f"{label} {mean}, from {low} to {high}")
        sentences.append(f"mean {metric_name(metric)} of {'; '.join(parts)}")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower left", ncols=4)
    return Plot(
        name="seed_dots",
        figure=figure,
        alt=f"A dot per seed of every model: {'. '.join(sentences)}.",
        caption="Every run after its last epoch, in the other metrics that claims are about.",
        table="runs.csv, summary.csv",
    )


def _panels(study: Study, metrics: list[str]) -> tuple[Figure, list]:
    """A figure with a panel per metric: its runs, their means, and lines between equal seeds."""
    labels, look = study.labels, series_styles(study.labels)
    height = 0.9 + len(metrics) * (0.5 + 0.36 * len(labels))
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    panels = list(figure.subplots(len(metrics), squeeze=False)[:, 0])
    for axes, metric in zip(panels, metrics, strict=True):
        table = study.runs.pivot(index="seed", columns="variant", values=metric)[list(labels)]
        # Spread over a little height in the order of the seeds: equal values stay visible.
        spread = np.linspace(-0.2, 0.2, len(table)) if len(table) > 1 else np.zeros(1)
        for row, (variant, label) in enumerate(labels.items()):
            values, drawn = table[variant], look[variant]
            dots = axes.plot(values, row + spread, drawn.marker, color=drawn.colour, alpha=0.7)
            told = [f"{label}, seed {seed}: {_value(x, metric)}" for seed, x in values.items()]
            mark(dots, "runs", told)
            if len(table) > 1:
                mean = means_of(study.summary, metric)[variant]
                mark(axes.plot([mean] * 2, [row - 0.34, row + 0.34], "k-", lw=2), "means")
        if len(table) > 1:
            axes.plot([], [], "ko", label="a run")
            axes.plot([], [], "k|", ms=12, mew=2, label="mean over seeds")
        if 1 < len(table) <= MOST_JOINTS and len(labels) > 1:
            rows = np.arange(len(labels))[:, None] + spread
            joints = axes.plot(table.to_numpy().T, rows, color=JOINT, lw=0.7, zorder=1)
            mark(joints, "seeds")
            axes.plot([], [], color=JOINT, label="the same seed")
    return figure, panels


def _value(value: float, metric: str) -> str:
    return fixed(value, described(metric).decimals) if pd.notna(value) else ""
