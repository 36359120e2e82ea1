"""Curves over the epochs: loss and accuracy, of all models together and of each alone."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..marks import mark
from ..text.wording import counted, listing, span
from .plot import (
    DISTINCT,
    GREY,
    WIDTH,
    Look,
    Plot,
    epoch_axis,
    ink,
    light,
    looks,
    place_ticks,
    plain,
    spread_out,
    text_width,
    title,
    wrapped,
)

SPLITS = {
    "test": "Test images (evaluation mode, as they are)",
    "train": "Train images (running: in train mode, augmented)",
}
SPLIT_NAMES = {"test": "test", "train": "train (running, augmented)"}  # in a legend
LINE = {"test": "-", "train": ":"}
REFERENCE = {"linestyle": (0, (5, 2)), "linewidth": 1, "color": light(GREY)}
FAINT = "#d0d0d0"
SHADE = "#f4f4f4"  # of the epochs that another panel magnifies
LAST = 5  # epochs, magnified
BRIEF = 7  # epochs that need no magnifying
LINE_HEIGHT = 11.5  # points, of a label of 9 points
NEVER_ZERO = 1e-5  # nats; a loss of nothing has no place on a logarithmic axis
SOFT = 0.02  # points; keeps 100 % on the stretched axis, two images of 10,000 beyond the last tick


@dataclass(frozen=True)
class Quantity:
    """What a graph shows of each split."""

    name: str
    axis: str
    format: str  # of a number in the alt text
    short: str  # of a number at the end of its line


LOSS = Quantity("loss", "loss, nats per image\n(logarithmic axis)", "{:.4f}", "{:.4f}")
ACCURACY = Quantity("accuracy", "accuracy, %\n(axis stretched towards 100)", "{:.2f} %", "{:.2f}")


def _towards_100(accuracy):
    """Place on the accuracy axis: logarithmic in the error."""
    return -np.log10(100 + SOFT - np.minimum(accuracy, 100))


def _from_100(place):
    return 100 + SOFT - np.power(10.0, -np.asarray(place))


_DECADES = [10.0**k for k in range(-5, 3)]
_LOSS_TICKS = [m * d for m in (1, 2, 5, 3, 1.5, 7, 4, 2.5, 6, 8) for d in _DECADES]
_ACCURACY_TICKS = [99, 90, 99.5, 95, 98, 50, 80, 0, 99.9, 99.8, 97, 70, 60, 40, 20, 30, 10, 99.7]
_ACCURACY_TICKS += [99.3, 99.6, 99.4, 99.2, 96, 94, 92, 85, 75, 65, 55, 45, 35, 25, 100]


def _scale_y(axes, quantity: Quantity, values: np.ndarray, apart: float = 0.085) -> None:
    """The y axis: its scale, its range around `values`, its ticks (`apart`) and its name."""
    values = values[np.isfinite(values)]
    position: Callable
    if quantity is LOSS:
        axes.set_yscale("log")
        low, high = values.min(), values.max()
        margin = max((high / low) ** 0.05, 1.02)
        low, high = low / margin, high * margin
        ticks, position = _LOSS_TICKS, np.log10
    else:
        axes.set_yscale("function", functions=(_towards_100, _from_100))
        low, high = _towards_100(values.min()), _towards_100(values.max())
        margin = max(0.05 * (high - low), 0.01)
        low, high = (float(_from_100(place)) for place in (low - margin, high + margin))
        low, high = max(low, -2.0), min(high, 100 + SOFT / 4)
        ticks, position = _ACCURACY_TICKS, _towards_100
    axes.set_ylim(low, high)
    place_ticks(axes.yaxis, low, high, ticks, position, apart)
    axes.set_ylabel(quantity.axis)


def _spread(metrics: pd.DataFrame, variant: str, column: str) -> pd.DataFrame:
    """mean, min and max over the seeds, by epoch."""
    own = metrics[metrics["variant"] == variant]
    if column.endswith("loss"):
        own = own.assign(**{column: own[column].clip(lower=NEVER_ZERO)})
    return own.groupby("epoch")[column].agg(["mean", "min", "max"])


def _draw(
    axes, spread: pd.DataFrame, look: Look, split: str, label: str, quantity: Quantity
) -> None:
    """A line of means with the band from the lowest to the highest seed."""
    band = axes.fill_between(
        spread.index, spread["min"], spread["max"], color=look.colour, alpha=0.15, linewidth=0
    )
    line = axes.plot(spread.index, spread["mean"], **_line(look, split))
    mark(band, (label, split))
    mark(line, (label, split), [_told(label, split, row, quantity) for row in spread.itertuples()])


def _told(label: str, split: str, row, quantity: Quantity) -> str:
    """The text that a point of a curve shows on hover.

    Args:
        row: mean, min and max over the seeds, and the epoch as Index, from itertuples.
    """
    mean, low, high = (quantity.format.format(value) for value in (row.mean, row.min, row.max))
    seeds = f" (seeds {low} to {high})" if row.min < row.max else ""
    return f"{label}, {split}, epoch {row.Index}: {mean}{seeds}"


def _line(look: Look, split: str) -> dict:
    return {
        "color": look.colour,
        "marker": look.marker,
        "linestyle": LINE[split],
        "markerfacecolor": look.colour if split == "test" else "white",
        "markeredgecolor": look.colour,
    }


def _ends(metrics: pd.DataFrame, variant: str, quantity: Quantity, split: str) -> str:
    """The last value of a curve and the first, for the alt text."""
    means = _spread(metrics, variant, f"{split}_{quantity.name}")["mean"]
    first, last = (quantity.format.format(means.iloc[i]) for i in (0, -1))
    return last if len(means) == 1 else f"{last} (from {first})"


def _seeds(metrics: pd.DataFrame) -> str:
    """With how many seeds the variants were trained."""
    return span(metrics.groupby("variant")["seed"].nunique())


def _over_seeds(metrics: pd.DataFrame) -> str:
    """How the seeds are shown, for a caption."""
    seeds = metrics["seed"].nunique()
    if seeds == 1:
        return "One seed."
    return f"Lines are means over {_seeds(metrics)} seeds, bands go from the lowest to the highest."


@dataclass(frozen=True)
class _Curves:
    """What a graph of all models is drawn from."""

    metrics: pd.DataFrame
    labels: dict[str, str]
    reference: pd.DataFrame | None
    quantity: Quantity

    @property
    def epochs(self) -> int:
        return int(self.metrics["epoch"].max())

    def own(self, variant: str, split: str) -> pd.DataFrame:
        """mean, min and max over the seeds, by epoch."""
        return _spread(self.metrics, variant, f"{split}_{self.quantity.name}")

    def known(self, variant: str, split: str) -> pd.DataFrame:
        """The original's curve (epoch, value), empty where it has none."""
        column = f"{split}_{self.quantity.name}"
        if self.reference is None or column not in self.reference:
            return pd.DataFrame({"epoch": [], "value": []})
        rows = self.reference["variant"].eq(variant) & self.reference["epoch"].le(self.epochs)
        table = self.reference.loc[rows, ["epoch", column]].set_axis(["epoch", "value"], axis=1)
        return table.assign(value=table["value"].clip(lower=NEVER_ZERO))

    def values(self, split: str, first: int = 1) -> np.ndarray:
        """Every value that a panel of the split has to hold, from an epoch on."""
        ours = [self.own(variant, split).loc[first:, ["min", "max"]] for variant in self.labels]
        theirs = [self.known(variant, split) for variant in self.labels]
        theirs = [table.loc[table["epoch"] >= first, "value"] for table in theirs]
        return np.concatenate([table.to_numpy(float).ravel() for table in [*ours, *theirs]])

    @property
    def first_magnified(self) -> int | None:
        """The first of the last epochs that get panels of their own, None if there are none."""
        return self.epochs - LAST + 1 if len(self.labels) > 1 and self.epochs > BRIEF else None

    @property
    def compared(self) -> list[str]:
        """The splits of which the original has curves."""
        return [s for s in SPLITS if any(len(self.known(v, s)) for v in self.labels)]


