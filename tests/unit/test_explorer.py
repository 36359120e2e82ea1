"""The errors explorer: every misclassified image once, with what each run said of it."""

from dataclasses import replace

import numpy as np
import pytest
from helpers.made_up import issues, made_up_study, predictions, with_predictions
from normstudy.records.read_tables import Predictions
from normstudy.report import explorer as module
from normstudy.report.explorer import explorer
from normstudy.report.page import Page
from normstudy.statistics.shared_errors import COLUMNS, shared_errors

LABELS = [7, 2, 1, 0, 4, 1, 4, 9]
ISSUES = issues((3, 0, 6, 3), (5, 1, 7, 4))
PICTURES = np.random.default_rng(0).integers(0, 256, (len(LABELS), 28, 28), dtype=np.uint8)


def run(said=None):
    """A run's predictions: right but for those of `said`, and surer with each image."""
    return predictions(LABELS, said).assign(confidence=np.linspace(0.5, 1, len(LABELS)))


RUNS = {
    ("gn", 1): run({3: 6, 4: 9}),
    ("gn", 2): run({3: 6}),
    ("ln", 1): run({3: 8, 7: 4}),
    ("ln", 2): run({3: 6, 4: 9, 7: 4}),
}


def study(folder, runs=RUNS, issues=ISSUES):
    accuracies = {}
    for variant, _ in runs:
        accuracies.setdefault(variant, []).append(99.0)
    return with_predictions(made_up_study(accuracies, epochs=1, folder=folder), runs, issues)


def markup(found):
    """The explorer as it stands in the page."""
    return Page().explorer(found).data


def test_errors_are_counted_by_image_and_prediction():
    whole = Predictions.of(RUNS.items())
    table = shared_errors(whole, ISSUES)
    assert list(table) == COLUMNS
    assert table.to_numpy().tolist() == [
        [3, 0, True, 4, 6, 3],
        [3, 0, True, 4, 8, 1],
        [4, 4, False, 2, 9, 2],
        [7, 9, False, 2, 4, 2],
    ]
    assert not shared_errors(whole, None)["disputed"].any()
    assert shared_errors(Predictions.of([(("gn", 1), run())]), ISSUES).empty


def test_the_table_and_the_sentence_need_no_script(tmp_path):
    found = explorer(study(tmp_path), PICTURES)
    first, second, third = found.table.itertuples(name="Row")
    assert (first[1], first.errors, first.disputed) == (3, 4, True)
    assert first.predicted == "6 (3×), 8 (1×)"
    assert (second.predicted, third.predicted) == ("9", "4")
    html = markup(found)
    assert "Misclassified test images: 3." in html
    assert "by all 4 runs: 1, of which 1 with a disputed label." in html
    assert html.count("<use ") == 3
    assert html.count("data:image/png") == 1  # every picture once
    assert "no. 3 †" in html


def test_names_of_classes_are_escaped_in_data_and_table(tmp_path, monkeypatch):
    hostile = '</script><b>"'
    made = study(tmp_path)
    found = replace(explorer(made, PICTURES), classes=(hostile,) * 10)
    html = markup(found)
    assert html.count("</script>") == 1 and "<b>" not in html


def test_a_study_of_many_errors_shows_the_most_missed_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_IMAGES", 2)
    found = explorer(study(tmp_path), PICTURES)
    assert found.data["images"] == [3, 4]
    assert found.total == 3
    assert "Below are the 2 that most runs misclassify." in markup(found)
    monkeypatch.setattr(module, "MOST_IMAGES", 100)
    monkeypatch.setattr(module, "MOST_ANSWERS", 8)
    monkeypatch.setattr(module, "STATIC", 1)
    assert explorer(replace(study(tmp_path / "b")), PICTURES).data["images"] == [3, 4]


@pytest.mark.parametrize("runs", [1, 2])
def test_without_errors_there_is_nothing_to_explore(tmp_path, runs):
    right = {("gn", seed): run() for seed in range(1, runs + 1)}
    assert explorer(study(tmp_path, right), PICTURES) is None


def test_one_run_has_errors_too(tmp_path):
    found = explorer(study(tmp_path, {("gn", 1): run({4: 9})}, None), PICTURES)
    text = markup(found)
    assert "Misclassified test images: 1." in text and "by all" not in text
    assert found.doubts == {}
