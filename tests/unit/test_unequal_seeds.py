"""A study whose variants stopped at different looks: its tables, figures and sentences."""

import re

import pytest
from helpers.made_up import claim, drawn, made_up_study
from helpers.page import said
from normstudy.records.json_records import Look
from normstudy.report.figures import verdicts as verdict_figures
from normstudy.report.figures.runs import final_accuracy
from normstudy.report.tables import results as tables
from normstudy.report.tables.verdicts import verdicts
from normstudy.statistics.verdicts.looks import PROTOCOL

LOOKS = [4, 8, 12]
SAME = dict.fromkeys(PROTOCOL, "as before")


@pytest.fixture(scope="module")
def study():
    """far is decided at the first look, near never: bn_l1 has 4 seeds, gn and ln 12."""
    return made_up_study(
        drawn(12, 0.06, gn=99.5, ln=99.47) | drawn(4, bn_l1=97.0),
        seeds="until decided",
        verdicts={"looks": LOOKS},
        claims=[
            claim("gn", ["bn_l1"], id="far", says="GN is far better than BN"),
            claim("gn", ["ln"], id="near", says="GN is better than LN"),
        ],
        looks=[
            Look(4, **SAME, taken="2026-01-31T12:30:00Z"),
            Look(8, **SAME, taken="2026-02-01T12:30:00Z"),
            Look(12, **SAME, taken="2026-02-02T12:30:00Z"),
        ],
    )


def test_every_variant_counts_its_own_seeds(study):
    assert study.seed_counts == [12, 12, 4] and study.seeds == list(range(1, 13))
    assert study.of_metric("test_accuracy")["seeds"].tolist() == [12, 12, 4]
    assert "4 to 12 seeds" in tables.comparison(study).caption
    assert "Seeds per model: 4 to 12." in said("compared", study)
    assert "each model has the first 4 to 12" in said("repeatability", study)


def test_the_report_says_which_looks_were_taken_and_what_they_decided(study):
    trained, first, second, last = re.split(r"\d{4}-\d\d-\d\d, ", said("looks", study))
    assert "Runs trained: 28 of at most 36" in trained
    assert first.startswith("4 seeds. Decided: “GN is far better than BN”.")
    assert "Trained further: Group Normalization, Layer Normalization." in first
    assert "Decided: no claim." in second and "Trained further" in second
    assert last.startswith("12 seeds") and "Trained further" not in last


def test_all_figures_and_sentences_are_made(study):
    accuracies = final_accuracy(study)
    assert "4 to 12 seeds" in accuracies.caption
    forests = verdict_figures.forests(study.differences, study.comparisons, study.config)
    for plot in (accuracies, *forests):
        assert plot.svg().startswith("<svg") and plot.alt
    assert tables.label_scores(study) is None
    table = verdicts(study)
    assert set(table.cells["Look"]) == {"4", "12"} and "Look: the number" in table.caption
