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
from ..text.wording import counted, listing
from .plot import DISTINCT, GREY, WIDTH, Look, Plot, epoch_axis, looks, place_ticks, plain, title

SPLITS = {
    "test": "Test images (evaluation mode, as they are)",
    "train": "Train images (running: in train mode, augmented)",
}
SPLIT_NAMES = {"test": "test", "train": "train (running, augmented)"}  # in a legend
LINE = {"test": "-", "train": ":"}
REFERENCE = {"linestyle": (0, (5, 2)), "linewidth": 1, "alpha": 0.6, "color": GREY}
FAINT = "#d0d0d0"
NEVER_ZERO = 1e-5  # nats; a loss of nothing has no place on a logarithmic axis
SOFT = 0.02  # points; keeps 100 % on the stretched axis, two images of 10,000 beyond the last tick


@dataclass(frozen=True)
class Quantity:
    """What a graph shows of each split."""

    name: str
    axis: str
    format: str  # of a number in the alt text


LOSS = Quantity("loss", "loss, nats per image\n(logarithmic axis)", "{:.4f}")
ACCURACY = Quantity("accuracy", "accuracy, %\n(axis stretched towards 100)", "{:.2f} %")


def _towards_100(accuracy):
    """Place on the accuracy axis: logarithmic in the error."""
    return -np.log10(100 + SOFT - np.minimum(accuracy, 100))


def _from_100(place):
    return 100 + SOFT - np.power(10.0, -np.asarray(place))


_DECADES = [10.0**k for k in range(-5, 3)]
_LOSS_TICKS = [m * d for m in (1, 2, 5, 3, 1.5, 7, 4, 2.5, 6, 8) for d in _DECADES]
_ACCURACY_TICKS = [99, 90, 99.5, 95, 98, 50, 80, 0, 99.9, 99.8, 97, 70, 60, 40, 20, 30, 10, 99.7]
_ACCURACY_TICKS += [99.3, 99.6, 99.4, 99.2, 96, 94, 92, 85, 75, 65, 55, 45, 35, 25, 100]


def _scale_y(axes, quantity: Quantity, values: np.ndarray) -> None:
    """The y axis: its scale, its range around `values`, its ticks and its name."""
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
    place_ticks(axes.yaxis, low, high, ticks, position)
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
    """What a point of a curve says of itself.

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


def _over_seeds(metrics: pd.DataFrame) -> str:
    """How the seeds are shown, for a caption."""
    seeds = metrics["seed"].nunique()
    if seeds == 1:
        return "One seed."
    return (
        f"Lines are means over {counted(seeds, 'seed')}, bands go from the lowest to the highest."
    )


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

    def values(self, split: str) -> np.ndarray:
        """Every value that a panel of the split has to hold."""
        ours = [self.own(variant, split)[["min", "max"]] for variant in self.labels]
        theirs = [self.known(variant, split)["value"] for variant in self.labels]
        return np.concatenate([table.to_numpy(float).ravel() for table in [*ours, *theirs]])

    @property
    def compared(self) -> list[str]:
        """The splits of which the original has curves."""
        return [s for s in SPLITS if any(len(self.known(v, s)) for v in self.labels)]


def _one_panel_a_split(curves: _Curves, width: float) -> Figure:
    """A panel for the test images above one for the train images, each with every model."""
    labels, narrow = curves.labels, width < WIDTH
    columns = 1 if narrow else 2
    look = looks(labels)
    keys = [
        Line2D([], [], label=plain(label, 40), **_line(look[variant], "test"))
        for variant, label in labels.items()
    ]
    keys += [
        Line2D([], [], label=name, **_line(Look(GREY, "o"), split))
        for split, name in SPLIT_NAMES.items()
    ]
    if curves.compared:
        name = f"the original, {' and '.join(curves.compared)}"
        keys.append(Line2D([], [], label=name, **REFERENCE))
    lines = -(-len(keys) // columns)
    figure = Figure(figsize=(width, (5.6 if narrow else 6.4) + 0.2 * lines), layout="constrained")
    models = f"all {len(labels)} models" if len(labels) > 1 else next(iter(labels.values()))
    title(figure, f"{curves.quantity.name.capitalize()} of {models}", width)
    panels = figure.subplots(2, 1, sharex=True, height_ratios=(1.25, 1))
    for axes, split in zip(panels, SPLITS, strict=True):
        for variant in labels:
            known = curves.known(variant, split)
            if len(known):
                dashed = REFERENCE | {"color": look[variant].colour}
                original = axes.plot(known["epoch"], known["value"], **dashed)
                mark(original, (labels[variant], split, "original"))
            own = curves.own(variant, split)
            _draw(axes, own, look[variant], split, labels[variant], curves.quantity)
        axes.set_title(textwrap.fill(SPLITS[split], 30) if narrow else SPLITS[split], fontsize=10)
        _scale_y(axes, curves.quantity, curves.values(split))
    epoch_axis(panels[-1], curves.epochs, most=8 if narrow else 20)
    figure.legend(handles=keys, loc="outside lower left", ncols=columns)
    return figure


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
    for axes in list(grid.flat)[len(labels) :]:
        axes.set_axis_off()
    _scale_y(grid[0, 0], curves.quantity, np.concatenate([curves.values(s) for s in SPLITS]))
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
    means = f", means over {seeds} seeds" if seeds > 1 else ""
    alt = [f"Line graph of {quantity.name} ({unit}{means}) over {counted(epochs, 'epoch')}."]
    for split in SPLITS:
        ends = [
            f"{label} {_ends(metrics, variant, quantity, split)}"
            for variant, label in labels.items()
        ]
        alt.append(f"{split.capitalize()} {quantity.name} after epoch {epochs}: {listing(ends)}.")
    caption = f"{quantity.name.capitalize()} by epoch. {_over_seeds(metrics)}"
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
