"""The figure of final test accuracies: one network each, or the mean of the seeds."""

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ..marks import mark
from ..study import Study, means_of
from ..text.wording import counted, span
from .plot import DISTINCT, GREY, WIDTH, Plot, ink, looks, name_rows, title


def final_accuracy(study: Study) -> Plot:
    """The final test accuracy of every run: a dot per seed, the mean, the original's mark.

    With one seed the bar is Wilson's 95 % interval, which is about the images drawn for the
    test and not about what another seed would give.
    """
    reference, means = study.reported("test_accuracy"), means_of(study.summary, "test_accuracy")
    seeds, words = len(study.seeds), []
    for variant, label in study.labels.items():
        runs = _runs(study, variant)
        own = runs["accuracy"]
        if seeds == 1:
            low, high = runs[["ci_low", "ci_high"]].iloc[0]
            words.append(f"{label} {own.iloc[0]:.2f} % (interval {low:.2f}–{high:.2f} %)")
        else:
            spread = f"seeds {own.min():.2f}–{own.max():.2f} %"
            words.append(f"{label} mean {means[variant]:.2f} % ({spread})")
        if variant in reference:
            words[-1] += f", the original {reference[variant]:.2f} %"
    return Plot(
        name="final_accuracy",
        draw=partial(_final_accuracy, study),
        alt=f"Final test accuracy, one row per model: {'; '.join(words)}.",
        caption=(
            "Test accuracy after the last epoch. Bars are Wilson's 95 % intervals: the test-set"
            " sampling error, without the effect of another seed."
            if seeds == 1
            else "Test accuracy after the last epoch, a mark for each of"
            f" {span(study.seed_counts)} seeds."
        ),
        table="evaluation.csv" if seeds == 1 else "evaluation.csv, summary.csv",
        function="figures.final_accuracy.final_accuracy",
    )


def _runs(study: Study, variant: str) -> pd.DataFrame:
    """A variant's accuracy on the test images with its interval, by seed."""
    tests = study.tests()
    return tests[tests["variant"] == variant].set_index("seed")


def _final_accuracy(study: Study, width: float) -> Figure:
    """Draw `final_accuracy`."""
    labels, reference = study.labels, study.reported("test_accuracy")
    look, narrow, seeds = looks(labels), width < WIDTH, len(study.seeds)
    means, by_seed = means_of(study.summary, "test_accuracy"), {}
    row_height = 0.62 if narrow else 0.5 if len(labels) <= DISTINCT else 0.36
    figure = Figure(figsize=(width, 1.5 + row_height * len(labels)), layout="constrained")
    title(figure, "Final test accuracy", width)
    axes = figure.subplots()
    for row, (variant, label) in enumerate(labels.items()):
        runs = _runs(study, variant)
        own = by_seed[variant] = runs["accuracy"]
        drawn = {"color": look[variant].colour, "marker": look[variant].marker}
        words = f"{means[variant]:.2f}"
        if seeds == 1:
            low, high = runs[["ci_low", "ci_high"]].iloc[0]
            words += f"  ({low:.2f}–{high:.2f})" if not narrow else ""
            bar = axes.plot([low, high], [row, row], color=look[variant].colour, linewidth=2)
            mark(bar, "intervals")
            dots = axes.plot(own, [row], linestyle="", markersize=8, **drawn)
            told = [f"{label}: {own.iloc[0]:.2f} %, interval {low:.2f} to {high:.2f} %"]
            mark(dots, "runs", told)
        else:
            # Spread over a little height in the order of the seeds: equal values stay visible.
            heights = row + np.linspace(-0.18, 0.18, len(own))
            dots = axes.plot(own, heights, linestyle="", markersize=6, alpha=0.65, **drawn)
            told = [f"{label}, seed {seed}: {value:.2f} %" for seed, value in own.items()]
            mark(dots, "runs", told)
            ends = [row - 0.32, row + 0.32]
            mark(axes.plot([means[variant]] * 2, ends, color="black", linewidth=2), "means")
        value = axes.text(
            1.02, row, words, transform=axes.get_yaxis_transform(), va="center", fontsize=9,
            color=ink(look[variant].colour),
        )  # fmt: skip
        mark(value, "values")
        if variant in reference:
            cross = axes.plot(
                [reference[variant]], [row], linestyle="", marker="x", color=GREY,
                markersize=9, markeredgewidth=2,
            )  # fmt: skip
            published = f"{label}, the original: {reference[variant]:.2f} %"
            mark(cross, "original", [published])
    paired = seeds > 1 and len(labels) > 1
    if paired:
        table = pd.DataFrame(by_seed)  # by seed; runs of a seed share their random numbers
        for (_, own), shift in zip(table.iterrows(), np.linspace(-0.18, 0.18, seeds), strict=False):
            heights = np.arange(len(labels)) + shift
            joint = axes.plot(own, heights, color="#c8c8c8", linewidth=0.7, zorder=1)
            mark(joint, "seeds")
    name_rows(axes, labels.values(), width)
    axes.margins(x=0.06)
    axes.xaxis.set_major_locator(MaxNLocator(4 if narrow else 7, steps=[1, 2, 5, 10]))
    axes.ticklabel_format(axis="x", useOffset=False)
    axes.set_xlabel(f"test accuracy, % of {counted(study.images('test'), 'image')}")
    if seeds == 1:
        handles = [_handle("the run, with Wilson's 95 % interval", marker="o", linestyle="-")]
    else:
        handles = [
            _handle("a run", marker="o"),
            _handle("mean over seeds", marker="|", markersize=12, markeredgewidth=2),
        ]
    if paired:
        handles += [_handle("the same seed", linestyle="-", color="#c8c8c8")]
    if reference:
        handles += [_handle("the original", marker="x", color=GREY, markeredgewidth=2)]
    figure.legend(handles=handles, loc="outside lower left", ncols=1 if narrow else 4)
    return figure


def _handle(label: str, **look) -> Line2D:
    """An entry of a legend that stands for every colour."""
    return Line2D([], [], label=label, **{"color": "black", "linestyle": "", **look})
