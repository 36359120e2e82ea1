"""Accuracy against what a study varies: batch size, learning rate or the number of groups."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import cycle

from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from ...config.study import NORMALIZED_CHANNELS, StudyConfig
from ...evaluation.pictures import style
from ..marks import mark
from ..study import Study, means_of
from ..tables.groups import group_settings
from ..text.wording import listing, norm_name
from .plot import COLOURS, WIDTH, Plot, far_below

LOOKS = list(zip(COLOURS[:5], "os^Dv", ("-", "--", "-.", ":", (0, (5, 1, 1, 1))), strict=True))
WIDEST = max(NORMALIZED_CHANNELS)
Points = Sequence[tuple[float, float]]  # (value of the quantity, accuracy in percent)


@dataclass(frozen=True)
class Quantity:
    """What accuracy is drawn against.

    Attributes:
        name: of the figure's files.
        axis: its name and unit.
        about: what the caption says of it.
        table, paper_axis, paper: a table of Wu & He 2018 (arXiv 1803.08494v3) that varies it:
            series → value → validation error of ResNet-50 on ImageNet, percent.
    """

    name: str
    axis: str
    about: str
    base: int = 2  # of the logarithmic axis
    table: str = ""
    paper_axis: str = ""
    paper: dict[str, dict[int, float]] = field(default_factory=dict)


QUANTITIES = {
    "batch_size": Quantity(
        "batch_size",
        "batch size, images",
        "Accuracy against batch size",
        table="table 2",
        paper_axis="batch size, images per GPU (of 8)",
        paper={
            "batch": {32: 23.6, 16: 23.7, 8: 24.8, 4: 27.3, 2: 34.7},
            "group": {32: 24.1, 16: 24.2, 8: 24.0, 4: 24.2, 2: 24.1},
        },
    ),
    "max_lr": Quantity(
        "learning_rate",
        "peak learning rate of the one-cycle schedule",
        "Accuracy against the peak learning rate. If the lines cross or peak at different rates,"
        " a comparison at one rate says as much about the rate as about the normalizations",
        base=10,
    ),
    "groups": Quantity(
        "groups",
        f"groups in a layer of {WIDEST} channels",
        "Accuracy against the number of groups. One group is Layer Normalization, one channel per"
        " group Instance Normalization",
        table="table 3",
        paper_axis="groups in every layer",
        paper={"num_groups": {64: 24.6, 32: 24.1, 16: 24.6, 8: 24.4, 4: 24.6, 2: 24.7, 1: 25.3}},
    ),
}
SERIES = {
    "num_groups": "the same number of groups in every layer",
    "channels_per_group": "the same number of channels in every group",
    "none": "no normalization",
}


def _varied(config: StudyConfig, key: str) -> dict[str, tuple[str, float]]:
    """variant → (its series, its value of the quantity); empty where it does not vary."""
    if key != "groups":
        return config.varied(key)
    return {
        variant: (option, value if option == "num_groups" else WIDEST // value)
        for variant, (option, value) in group_settings(config).items()
    }


@style()
def accuracy_against(study: Study, key: str) -> Plot | None:
    """Test accuracy by a quantity, a line per series, beside the Group Normalization paper's.

    Args:
        key: of QUANTITIES.

    Returns:
        None for a study that does not vary it.
    """
    quantity, varied = QUANTITIES[key], _varied(study.design, key)
    if not varied:
        return None
    keys = dict.fromkeys([*quantity.paper, *(series for series, _ in varied.values())])
    look = dict(zip(keys, cycle(LOOKS), strict=False))
    names = {name: SERIES.get(name) or f"{norm_name(name)} Normalization" for name in keys}
    figure = Figure(figsize=(WIDTH, 3.8), layout="constrained")
    ours, *others = figure.subplots(1, 1 + bool(quantity.paper), squeeze=False)[0]
    means, words = means_of(study.summary, "test_accuracy"), []
    lowest = far_below(means[variant] for variant in varied)
    for series in dict.fromkeys(series for series, _ in varied.values()):
        points, (colour, marker, dashes) = [], look[series]
        for variant, (of, value) in varied.items():
            if of != series:
                continue
            points.append((value, means[variant]))
            if means[variant] < lowest:  # named at the foot
                foot = {"xycoords": ("data", "axes fraction"), "ha": "center"}
                ours.annotate(f"{means[variant]:.2f} %\n↓", (value, 0.02), **foot)
                continue
            runs = study.runs[study.runs["variant"] == variant]
            accuracy, where = runs["test_accuracy"], [value] * len(runs)
            dots = ours.plot(where, accuracy, marker, color=colour, alpha=0.7)
            told = f"{names[series]}, {quantity.axis.partition(',')[0]} {value:g}"
            pairs = zip(runs["seed"], accuracy, strict=True)
            mark(dots, names[series], [f"{told}, seed {seed}: {x:.2f} %" for seed, x in pairs])
        points.sort()
        near = [point for point in points if point[1] >= lowest]
        line = ours.plot(*zip(*near, strict=True), color=colour, ls=dashes) if near else []
        mark(line, names[series])
        ours.plot([], [], marker, color=colour, ls=dashes, label=names[series])
        words.append(f"{names[series]} {_listed(points, 2)}")
    if min(means[variant] for variant in varied) < lowest:  # room for what is named there
        low, high = ours.get_ylim()
        ours.set_ylim(low - 0.2 * (high - low), high)
    _value_axis(ours, {value for _, value in varied.values()}, quantity.base)
    ours.set(xlabel=quantity.axis, ylabel="test accuracy, %")
    how = "mean over seeds" if len(study.seeds) > 1 else "one seed"
    alt = f"Test accuracy in this study, {how}: {'; '.join(words)}."
    caption = f"{quantity.about}. A marker per run, a line through the means."
    for axes in others:
        ours.set_title("This study")
        axes.set(title="Wu & He 2018, ImageNet", ylabel="validation accuracy, %")
        axes.set_xlabel(quantity.paper_axis)
        words = []
        for series, errors in quantity.paper.items():
            points = [(value, 100 - error) for value, error in sorted(errors.items())]
            colour, marker, dashes = look[series]
            drawn = axes.plot(*zip(*points, strict=True), marker, color=colour, ls=dashes)
            values = [f"{names[series]}, Wu & He 2018, {x:g}: {y:.1f} %" for x, y in points]
            mark(drawn, names[series], values)
            words.append(f"{names[series]} {_listed(points, 1)}")
            _value_axis(axes, errors, quantity.base)
        alt += f" ImageNet validation accuracy in Wu and He 2018: {'; '.join(words)}."
        caption += (
            f" Beside it ResNet-50 on ImageNet (Wu & He 2018, {quantity.table}): another network"
            " and data, so that only the shapes compare."
        )
    figure.legend(*ours.get_legend_handles_labels(), loc="outside lower left", ncols=2)
    return Plot(quantity.name, figure, alt, caption, "runs.csv, summary.csv")


def _value_axis(axes, values: Iterable[float], base: int) -> None:
    """Make the x axis logarithmic, with a tick at each value."""
    ticks = sorted(values)
    axes.set_xscale("log", base=base)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(ticks[0] / 1.5, ticks[-1] * 1.5)


def _listed(points: Points, digits: int) -> str:
    """Accuracies as words."""
    return listing([f"{accuracy:.{digits}f} % at {value:g}" for value, accuracy in points])
