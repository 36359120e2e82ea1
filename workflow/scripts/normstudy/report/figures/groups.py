"""Accuracy against the number of groups, beside what the Group Normalization paper found."""

from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from ...config import resolved as study_config
from ...config.resolved import NORMALIZED_CHANNELS
from ..study import Study, means_of
from ..tables.results import spreads
from ..tables.table import Table
from ..text.wording import listing
from .plot import WIDTH, Plot
from .varied import (
    LOOKS,
    Line,
    Points,
    Series,
    all_series,
    draw_paper,
    draw_series,
    over_seeds,
    value_axis,
)

# Wu & He 2018 (arXiv 1803.08494v3), table 3: validation error of ResNet-50 on ImageNet, percent,
# with the same number of groups in every layer
PAPER_ERROR = {64: 24.6, 32: 24.1, 16: 24.6, 8: 24.4, 4: 24.6, 2: 24.7, 1: 25.3}
PAPER = [(groups, 100 - error) for groups, error in PAPER_ERROR.items()]
WIDEST = max(NORMALIZED_CHANNELS)
# What all layers have in common
FAMILIES = {
    "num_groups": Line("the same number of groups in every layer", *LOOKS[0]),
    "channels_per_group": Line("the same number of channels in every group", *LOOKS[1]),
}
FAR = 5.0  # points below the best, beyond which a model would flatten the others


def group_settings(config: dict) -> pd.DataFrame:
    """The variants by their groups, with Layer and Instance Normalization as the two ends.

    Returns:
        variant, option (num_groups or channels_per_group), value, groups (in a layer of WIDEST
        channels); no rows unless the study varies the groups.
    """
    rows = []
    if study_config.varies_groups(config):
        for name, variant in config["variants"].items():
            setting = study_config.group_setting(variant)
            if setting:
                option, value = setting
                groups = value if option == "num_groups" else WIDEST // value
                rows.append((name, option, value, groups))
    return pd.DataFrame(rows, columns=["variant", "option", "value", "groups"])


def accuracy_against_groups(study: Study) -> Plot | None:
    """This study's test accuracy by the number of groups, and the paper's beside it.

    Models far below the best are named at the foot instead of being drawn.

    Returns:
        None for a study that does not vary the groups.
    """
    settings = group_settings(study.config)
    if settings.empty:
        return None
    means = means_of(study.summary, "test_accuracy")
    best = max(means[variant] for variant in settings["variant"])
    near, lost = {}, []
    for row in settings.itertuples():
        if means[row.variant] >= best - FAR:
            near[row.variant] = (row.option, row.groups)
        else:
            lost.append((row.groups, means[row.variant]))
    series = all_series(study.runs, study.summary, near, FAMILIES)
    found = []
    for line, _, points in series:
        each = [f"{value:.2f} % with {number}" for number, value in points]
        found.append(f"{line.name}, {listing(each)}")
    found += [f"{mean:.2f} % with {groups}, too low to be drawn" for groups, mean in sorted(lost)]
    known = [f"{value:.1f} % with {groups}" for groups, value in PAPER]
    return Plot(
        name="groups",
        draw=partial(_draw, series, sorted(lost)),
        alt=(
            f"Test accuracy in this study, {over_seeds(study.runs)}, by the groups in a layer of"
            f" {WIDEST} channels: {'; '.join(found)}. ImageNet validation accuracy in Wu and He"
            f" 2018: {listing(known)}."
        ),
        caption=(
            "Accuracy against the number of groups, one marker per run and a line through the"
            " means. One group is Layer Normalization, one channel per group Instance"
            " Normalization. Beside it ResNet-50 on ImageNet (Wu & He 2018, table 3): another"
            " network and data, so that only the shapes compare."
        ),
        table="runs.csv, summary.csv",
        function="figures.groups.accuracy_against_groups",
    )


def _draw(series: list[Series], lost: Points, width: float) -> Figure:
    """Draw `accuracy_against_groups`: our panel beside or, where narrow, above the paper's.

    Args:
        lost: groups and mean accuracy of the models that are too low to be drawn.
    """
    narrow = width < WIDTH
    figure = Figure(figsize=(width, 6.8 if narrow else 3.9), layout="constrained")
    ours, theirs = figure.subplots(2, 1) if narrow else figure.subplots(1, 2)
    draw_series(ours, series, "groups: {value}")
    for groups, mean in lost:
        ours.annotate(
            f"{mean:.2f} %\n↓", (groups, 0.02), xycoords=("data", "axes fraction"), ha="center"
        )
    draw_paper(theirs, FAMILIES["num_groups"], PAPER, "groups: {value},")
    drawn = sorted({number for own in series for number, _ in own.means} | {n for n, _ in lost})
    value_axis(ours, drawn, "This study", f"groups in a layer of {WIDEST} channels")
    ours.set_xlim(drawn[0] / 1.5, drawn[-1] * 1.5)
    numbers = [number for number, _ in PAPER]
    value_axis(theirs, numbers, "Wu & He 2018, ImageNet", "groups in every layer")
    ours.ticklabel_format(axis="y", useOffset=False)
    figure.legend(*ours.get_legend_handles_labels(), loc="outside lower left", ncols=1)
    return figure


def groups_table(study: Study) -> Table | None:
    """The groups of every layer, and the accuracies; None where the groups do not vary."""
    settings = group_settings(study.config)
    if settings.empty:
        return None
    widths = sorted(set(NORMALIZED_CHANNELS))
    tests, trains = (
        dict(zip(study.labels, spreads(study, metric), strict=True))
        for metric in ("test_accuracy", "train_accuracy_evaluated")
    )
    cells = []
    for row in settings.itertuples():
        groups = [row.value if row.option == "num_groups" else w // row.value for w in widths]
        channels = [width // number for width, number in zip(widths, groups, strict=True)]
        made = (", ".join(map(str, groups)), ", ".join(map(str, channels)))
        cells.append((study.labels[row.variant], *made, tests[row.variant], trains[row.variant]))
    columns = ["Model", "Groups", "Channels in each", "Test accuracy, %"]
    columns += ["Train accuracy, evaluated, %"]
    return Table(
        pd.DataFrame(cells, columns=columns),
        f"Groups and channels in each group, in the layers of {listing(list(map(str, widths)))}"
        " channels, with the accuracies after the last epoch.",
        "summary.csv",
        names=("Groups", "Channels in each"),
        sortable=True,
    )
