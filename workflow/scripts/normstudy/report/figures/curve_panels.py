"""The panels that show every model's curves: all in one panel, or a panel for each of many."""

import textwrap

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..marks import mark
from .curve_lines import (
    LINE,
    LOSS,
    REFERENCE,
    SPLIT_NAMES,
    SPLITS,
    Curves,
    draw_line,
    line_style,
    scale_y,
)
from .plot import (
    GREY,
    WIDTH,
    Look,
    epoch_axis,
    ink,
    light,
    looks,
    plain,
    spread_out,
    text_width,
    title,
    wrapped,
)

FAINT = "#d0d0d0"
SHADE = "#f4f4f4"  # of the epochs that another panel magnifies
LAST = 5  # epochs, magnified
BRIEF = 7  # epochs that need no magnifying
LINE_HEIGHT = 11.5  # points, of a label of 9 points


def one_panel_a_split(curves: Curves, width: float) -> Figure:
    """Every model's curves of the test images above those of the train images.

    The last epochs are magnified beside (below, where it is narrow) and the final values stand
    at the line ends, with the models' names where there is room for them. The figure is laid
    out in inches, not by an engine: the labels have to know how far apart they are.
    """
    labels, narrow = curves.labels, width < WIDTH
    # The first epoch of the panels that magnify the last ones, if there are any.
    magnified = curves.epochs - LAST + 1 if len(labels) > 1 and curves.epochs > BRIEF else None
    names = {variant: wrapped(label, 1.3, 9) for variant, label in labels.items()}
    height = 1.75 if narrow else 2.3  # inches, of a panel
    lines = [name.count("\n") + 1 for name in names.values()]
    named = (
        not narrow and max(lines) <= 3 and (sum(lines) + len(lines) / 3) * LINE_HEIGHT < 72 * height
    )
    wide = max(text_width(name, 9) for name in names.values())
    reach = 0.3 + text_width(curves.quantity.short.format(99), 10)  # from a panel to the names
    left, right = (0.9, 0.72) if narrow else (0.92, reach + wide if named else 0.75)
    keys = [
        Line2D([], [], label=wrapped(labels[variant], width - 0.6, 9), **line_style(look, "test"))
        for variant, look in looks(labels).items()
        if not named
    ]
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


def _all_models(axes, curves: Curves, split: str, first: int = 1) -> None:
    """Every model's curve of a split, from an epoch on, over the original's light ones."""
    look = looks(curves.labels)
    for variant, label in curves.labels.items():
        known = curves.known(variant, split)
        known = known[known["epoch"] >= first]
        if len(known):
            dashed = REFERENCE | {"color": light(look[variant].colour)}
            original = axes.plot(known["epoch"], known["value"], **dashed, zorder=1.5)
            mark(original, (label, split, "original"))
    for variant in curves.labels:
        draw_line(axes, curves, variant, split, look[variant], first)
    scale_y(axes, curves.quantity, curves.values(split, first=first))


def _write_ends(axes, curves: Curves, split: str, names: dict[str, str] | None) -> None:
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
            curves.last(variant, split), (curves.epochs, end),
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


def one_panel_a_model(curves: Curves, width: float) -> Figure:
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
            draw_line(axes, curves, variant, split, dotted)
        axes.set_title(plain(labels[variant], 20 if narrow else 26), fontsize=9)
        _write_in_corner(axes, curves, variant, look[variant])
    for axes in list(grid.flat)[len(labels) :]:
        axes.set_axis_off()
    scale_y(grid[0, 0], curves.quantity, curves.values(*SPLITS), 0.14)
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


def _write_in_corner(axes, curves: Curves, variant: str, look: Look) -> None:
    """Write a model's last values in the corner that learning leaves free."""
    high = curves.quantity is LOSS
    for split, line in zip(SPLITS, (1, 0) if not high else (0, 1), strict=True):
        text = axes.annotate(
            f"{split} {curves.last(variant, split)}",
            (1, 1 if high else 0), (-2, -11 * line if high else 2 + 11 * line),
            xycoords="axes fraction", textcoords="offset points", ha="right",
            va="top" if high else "bottom", fontsize=8, color=ink(look.colour),
            bbox={"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 0.5},
        )  # fmt: skip
        mark(text, (curves.labels[variant], split))
