"""Two studies on one page: the differences of their configs, and each part beside the other's."""

import re
from pathlib import Path

import pytest
from helpers.made_up import made_up_study
from helpers.places import TEMPLATE
from normstudy.report.side_by_side import differences, flattened, side_by_side


@pytest.fixture(scope="module")
def studies():
    runs = {"gn": [99.5], "ln": [99.4], "bn_l1": [99.3]}
    other = {"gn": [98.5], "ln": [98.4], "bn_l1": [98.3]}
    return [
        made_up_study(runs, epochs=2, folder=Path("results")),
        made_up_study(other, epochs=2, folder=Path("results/other"), misclassified={"count": 20}),
    ]


def test_only_what_differs_is_listed(studies):
    cells = differences(studies).cells
    assert list(cells) == ["Key", "results", "results/other"]
    assert cells.to_numpy().tolist() == [["misclassified.count", "10", "20"]]


def test_a_config_is_flattened_by_keys_and_claims_by_their_id():
    config = {"a": {"b": 1, "c": [1, 2]}, "claims": [{"id": "x", "says": "y"}]}
    assert flattened(config) == {
        "a.b": "1", "a.c": "[1, 2]", "claims.x.id": "x", "claims.x.says": "y",
    }  # fmt: skip


def test_the_page_has_each_part_of_each_study_and_needs_nothing_else(studies):
    html = side_by_side(studies, "body {}", TEMPLATE)
    for heading in ("Config", "Summary", "Accuracy", "Loss", "Verdicts"):
        assert html.count(f"<h2>{heading}</h2>") == 1
    assert html.count("<h3>results</h3>") == html.count("<h3>results/other</h3>") == 4
    assert "99.50" in html and "98.50" in html
    assert len(re.findall(r'<img src="data:', html)) == 4
    assert not re.findall(r'(?:src|srcset)="(?!data:)', html)
    assert not re.findall(r"<(?:script|link)\b|href=", html)


def test_equal_configs_are_said_to_be_the_same(studies):
    assert "The configs are the same." in side_by_side([studies[0], studies[0]], "", TEMPLATE)
