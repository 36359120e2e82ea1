"""Published runs: what is packed gives back every number that verdicts are made from."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from normstudy.errors import StudyError
from normstudy.evaluation.label_doubts import label_doubts
from normstudy.evidence import store
from normstudy.records.files import write_csv, write_json

IMAGES = 60
ISSUES = pd.DataFrame(
    {
        "test_index": [3, 7, 70],
        "given_label": [1, 2, 0],
        "suggested_label": [4, 5, 6],
        "votes_given": 1,
        "votes_suggested": [4, 2, 5],
        "votes_neither": 0,
    }
)


def predictions(seed: int) -> pd.DataFrame:
    labels = np.random.default_rng(0).integers(0, 10, IMAGES)
    labels[[3, 7]] = 1, 2
    random = np.random.default_rng(seed)
    predicted = np.where(random.random(IMAGES) < 0.2, random.integers(0, 10, IMAGES), labels)
    table = pd.DataFrame({"index": np.arange(IMAGES), "label": labels, "prediction": predicted})
    return table.assign(confidence=0.9, label_probability=0.05)


def finished(folder, variants=("gn", "nan"), seeds=(1, 2), **config):
    """The results folder of a finished study of random predictions."""
    metrics, evaluation, runs = [], [], []
    for number, variant in enumerate(variants):
        for seed in seeds:
            run = {"variant": variant, "seed": seed}
            table = predictions(100 * number + seed)
            errors = table[table["label"] != table["prediction"]].assign(disputed=False)
            write_csv(errors, folder / variant / f"seed-{seed}" / "misclassified.csv")
            accuracy = 100 * (1 - len(errors) / IMAGES)
            metrics.append(
                run
                | {"epoch": 1, "learning_rate": 0.01, "train_loss": 0.1, "train_accuracy": 90.0}
                | {"test_loss": 0.2, "test_accuracy": round(accuracy, 4)}
            )
            for split in ("train", "test"):
                scores = {"loss": 0.1, "accuracy": accuracy, "images": IMAGES}
                evaluation.append(run | {"split": split} | scores | {"errors": len(errors)})
            runs.append(run | {"processor": "P", "torch": "2", "tensors_sha256": f"{seed:064x}"})
            runs[-1]["recipe"] = {"max_lr": 0.1, "device": f"device of {folder.name}"}
    write_csv(pd.DataFrame(metrics), folder / "metrics.csv")
    write_csv(pd.DataFrame(evaluation), folder / "evaluation.csv")
    resolved = {"seeds": list(seeds), "variants": {name: {} for name in variants}}
    resolved |= {"training": {"epochs": 1}, "dataset": {"name": "MNIST"}} | config
    facts = dict.fromkeys(store.FACTS, "same") | {"config": resolved}
    write_json(facts | {"runs": runs}, folder / "provenance.json")
    return folder


def assert_equal(one, other):
    for field in dataclasses.fields(one):
        ours, theirs = getattr(one, field.name), getattr(other, field.name)
        if isinstance(ours, pd.DataFrame):
            pd.testing.assert_frame_equal(ours, theirs)
        else:
            assert ours == theirs


def test_what_is_written_is_read_and_equal_evidence_gives_equal_bytes(tmp_path):
    evidence = store.collect(finished(tmp_path / "results"))
    for name in ("one", "other"):
        store.write(evidence, tmp_path / name)
    assert_equal(store.read(tmp_path / "one"), evidence)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(files) == 6
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_the_errors_give_back_what_is_made_of_whole_predictions(tmp_path):
    evidence = store.collect(finished(tmp_path))
    whole = {run: predictions(100 * (run[0] == "nan") + run[1]) for run in evidence.names}
    packed = evidence.predictions(ISSUES)
    assert list(packed) == list(whole)
    pd.testing.assert_frame_equal(label_doubts(packed, ISSUES), label_doubts(whole, ISSUES))
    for run, table in whole.items():
        right = table["label"] == table["prediction"]
        assert (right == (packed[run]["label"] == packed[run]["prediction"])).all()


def test_runs_of_another_machine_are_added(tmp_path):
    whole = store.collect(finished(tmp_path / "whole" / "same", seeds=(1, 2, 3)))
    first = store.collect(finished(tmp_path / "first" / "same", seeds=(1, 2)))
    rest = store.collect(finished(tmp_path / "rest" / "same", seeds=(2, 3)))
    assert_equal(store.added(first, rest), whole)
    assert_equal(store.added(rest, first), whole)
    assert_equal(store.added(whole, whole), whole)


def test_runs_of_another_recipe_are_refused(tmp_path):
    before = store.collect(finished(tmp_path / "before"))
    recipes = before.facts["recipes"] | {"nan": {"max_lr": 0.2}}
    new = dataclasses.replace(before, facts=before.facts | {"recipes": recipes})
    with pytest.raises(StudyError, match="runs of nan had another recipe"):
        store.added(before, new)


def test_runs_of_another_variant_are_added(tmp_path):
    before = store.collect(finished(tmp_path / "same"))
    more = store.collect(finished(tmp_path / "more" / "same", variants=("ln",)))
    both = store.added(before, more)
    assert list(both.config["variants"]) == ["gn", "nan", "ln"]
    assert [run for run in both.names if run[0] == "ln"] == [("ln", 1), ("ln", 2)]
    assert set(both.errors["variant"]) == {"gn", "nan", "ln"}


@pytest.mark.parametrize("name", ["errors.csv.gz", "runs.json", "study.json", "looks.json"])
@pytest.mark.parametrize("keep", [0.5, 0])
def test_damaged_evidence_is_refused(tmp_path, name, keep):
    store.write(store.collect(finished(tmp_path / "results")), tmp_path / "evidence")
    path = tmp_path / "evidence" / name
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content))])
    with pytest.raises(StudyError, match="does not hold the evidence"):
        store.read(tmp_path / "evidence")
