"""Accuracy against the number of groups, beside what the Group Normalization paper found."""

from functools import partial

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from ...config import resolved as study_config
from ...config.resolved import NORMALIZED_CHANNELS
from ..marks import mark
from ..study import Study
from ..tables.results import spreads
from ..tables.table import Table
from ..text.wording import listing
from .plot import COLOURS, WIDTH, Plot

# Wu & He 2018 (arXiv 1803.08494v3), table 3: validation error of ResNet-50 on ImageNet, percent,
# with the same number of groups in every layer
PAPER_ERROR = {64: 24.6, 32: 24.1, 16: 24.6, 8: 24.4, 4: 24.6, 2: 24.7, 1: 25.3}
WIDEST = max(NORMALIZED_CHANNELS)
# What all layers have in common -> how it is said, colour, marker, line style
FAMILIES = {
    "num_groups": ("the same number of groups in every layer", COLOURS[0], "o", "-"),
    "channels_per_group": ("the same number of channels in every group", COLOURS[1], "s", "--"),
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


def _axis(axes, groups, title: str, label: str) -> None:
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_locator(FixedLocator(groups))
    axes.xaxis.set_major_formatter(FixedFormatter([f"{number:g}" for number in groups]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_title(title)
    axes.set_xlabel(label)


def accuracy_against_groups(study: Study) -> Plot | None:
    """This study's test accuracy by the number of groups, and the paper's beside it.

    Models far below the best are named at the foot instead of being drawn.

    Returns:
        None for a study that does not vary the groups.
    """
    settings = group_settings(study.config)
    if settings.empty:
        return None
    merged = settings.merge(study.runs[["variant", "seed", "test_accuracy"]], on="variant")
    means = merged.groupby("variant")["test_accuracy"].transform("mean")
    near, far = merged[means >= means.max() - FAR], merged[means < means.max() - FAR]
    found = []
    for option, rows in near.groupby("option", sort=False):
        by_groups = rows.groupby("groups")["test_accuracy"].mean()
        each = [f"{value:.2f} % with {number}" for number, value in by_groups.items()]
        found.append(f"{FAMILIES[option][0]}, {listing(each)}")
    lost = far.groupby("groups")["test_accuracy"].mean()
    found += [f"{mean:.2f} % with {groups}, too low to be drawn" for groups, mean in lost.items()]
    known = [f"{100 - error:.1f} % with {groups}" for groups, error in PAPER_ERROR.items()]
    seeds = "mean over seeds" if len(study.seeds) > 1 else "one seed"
    return Plot(
        name="groups",
        draw=partial(_draw, near, lost),
        alt=(
            f"Test accuracy in this study, {seeds}, by the groups in a layer of {WIDEST} channels:"
            f" {'; '.join(found)}. ImageNet validation accuracy in Wu and He 2018:"
            f" {listing(known)}."
        ),
        caption=(
            "Accuracy against the number of groups, a marker a run and a line through the means."
            " One group is Layer Normalization, a group a channel Instance Normalization. Beside"
            " it ResNet-50 on ImageNet (Wu & He 2018, table 3): another network and data, so"
            " that only the shapes compare."
        ),
        table="metrics.csv",
        function="figures.groups.accuracy_against_groups",
    )


def _draw(near: pd.DataFrame, lost: pd.Series, width: float) -> Figure:
    """Draw `accuracy_against_groups`: our panel beside or, where narrow, above the paper's."""
    narrow = width < WIDTH
    figure = Figure(figsize=(width, 6.8 if narrow else 3.9), layout="constrained")
    ours, theirs = figure.subplots(2, 1) if narrow else figure.subplots(1, 2)
    for option, rows in near.groupby("option", sort=False):
        label, colour, marker, line = FAMILIES[option]
        by_groups = rows.groupby("groups")["test_accuracy"].mean()
        mark(ours.plot(by_groups.index, by_groups, linestyle=line, color=colour), label)
        ours.plot([], [], marker=marker, linestyle=line, color=colour, label=label)
        dots = ours.plot(rows["groups"], rows["test_accuracy"], marker, color=colour, alpha=0.7)
        mark(dots, label, [_told(run) for run in rows.itertuples()])
    for groups, mean in lost.items():
        ours.annotate(
            f"{mean:.2f} %\n↓", (groups, 0.02), xycoords=("data", "axes fraction"), ha="center"
        )
    accuracies = [100 - error for error in PAPER_ERROR.values()]
    _, colour, marker, line = FAMILIES["num_groups"]
    known = theirs.plot(list(PAPER_ERROR), accuracies, marker=marker, linestyle=line, color=colour)
    pairs = zip(PAPER_ERROR, accuracies, strict=True)
    mark(known, FAMILIES["num_groups"][0], [f"groups: {n}, {value:.1f} %" for n, value in pairs])
    drawn = sorted({*near["groups"], *lost.index})
    _axis(ours, drawn, "This study", f"groups in a layer of {WIDEST} channels")
    ours.set_xlim(drawn[0] / 1.5, drawn[-1] * 1.5)
    _axis(theirs, sorted(PAPER_ERROR), "Wu & He 2018, ImageNet", "groups in every layer")
    ours.set_ylabel("test accuracy, %")
    ours.ticklabel_format(axis="y", useOffset=False)
    theirs.set_ylabel("validation accuracy, %")
    figure.legend(*ours.get_legend_handles_labels(), loc="outside lower left", ncols=1)
    return figure


def _told(run) -> str:
    """What a run's point says: a row of variants and runs, from itertuples."""
    return f"groups: {run.groups}, seed {run.seed}: {run.test_accuracy:.2f} %"


def groups_table(study: Study) -> Table | None:
    """The groups of every layer, and the accuracies; None where the groups do not vary."""
    settings = group_settings(study.config)
    if settings.empty:
        return None
    widths = sorted(set(NORMALIZED_CHANNELS))
    columns = {
        "Test accuracy, %": "test_accuracy",
        "Train accuracy, evaluated, %": "train_accuracy_evaluated",
    }
    shown = {
        name: dict(zip(study.labels, spreads(study, metric), strict=True))
        for name, metric in columns.items()
    }
    cells = []
    for row in settings.itertuples():
        groups = [row.value if row.option == "num_groups" else w // row.value for w in widths]
        channels = [width // number for width, number in zip(widths, groups, strict=True)]
        cells.append(
            {
                "Model": study.labels[row.variant],
                "Groups": ", ".join(map(str, groups)),
                "Channels in each": ", ".join(map(str, channels)),
            }
            | {name: by_variant[row.variant] for name, by_variant in shown.items()}
        )
    return Table(
        pd.DataFrame(cells),
        f"Groups and channels in each group, in the layers of {listing(list(map(str, widths)))}"
        " channels, with the accuracies after the last epoch.",
        "summary.csv",
        names=("Groups", "Channels in each"),
        sortable=True,
    )
