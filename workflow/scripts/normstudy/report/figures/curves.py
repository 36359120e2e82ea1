"""Curves over the epochs: loss and accuracy, of all models together and of each alone."""

from functools import partial

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..text.wording import counted, listing, span
from .curve_lines import ACCURACY, LOSS, SPLIT_NAMES, SPLITS, Curves, draw_line, line_style, scale_y
from .curve_panels import one_panel_a_model, one_panel_a_split
from .plot import DISTINCT, WIDTH, Look, Plot, epoch_axis, looks, title


def loss(
    table: pd.DataFrame, labels: dict[str, str], reference: pd.DataFrame | None = None
) -> Plot:
    """Graph 1: the loss of all models together, test above train.

    Args:
        table: the study's curves.csv.
        labels: variant → label, in the order that gives colours and markers.
        reference: the original's curves (variant, epoch, test_loss), or None.
    """
    return _together(Curves(table, labels, LOSS, reference))


def accuracy(
    table: pd.DataFrame, labels: dict[str, str], reference: pd.DataFrame | None = None
) -> Plot:
    """Graph 2: the accuracy of all models together, test above train; arguments as of `loss`."""
    return _together(Curves(table, labels, ACCURACY, reference))


def _together(curves: Curves) -> Plot:
    """Every variant's curves of both splits: in one panel per split or, of many, one per model."""
    labels, name, epochs = curves.labels, curves.quantity.name, curves.epochs
    many = len(labels) > DISTINCT
    if many:  # there is no room for the original's
        curves = Curves(curves.table, labels, curves.quantity)
    seeds = curves.table["seeds"]
    means = f", means over {span(seeds)} seeds" if seeds.max() > 1 else ""
    alt = [f"Line graph of {name} ({curves.quantity.unit}{means}) over {counted(epochs, 'epoch')}."]
    for split in SPLITS:
        ends = [f"{label} {curves.ends(variant, split)}" for variant, label in labels.items()]
        alt.append(f"{split.capitalize()} {name} after epoch {epochs}: {listing(ends)}.")
    caption = f"{name.capitalize()} by epoch. {_over_seeds(curves.table)}"
    if many:
        caption += " Each panel shows one model before the others."
    else:
        caption += " At the line ends: the values after the last epoch."
    if curves.compared:
        caption += (
            " Faint dashes, in the colour of their model, are the original's run"
            f"{' (it logged no train loss)' if curves.quantity is LOSS else ''}."
        )
    return Plot(
        name=name,
        draw=partial(one_panel_a_model if many else one_panel_a_split, curves),
        alt=" ".join(alt),
        caption=caption,
        table="curves.csv",
        function=f"figures.curves.{name}",
    )


def _over_seeds(table: pd.DataFrame) -> str:
    """How the seeds are shown, for a caption."""
    if table["seeds"].max() == 1:
        return "One seed."
    seeds = span(table["seeds"])
    return f"Lines are means over {seeds} seeds, bands go from the lowest to the highest."


def variant_curves(table: pd.DataFrame, labels: dict[str, str], variant: str) -> Plot:
    """One variant's own curves: loss and accuracy, train and test in the same panel.

    Args:
        table: the study's curves.csv.
        labels: variant → label; all of them, so that the variant keeps its colour.
        variant: the one to draw.
    """
    table, label = table[table["variant"] == variant], labels[variant]
    both = [Curves(table, {variant: label}, quantity) for quantity in (LOSS, ACCURACY)]
    ends = [
        f"{split} {curves.quantity.name} {curves.ends(variant, split)}"
        for curves in both
        for split in SPLITS
    ]
    return Plot(
        name=f"curves_{variant}",
        draw=partial(_variant_curves, both, variant, looks(labels)[variant]),
        alt=f"{label}, train and test by epoch. After epoch {both[0].epochs}: {listing(ends)}.",
        caption=f"{label}: loss and accuracy by epoch. {_over_seeds(table)}",
        table="curves.csv",
        function="figures.curves.variant_curves",
    )


def _variant_curves(both: list[Curves], variant: str, look: Look, width: float) -> Figure:
    """Draw `variant_curves`: the panels side by side or, where narrow, one below the other."""
    narrow = width < WIDTH
    figure = Figure(figsize=(width, 5.4 if narrow else 3.4), layout="constrained")
    title(figure, both[0].labels[variant], width)
    panels = figure.subplots(2, 1) if narrow else figure.subplots(1, 2)
    for axes, curves in zip(panels, both, strict=True):
        for split in SPLITS:
            draw_line(axes, curves, variant, split, look)
        scale_y(axes, curves.quantity, curves.values(*SPLITS))
        epoch_axis(axes, curves.epochs, most=8)
    keys = [Line2D([], [], label=name, **line_style(look, s)) for s, name in SPLIT_NAMES.items()]
    figure.legend(handles=keys, loc="outside lower left", ncols=1 if narrow else 2)
    return figure