def _one_panel_a_split(curves: _Curves, width: float) -> Figure:
    """Every model's curves of the test images above those of the train images.

    The last epochs are magnified beside (below, where it is narrow) and the final values stand
    at the line ends, with the models' names where there is room for them. The figure is laid
    out in inches, not by an engine: the labels have to know how far apart they are.
    """
    labels, narrow = curves.labels, width < WIDTH
    magnified = curves.first_magnified
    names = {variant: wrapped(label, 1.3, 9) for variant, label in labels.items()}
    height = 1.75 if narrow else 2.3  # inches, of a panel
    lines = [name.count("\n") + 1 for name in names.values()]
    named = (
        not narrow and max(lines) <= 3 and (sum(lines) + len(lines) / 3) * LINE_HEIGHT < 72 * height
    )
    wide = max(text_width(name, 9) for name in names.values())
    reach = 0.3 + text_width(curves.quantity.short.format(99), 10)  # from a panel to the names
    left, right = (0.9, 0.72) if narrow else (0.92, reach + wide if named else 0.75)
    keys = [] if named else _model_keys(labels, width - 0.6)
    if curves.compared:
        name = f"the original, {' and '.join(curves.compared)}"
        keys.append(Line2D([], [], label=name, **REFERENCE))
    legend = sum(0.17 * (key.get_label().count("\n") + 1) + 0.06 for key in keys)
    above = 0.45 if narrow else 0.3  # of a split, for its heading
    below = 0.55  # for the ticks and the name of the axis
    deep = 2 if narrow and magnified else 1  # panels of a split, one below the other
    split_height = above + deep * height + (deep - 1) * 0.35 + (below if narrow else 0.35)
    models = f"all {len(labels)} models" if len(labels) > 1 else next(iter(labels.values()))
    heading = f"{curves.quantity.name.capitalize()} of {models}"
    heading = wrapped(heading, 0.9 * width - 0.2, 12)  # it is bold
    top, bottom = 0.22 + 0.19 * (heading.count("\n") + 1), legend + (0.05 if narrow else 0.25)
    tall = top + 2 * split_height + bottom
    figure = Figure(figsize=(width, tall))
    title(figure, heading, width)
    beside = 2 if magnified and not narrow else 1
    across = (width - left - right - (beside - 1) * 0.62) / beside

    def panel(row: float, column: int = 0):
        """Axes whose top lies so many inches below the figure's top."""
        x = left + column * (across + 0.62)
        return figure.add_axes(
            (x / width, 1 - (row + height) / tall, across / width, height / tall)
        )

    for place, split in enumerate(SPLITS):
        row = top + place * split_height + above
        axes = panel(row)
        _all_models(axes, curves, split)
        epoch_axis(axes, curves.epochs, most=8 if narrow or magnified else 20)
        axes.set_title(textwrap.fill(SPLITS[split], 34) if narrow else SPLITS[split], fontsize=10)
        axes.yaxis.label.set_fontsize(9 if narrow else 10)
        if magnified:
            axes.axvspan(magnified - 0.3, curves.epochs + 0.3, color=SHADE, zorder=0)
            axes.set_xlabel("" if narrow else "epoch")
            axes = panel(row + height + 0.35) if narrow else panel(row, 1)
            _all_models(axes, curves, split, magnified)
            epoch_axis(axes, curves.epochs, first=magnified)
            axes.set_facecolor(SHADE)
            axes.set_xlabel(f"the last {LAST} epochs")
            axes.set_ylabel(curves.quantity.axis.split("\n")[0] if narrow else "", fontsize=9)
        _write_ends(axes, curves, split, names if named else None)
    if not narrow:
        for axes in figure.axes[:beside]:
            axes.set_xlabel("")
    if keys:
        figure.legend(
            handles=keys, loc="lower left", bbox_to_anchor=(0.01, 0.04 / tall), borderaxespad=0
        )
    return figure


