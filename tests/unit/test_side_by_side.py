"""Two studies on one page: the differences of their configs, and each part beside the other's."""

import re
from pathlib import Path

import pytest
from helpers.made_up import claim, made_up_study
from helpers.places import TEMPLATE
from normstudy.report.side_by_side import differences, flattened, outcomes, side_by_side


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


def test_claims_and_results_come_first_each_study_a_column(studies):
    html = side_by_side(studies, TEMPLATE)
    headings = re.findall("<h2>(.*?)</h2>", html)
    assert headings[:3] == ["Results", "Config", "Test accuracy, %"]  # these studies claim nothing
    head = html.partition("<thead>")[2].partition("</thead>")[0]
    assert head.count(">results<") == head.count(">results/other<") == 2
    assert html.count("<h3>results</h3>") == html.count("<h3>results/other</h3>") == 2
    assert "99.50" in html and "98.50" in html
    assert html.count("<svg") == 4 and html.count("epoch 2: 98.50</title>") >= 1
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids)) > 4
    assert not re.findall(r'(?:src|href)="(?!data:|#)', html) and "<script" not in html


def test_each_claim_is_a_line_with_its_verdict_in_each_study():
    claims = [claim("gn", id="first"), claim("ln", id="second")]
    one, other = (
        made_up_study(
            {"gn": [99.5, 99.6, 99.5, 99.6], "ln": [ln] * 4}, claims=chosen, folder=Path(name)
        )
        for ln, chosen, name in ((99.0, claims, "a"), (99.8, claims[:1], "b"))
    )
    cells = outcomes([one, other]).cells
    assert list(cells) == ["Claim", "a", "b"]
    assert cells["a"].str.contains("holds|contradicted").tolist() == [True, True]
    assert cells["b"].tolist()[1] == "–"


def test_equal_configs_are_said_to_be_the_same(studies):
    assert "The configs are the same." in side_by_side([studies[0], studies[0]], TEMPLATE)
