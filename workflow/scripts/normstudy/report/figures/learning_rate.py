"""Accuracy against the peak learning rate: does one rate for all favour a normalization?"""

from functools import partial

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from ...config.resolved import varied_learning_rates
from .plot import WIDTH, Plot
from .series import Line, draw_series, final_runs, lines_of, listed, means_of


def _draw(
    runs: pd.DataFrame, means: dict[str, pd.Series], lines: dict[str, Line], width: float
) -> Figure:
    narrow = width < WIDTH
    figure = Figure(figsize=(width, 4.2 if narrow else 3.7), layout="constrained")
    axes = figure.subplots()
    draw_series(axes, runs, means, lines, "max_lr")
    rates = sorted(set(runs["max_lr"]))
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(rates))
    axes.xaxis.set_major_formatter(FixedFormatter([f"{rate:g}" for rate in rates]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("peak learning rate of the one-cycle schedule")
    axes.set_title("Accuracy against learning rate")
    figure.legend(loc="outside lower left", ncols=1 if narrow else 3)
    return figure


def accuracy_against_learning_rate(runs: pd.DataFrame, config: dict) -> Plot | None:
    """Test accuracy by peak learning rate, a line per normalization.

    Args:
        runs: a table of `summary.run_metrics`.

    Returns:
        None for a study that does not vary the learning rate at one batch size.
    """
    varied = varied_learning_rates(config)
    if not varied:
        return None
    merged = final_runs(runs, varied, "max_lr")
    lines, means = lines_of(merged["norm"]), means_of(merged, "max_lr")
    found = [f"{lines[norm].name} {listed(own.items(), 2)}" for norm, own in means.items()]
    seeds = runs["seed"].nunique()
    return Plot(
        name="learning_rate",
        draw=partial(_draw, merged, means, lines),
        alt=(
            "Test accuracy by peak learning rate,"
            f" {'mean over seeds' if seeds > 1 else 'one seed'}: {'; '.join(found)}."
        ),
        caption=(
            "Test accuracy against the peak learning rate, a marker per run and a line through the"
            " means. If the lines cross or peak at different rates, a comparison at one rate says"
            " as much about the rate as about the normalizations."
        ),
        table="metrics.csv",
        function="figures.learning_rate.accuracy_against_learning_rate",
    )