def _model_keys(labels: dict[str, str], room: float) -> list[Line2D]:
    """A legend's entry for each model, over as many lines as the room in inches calls for."""
    look = looks(labels)
    return [
        Line2D([], [], label=wrapped(label, room, 9), **_line(look[variant], "test"))
        for variant, label in labels.items()
    ]


def _all_models(axes, curves: _Curves, split: str, first: int = 1) -> None:
    """Every model's curve of a split, from an epoch on, over the original's light ones."""
    look = looks(curves.labels)
    for variant, label in curves.labels.items():
        known = curves.known(variant, split)
        known = known[known["epoch"] >= first]
        if len(known):
            dashed = REFERENCE | {"color": light(look[variant].colour)}
            original = axes.plot(known["epoch"], known["value"], **dashed, zorder=1.5)
            mark(original, (label, split, "original"))
    for variant, label in curves.labels.items():
        own = curves.own(variant, split).loc[first:]
        _draw(axes, own, look[variant], split, label, curves.quantity)
    _scale_y(axes, curves.quantity, curves.values(split, first))


def _write_ends(axes, curves: _Curves, split: str, names: dict[str, str] | None) -> None:
    """Write each line's last value beside its end, with its model's name if there is room.

    Args:
        names: variant → its label in lines, or None to write the values alone.
    """
    look = looks(curves.labels)
    ends = {v: float(curves.own(v, split)["mean"].iloc[-1]) for v in curves.labels}
    panel = axes.get_window_extent()
    across, height = panel.width / axes.figure.dpi, panel.height / axes.figure.dpi  # inches
    to_axes = axes.transData + axes.transAxes.inverted()
    wanted = [to_axes.transform((curves.epochs, end))[1] for end in ends.values()]
    lines = [names[v].count("\n") + 1 + 1 / 3 if names else 1 for v in ends]
    sizes = [count * LINE_HEIGHT / 72 / height for count in lines]
    places = spread_out(wanted, sizes, -0.06, 1.06)
    start = 0.25 + text_width(curves.quantity.short.format(99), 10)  # of the names, in inches
    for (variant, end), place in zip(ends.items(), places, strict=True):
        colour = ink(look[variant].colour)
        at = {"color": colour, "fontsize": 9, "va": "center", "annotation_clip": False}
        value = axes.annotate(
            curves.quantity.short.format(end), (curves.epochs, end),
            (1 + 0.14 / across, place), textcoords="axes fraction", fontweight="bold",
            arrowprops={
                "arrowstyle": "-", "color": colour, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 3,
                "relpos": (0, 0.5),
            },
            **at,
        )  # fmt: skip
        mark(value, (curves.labels[variant], split))
        if names:
            name = axes.annotate(
                names[variant], (1 + start / across, place), xycoords="axes fraction", **at
            )
            mark(name, (curves.labels[variant], split))


