"""Curves over the epochs: loss and accuracy, of all models together and of each alone."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from .plot import GREY, WIDTH, Look, Plot, epoch_axis, looks, place_ticks, plain, style
from .wording import counted, listing

SPLITS = {
    "test": "Test images (evaluation mode, as they are)",
    "train": "Train images (running: in train mode, augmented)",
}
LINE = {"test": "-", "train": ":"}
REFERENCE = {"linestyle": (0, (5, 2)), "linewidth": 1, "alpha": 0.6, "color": GREY}
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


def _draw(axes, spread: pd.DataFrame, look: Look, split: str) -> None:
    """A line of means with the band from the lowest to the highest seed."""
    axes.fill_between(
        spread.index, spread["min"], spread["max"], color=look.colour, alpha=0.15, linewidth=0
    )
    axes.plot(spread.index, spread["mean"], **_line(look, split))


def _line(look: Look, split: str) -> dict:
    return {
        "color": look.colour,
        "marker": look.marker,
        "linestyle": LINE[split],
        "markerfacecolor": look.colour if split == "test" else "white",
        "markeredgecolor": look.colour,
    }


def _known(reference: pd.DataFrame | None, variant: str, column: str, epochs: int) -> pd.DataFrame:
    """The replicated study's own curve, as far as these epochs go; empty where it has none."""
    if reference is None or column not in reference:
        return pd.DataFrame({"epoch": [], column: []})
    return reference[(reference["variant"] == variant) & (reference["epoch"] <= epochs)]


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


def _panel(
    axes,
    metrics: pd.DataFrame,
    labels: dict[str, str],
    reference: pd.DataFrame | None,
    quantity: Quantity,
    split: str,
) -> tuple[list[Line2D], bool]:
    """Every variant's curve of one split.

    Returns:
        The legend's entries, and whether the replicated study's curves are among them.
    """
    column = f"{split}_{quantity.name}"
    look, epochs = looks(labels), int(metrics["epoch"].max())
    shown, handles, replicated = [], [], False
    for variant, label in labels.items():
        line = _line(look[variant], split)
        known = _known(reference, variant, column, epochs)
        if len(known):
            replicated = True
            values = known[column].clip(lower=NEVER_ZERO)
            axes.plot(known["epoch"], values, **REFERENCE | {"color": line["color"]})
            shown.append(values.to_numpy(float))
        spread = _spread(metrics, variant, column)
        shown.append(spread[["min", "max"]].to_numpy(float).ravel())
        _draw(axes, spread, look[variant], split)
        handles.append(Line2D([], [], label=f"{plain(label, 40)}, {split}", **line))
    if replicated:
        handles.append(Line2D([], [], label=f"the replicated study's run, {split}", **REFERENCE))
    axes.set_title(SPLITS[split])
    _scale_y(axes, quantity, np.concatenate(shown))
    return handles, replicated


def _together(
    metrics: pd.DataFrame,
    labels: dict[str, str],
    reference: pd.DataFrame | None,
    quantity: Quantity,
) -> Plot:
    """A panel for the test images above one for the train images, with every variant."""
    epochs, seeds = int(metrics["epoch"].max()), metrics["seed"].nunique()
    models = f"all {len(labels)} models" if len(labels) > 1 else plain(next(iter(labels.values())))
    legend_lines = sum(1 + len(label) // 40 for label in labels.values())
    with style():
        figure = Figure(figsize=(WIDTH, 6.6 + 0.18 * legend_lines), layout="constrained")
        title = f"{quantity.name.capitalize()} of {models}"
        figure.suptitle(title, x=0.01, ha="left", fontsize=13, fontweight="bold")
        panels = figure.subplots(2, 1, sharex=True, height_ratios=(1.25, 1))
        handles, replicated = [], False
        for axes, split in zip(panels, SPLITS, strict=True):
            entries, known = _panel(axes, metrics, labels, reference, quantity, split)
            handles += entries
            replicated |= known
        epoch_axis(panels[-1], epochs)
        figure.legend(handles=handles, loc="outside lower center", ncols=2)
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
    if replicated:
        caption += (
            " Faint dashes, in the colour of their model, are the replicated study's own run"
            f"{' (it logged no train loss)' if quantity is LOSS else ''}."
        )
    return Plot(
        name=quantity.name,
        figure=figure,
        alt=" ".join(alt),
        caption=caption,
        table="metrics.csv",
        function=f"curves.{quantity.name}",
    )


def loss(
    metrics: pd.DataFrame, labels: dict[str, str], reference: pd.DataFrame | None = None
) -> Plot:
    """Graph 1: the loss of all models together, test above train.

    Args:
        metrics: variant, seed, epoch, train_loss, test_loss (nats per image).
        labels: variant → label, in the order that gives colours and markers.
        reference: the replicated study's own curves (variant, epoch, test_loss), or None.
    """
    return _together(metrics, labels, reference, LOSS)


def accuracy(
    metrics: pd.DataFrame, labels: dict[str, str], reference: pd.DataFrame | None = None
) -> Plot:
    """Graph 2: the accuracy of all models together, test above train.

    Args:
        metrics: variant, seed, epoch, train_accuracy, test_accuracy (percent).
        labels: variant → label, in the order that gives colours and markers.
        reference: the replicated study's own curves, or None.
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
    look = looks(labels)[variant]
    with style():
        figure = Figure(figsize=(WIDTH, 3.5), layout="constrained")
        figure.suptitle(
            plain(labels[variant], 60), x=0.01, ha="left", fontsize=12, fontweight="bold"
        )
        panels = figure.subplots(1, 2)
        for axes, quantity in zip(panels, (LOSS, ACCURACY), strict=True):
            spreads = {
                split: _spread(metrics, variant, f"{split}_{quantity.name}") for split in SPLITS
            }
            for split, spread in spreads.items():
                _draw(axes, spread, look, split)
            _scale_y(axes, quantity, pd.concat(spreads)[["min", "max"]].to_numpy().ravel())
            epoch_axis(axes, epochs, most=8)
        names = {"test": "test", "train": "train (running, augmented)"}
        handles = [Line2D([], [], label=names[split], **_line(look, split)) for split in SPLITS]
        figure.legend(handles=handles, loc="outside lower center", ncols=2)
    ends = [
        f"{split} {quantity.name} {_ends(metrics, variant, quantity, split)}"
        for quantity in (LOSS, ACCURACY)
        for split in SPLITS
    ]
    return Plot(
        name=f"curves_{variant}",
        figure=figure,
        alt=f"{labels[variant]}, train and test by epoch. After epoch {epochs}: {listing(ends)}.",
        caption=f"{labels[variant]}: loss and accuracy by epoch. {_over_seeds(metrics)}",
        table="metrics.csv",
        function="curves.variant_curves",
    )
