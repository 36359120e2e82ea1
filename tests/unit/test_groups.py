"""The study of the number of groups: its figure and table, and where they do not belong."""

import pytest
from helpers.made_up import made_up_study, study_file
from helpers.page import said
from normstudy.config.keys import Variant
from normstudy.config.study import group_setting
from normstudy.report.figures.varied import accuracy_against
from normstudy.report.tables.groups import group_settings, groups_table

VARIANTS = {name: own for name, own in study_file("groups")["variants"].items() if own}
ACCURACIES = {
    "groups_1": 98.9, "groups_2": 99.0, "groups_4": 99.1, "channels_4": 99.2, "channels_2": 99.3,
    "channels_1": 11.35,
}  # fmt: skip


@pytest.fixture
def study():
    accuracies = {name: [value, value + 0.02] for name, value in ACCURACIES.items()}
    return made_up_study(accuracies, variants=VARIANTS, reference=False)


def test_the_table_has_the_groups_of_each_width(study):
    cells = groups_table(study).cells.set_index("Model")
    assert list(cells["Groups"]) == [
        "1, 1, 1", "2, 2, 2", "4, 4, 4", "2, 3, 4", "4, 6, 8", "8, 12, 16",
    ]  # fmt: skip
    assert cells["Channels in each"].iloc[3] == "4, 4, 4"
    assert cells["Test accuracy, %"].iloc[0] == "98.91 ± 0.01"


def test_the_report_says_why_one_channel_a_group_cannot_learn(study):
    assert "cannot learn" in said("notes", study)
    del study.config["variants"]["channels_1"]
    assert "cannot learn" not in said("notes", study)


def test_a_study_of_one_grouping_has_neither():
    study = made_up_study({"gn": [99.0], "ln": [99.0], "bn_l1": [99.0]})
    assert not study.design.varies_groups
    assert not group_settings(study.design)
    assert accuracy_against(study, "groups") is None and groups_table(study) is None


@pytest.mark.parametrize(
    ("keys", "setting"),
    [
        ({"norm": "group"}, ("channels_per_group", 4)),
        ({"norm": "group", "num_groups": 2}, ("num_groups", 2)),
        ({"norm": "layer"}, ("num_groups", 1)),
        ({"norm": "rms"}, None),
    ],
)
def test_groups_by_any_name(keys, setting):
    assert group_setting(Variant(label="A", **keys)) == setting