def _one_panel_a_model(curves: _Curves, width: float) -> Figure:
    """A small panel for each model, its curves over the others' in grey: for many models."""
    labels, narrow = curves.labels, width < WIDTH
    columns = 2 if narrow else 3
    rows = -(-len(labels) // columns)
    figure = Figure(figsize=(width, 1.2 + (1.75 if narrow else 1.85) * rows), layout="constrained")
    title(figure, f"{curves.quantity.name.capitalize()} of all {len(labels)} models", width)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    look = looks(labels)
    for axes, variant in zip(grid.flat, labels, strict=False):
        for other in labels:
            axes.plot(curves.own(other, "test")["mean"], color=FAINT, linewidth=0.8, zorder=1)
        for split in SPLITS:
            dotted = Look(look[variant].colour, ".")
            _draw(axes, curves.own(variant, split), dotted, split, labels[variant], curves.quantity)
        axes.set_title(plain(labels[variant], 20 if narrow else 26), fontsize=9)
        _write_in_corner(axes, curves, variant, look[variant])
    for axes in list(grid.flat)[len(labels) :]:
        axes.set_axis_off()
    _scale_y(grid[0, 0], curves.quantity, np.concatenate([curves.values(s) for s in SPLITS]), 0.14)
    for axes in grid.flat:
        epoch_axis(axes, curves.epochs, most=4)
        axes.set_ylabel("")
        axes.label_outer()
    figure.supylabel(curves.quantity.axis.replace("\n", " "), fontsize=10)
    keys = [
        Line2D([], [], label=name, color=GREY, linestyle=LINE[split])
        for split, name in SPLIT_NAMES.items()
    ]
    keys.append(Line2D([], [], label="the other models, test", color=FAINT))
    figure.legend(handles=keys, loc="outside lower left", ncols=1 if narrow else 3)
    return figure


def _write_in_corner(axes, curves: _Curves, variant: str, look: Look) -> None:
    """Write a model's last values in the corner that learning leaves free."""
    high = curves.quantity is LOSS
    for split, line in zip(SPLITS, (1, 0) if not high else (0, 1), strict=True):
        value = curves.quantity.short.format(curves.own(variant, split)["mean"].iloc[-1])
        text = axes.annotate(
            f"{split} {value}", (1, 1 if high else 0), (-2, -11 * line if high else 2 + 11 * line),
            xycoords="axes fraction", textcoords="offset points", ha="right",
            va="top" if high else "bottom", fontsize=8, color=ink(look.colour),
            bbox={"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 0.5},
        )  # fmt: skip
        mark(text, (curves.labels[variant], split))


def _together(
    metrics: pd.DataFrame,
    labels: dict[str, str],
    reference: pd.DataFrame | None,
    quantity: Quantity,
) -> Plot:
    """Every variant's curves of both splits: in one panel a split or, of many, one a model."""
    many = len(labels) > DISTINCT
    curves = _Curves(metrics, labels, None if many else reference, quantity)
    epochs, seeds = curves.epochs, metrics["seed"].nunique()
    unit = "nats per image" if quantity is LOSS else "percent"
    means = f", means over {_seeds(metrics)} seeds" if seeds > 1 else ""
    alt = [f"Line graph of {quantity.name} ({unit}{means}) over {counted(epochs, 'epoch')}."]
    for split in SPLITS:
        ends = [
            f"{label} {_ends(metrics, variant, quantity, split)}"
            for variant, label in labels.items()
        ]
        alt.append(f"{split.capitalize()} {quantity.name} after epoch {epochs}: {listing(ends)}.")
    caption = f"{quantity.name.capitalize()} by epoch. {_over_seeds(metrics)}"
    if not many:
        caption += " At the line ends: the values after the last epoch."
    if many:
        caption += " Each panel shows one model before the others."
    if curves.compared:
        caption += (
            " Faint dashes, in the colour of their model, are the original's run"
            f"{' (it logged no train loss)' if quantity is LOSS else ''}."
        )
    return Plot(
        name=quantity.name,
        draw=partial(_one_panel_a_model if many else _one_panel_a_split, curves),
        alt=" ".join(alt),
        caption=caption,
        table="metrics.csv",
        function=f"figures.curves.{quantity.name}",
    )


def loss(
    metrics: pd.DataFrame, labels: dict[str, str], reference: pd.DataFrame | None = None
) -> Plot:
    """Graph 1: the loss of all models together, test above train.

    Args:
        metrics: variant, seed, epoch, train_loss, test_loss (nats per image).
        labels: variant → label, in the order that gives colours and markers.
        reference: the original's curves (variant, epoch, test_loss), or None.
    """
    return _together(metrics, labels, reference, LOSS)


def accuracy(
    metrics: pd.DataFrame, labels: dict[str, str], reference: pd.DataFrame | None = None
) -> Plot:
    """Graph 2: the accuracy of all models together, test above train.

    Args:
        metrics: variant, seed, epoch, train_accuracy, test_accuracy (percent).
        labels: variant → label, in the order that gives colours and markers.
        reference: the original's curves, or None.
    """
    return _together(metrics, labels, reference, ACCURACY)


def variant_curves(metrics: pd.DataFrame, labels: dict[str, str], variant: str) -> Plot:
    """One variant's own curves: loss and accuracy, train and test in the same panel.

    Args:
        metrics: variant, seed, epoch, and loss and accuracy of both splits.
        labels: variant → label; all of them, so that the variant keeps its colour.
        variant: the one to draw.
    """
    metrics = metrics[metrics["variant"] == variant]
    epochs = int(metrics["epoch"].max())
    ends = [
        f"{split} {quantity.name} {_ends(metrics, variant, quantity, split)}"
        for quantity in (LOSS, ACCURACY)
        for split in SPLITS
    ]
    return Plot(
        name=f"curves_{variant}",
        draw=partial(_variant_curves, metrics, labels[variant], looks(labels)[variant]),
        alt=f"{labels[variant]}, train and test by epoch. After epoch {epochs}: {listing(ends)}.",
        caption=f"{labels[variant]}: loss and accuracy by epoch. {_over_seeds(metrics)}",
        table="metrics.csv",
        function="figures.curves.variant_curves",
    )


def _variant_curves(metrics: pd.DataFrame, label: str, look: Look, width: float) -> Figure:
    """Draw `variant_curves`: the panels side by side or, where narrow, one below the other."""
    narrow = width < WIDTH
    variant = metrics["variant"].iloc[0]
    figure = Figure(figsize=(width, 5.4 if narrow else 3.4), layout="constrained")
    title(figure, label, width)
    panels = figure.subplots(2, 1) if narrow else figure.subplots(1, 2)
    for axes, quantity in zip(panels, (LOSS, ACCURACY), strict=True):
        spreads = {split: _spread(metrics, variant, f"{split}_{quantity.name}") for split in SPLITS}
        for split, spread in spreads.items():
            _draw(axes, spread, look, split, label, quantity)
        _scale_y(axes, quantity, pd.concat(spreads)[["min", "max"]].to_numpy().ravel())
        epoch_axis(axes, int(metrics["epoch"].max()), most=8)
    keys = [Line2D([], [], label=SPLIT_NAMES[split], **_line(look, split)) for split in SPLITS]
    figure.legend(handles=keys, loc="outside lower left", ncols=1 if narrow else 2)
    return figure
