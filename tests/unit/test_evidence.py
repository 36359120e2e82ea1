"""Published runs: what is packed gives back every number that verdicts are made from."""

import dataclasses

import pandas as pd
import pytest
from evidence import store
from helpers.made_up import drawn_predictions, issues, made_up_study, write_study
from normstudy.errors import StudyError
from normstudy.records.read_tables import Predictions
from normstudy.statistics.label_doubts import label_doubts

IMAGES = 60
ISSUES = issues((3, 3, 4, 4), (7, 7, 5, 2), (70, 0, 6, 5))  # the last is not among the images


def made_up(folder, variants=("gn", "nan"), seeds=(1, 2)):
    """A finished study in a folder. Its runs with a seed are the same, whatever others it has."""
    accuracies = {name: [75 + 5.0 * (seed % 3) for seed in seeds] for name in variants}
    study = made_up_study(
        accuracies, images=IMAGES, epochs=1, seeds=list(seeds), reference=False, folder=folder
    )
    write_study(study)
    return study


def collected(folder, **shape):
    return store.collect(made_up(folder, **shape).folder)


def assert_equal(one, other):
    for field in dataclasses.fields(one):
        ours, theirs = getattr(one, field.name), getattr(other, field.name)
        if isinstance(ours, pd.DataFrame):
            pd.testing.assert_frame_equal(ours, theirs)
        else:
            assert ours == theirs


def test_what_is_written_is_read_and_equal_evidence_gives_equal_bytes(tmp_path):
    evidence = collected(tmp_path / "results")
    for name in ("one", "other"):
        store.write(evidence, tmp_path / name)
    assert_equal(store.read(tmp_path / "one"), evidence)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(files) == 6
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_the_errors_give_back_what_is_made_of_whole_predictions(tmp_path):
    study = made_up(tmp_path)
    whole = Predictions.of(drawn_predictions(study).items())
    packed = store.collect(study.folder).predictions(ISSUES)
    assert list(packed.right) == list(whole.right)
    pd.testing.assert_frame_equal(label_doubts(packed, ISSUES), label_doubts(whole, ISSUES))
    for run, right in whole.right.items():
        assert (right == packed.right[run]).all()


def test_runs_of_another_machine_are_added(tmp_path):
    whole = collected(tmp_path / "whole", seeds=(1, 2, 3))
    first = collected(tmp_path / "first", seeds=(1, 2))
    rest = collected(tmp_path / "rest", seeds=(2, 3))
    assert_equal(store.added(first, rest), whole)
    assert_equal(store.added(rest, first), whole)
    assert_equal(store.added(whole, whole), whole)


def test_runs_of_another_recipe_are_refused(tmp_path):
    before = collected(tmp_path / "before")
    recipes = before.facts["recipes"] | {"nan": {"max_lr": 0.2}}
    new = dataclasses.replace(before, facts=before.facts | {"recipes": recipes})
    with pytest.raises(StudyError, match="runs of nan had another recipe"):
        store.added(before, new)


@pytest.mark.parametrize("name", ["errors.csv.gz", "runs.json", "study.json", "looks.json"])
def test_damaged_evidence_is_refused(tmp_path, name):
    store.write(collected(tmp_path / "results"), tmp_path / "evidence")
    path = tmp_path / "evidence" / name
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(StudyError, match="does not hold the evidence"):
        store.read(tmp_path / "evidence")
