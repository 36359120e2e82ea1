"""The figure of final test accuracies: one network each, or the mean of the seeds."""

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ..marks import mark
from ..text.wording import counted, span
from .plot import DISTINCT, GREY, WIDTH, Plot, ink, looks, name_rows, title


def final_accuracy(
    tests: pd.DataFrame,
    labels: dict[str, str],
    reference: dict[str, float] | None = None,
) -> Plot:
    """The final test accuracy of every run: a dot per seed, the mean, the original's mark.

    With one seed the bar is Wilson's 95 % interval, which is about the images drawn for the
    test and not about what another seed would give.

    Args:
        tests: the rows of evaluation.csv that are of test images.
        labels: variant → label.
        reference: variant → the original's test accuracy in percent.
    """
    reference = reference or {}
    seeds, images = tests["seed"].nunique(), int(tests["images"].iloc[0])
    by_seed = {v: tests[tests["variant"] == v].set_index("seed")["accuracy"] for v in labels}
    bounds = tests.drop_duplicates("variant").set_index("variant")[["ci_low", "ci_high"]]
    values = {variant: own.to_numpy(float) for variant, own in by_seed.items()}
    words = []
    for variant, label in labels.items():
        own = values[variant]
        if seeds == 1:
            low, high = bounds.loc[variant]
            words.append(f"{label} {own[0]:.2f} % (interval {low:.2f}–{high:.2f} %)")
        else:
            spread = f"seeds {own.min():.2f}–{own.max():.2f} %"
            words.append(f"{label} mean {own.mean():.2f} % ({spread})")
        if variant in reference:
            words[-1] += f", the original {reference[variant]:.2f} %"
    return Plot(
        name="final_accuracy",
        draw=partial(_final_accuracy, by_seed, bounds, labels, images, reference),
        alt=f"Final test accuracy, one row per model: {'; '.join(words)}.",
        caption=(
            "Test accuracy after the last epoch. Bars are Wilson's 95 % intervals: the test-set"
            " sampling error, without the effect of another seed."
            if seeds == 1
            else "Test accuracy after the last epoch, a mark for each of"
            f" {span(map(len, values.values()))} seeds."
        ),
        table="evaluation.csv",
        function="figures.final_accuracy.final_accuracy",
    )


def _final_accuracy(by_seed, bounds, labels, images, reference, width) -> Figure:
    """Draw `final_accuracy`: by_seed[variant] is a series of test accuracies in percent by seed."""
    look, narrow = looks(labels), width < WIDTH
    seeds = len(next(iter(by_seed.values())))
    row_height = 0.62 if narrow else 0.5 if len(labels) <= DISTINCT else 0.36
    figure = Figure(figsize=(width, 1.5 + row_height * len(labels)), layout="constrained")
    title(figure, "Final test accuracy", width)
    axes = figure.subplots()
    for row, (variant, series) in enumerate(by_seed.items()):
        own, label = series.to_numpy(float), labels[variant]
        drawn = {"color": look[variant].colour, "marker": look[variant].marker}
        if seeds == 1:
            low, high = bounds.loc[variant]
            bar = axes.plot([low, high], [row, row], color=look[variant].colour, linewidth=2)
            mark(bar, "intervals")
            dots = axes.plot(own, [row], linestyle="", markersize=8, **drawn)
            mark(dots, "runs", [f"{label}: {own[0]:.2f} %, interval {low:.2f} to {high:.2f} %"])
        else:
            # Spread over a little height in the order of the seeds: equal values stay visible.
            heights = row + np.linspace(-0.18, 0.18, len(own))
            dots = axes.plot(own, heights, linestyle="", markersize=6, alpha=0.65, **drawn)
            told = [f"{label}, seed {seed}: {value:.2f} %" for seed, value in series.items()]
            mark(dots, "runs", told)
            bar = axes.plot([own.mean()] * 2, [row - 0.32, row + 0.32], color="black", linewidth=2)
            mark(bar, "means")
        _write_value(axes, row, own, bounds.loc[variant], ink(look[variant].colour), narrow)
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
    axes.set_xlabel(f"test accuracy, % of {counted(images, 'image')}")
    if seeds == 1:
        handles = [_handle("the run, with Wilson's 95 % interval", marker="o", linestyle="-")]
    else:
        handles = [
            _handle("a run", marker="o"),
            _handle("mean over seeds", marker="|", markersize=12, markeredgewidth=2),
        ]
    if paired:
        handles += [_handle("the same seed", linestyle="-", color="#c8c8c8")]
    if any(variant in labels for variant in reference):
        handles += [_handle("the original", marker="x", color=GREY, markeredgewidth=2)]
    figure.legend(handles=handles, loc="outside lower left", ncols=1 if narrow else 4)
    return figure


def _write_value(axes, row: int, own: np.ndarray, bounds, colour: str, narrow: bool) -> None:
    """Write a row's accuracy at its right end, of one seed with the interval if there is room."""
    words = f"{own.mean():.2f}"
    if len(own) == 1 and not narrow:
        words += f"  ({bounds['ci_low']:.2f}–{bounds['ci_high']:.2f})"
    at = axes.get_yaxis_transform()
    value = axes.text(1.02, row, words, transform=at, va="center", fontsize=9, color=colour)
    mark(value, "values")


def _handle(label: str, **look) -> Line2D:
    """An entry of a legend that stands for every colour."""
    return Line2D([], [], label=label, **{"color": "black", "linestyle": "", **look})
