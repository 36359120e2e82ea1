"""The table of the number of groups, for studies that vary it."""

import pandas as pd

from ...config.study import NORMALIZED_CHANNELS, StudyConfig, group_setting
from ..study import Study
from ..text.wording import listing
from .results import spreads
from .table import Table


def group_settings(config: StudyConfig) -> dict[str, tuple[str, int]]:
    """variant → num_groups or channels_per_group, and how many.

    Layer and Instance Normalization are the two ends. Empty unless the study varies the groups.
    """
    if not config.varies_groups:
        return {}
    settings = {name: group_setting(variant) for name, variant in config.variants.items()}
    return {name: setting for name, setting in settings.items() if setting}


def groups_table(study: Study) -> Table | None:
    """The groups of every layer, and the accuracies; None where the groups do not vary."""
    settings = group_settings(study.design)
    if not settings:
        return None
    widths = sorted(set(NORMALIZED_CHANNELS))
    tests, trains = (
        dict(zip(study.labels, spreads(study, metric), strict=True))
        for metric in ("test_accuracy", "train_accuracy_evaluated")
    )
    rows = []
    for variant, (option, value) in settings.items():
        groups = [value if option == "num_groups" else width // value for width in widths]
        channels = [width // number for width, number in zip(widths, groups, strict=True)]
        made = (", ".join(map(str, groups)), ", ".join(map(str, channels)))
        rows.append((study.labels[variant], *made, tests[variant], trains[variant]))
    columns = ["Model", "Groups", "Channels in each", "Test accuracy, %"]
    columns += ["Train accuracy, evaluated, %"]
    return Table(
        pd.DataFrame(rows, columns=columns),
        f"Groups and channels in each group, in the layers of {listing(map(str, widths))}"
        " channels, with the accuracies after the last epoch.",
        "summary.csv",
        names=("Groups", "Channels in each"),
        sortable=True,
    )
