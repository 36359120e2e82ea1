"""`make verify` and the published weights, on runs of the sample study."""

import dataclasses
import shutil

import numpy as np
import pytest
import torch
from evidence import weights
from evidence.store import collect, read, write
from evidence.verify import difference, verify
from evidence.weights import load_published, write_weights
from helpers.project import SAMPLE_STUDY
from normstudy.data.idx import load_split
from normstudy.errors import StudyError
from normstudy.network.checkpoint import tensors_sha256
from normstudy.network.scoring import log_probabilities, score

RUN = ("gn", 1)


@pytest.fixture(scope="module")
def published(finished, tmp_path_factory):
    """A project that has the sample study as a published one. Not to be changed: copy it."""
    project = finished.copy(tmp_path_factory.mktemp("published") / "project")
    shutil.copy(project.folder / SAMPLE_STUDY[1], project.folder / "workflow/studies/sample.yaml")
    evidence, folder = collect(project.folder / "results"), project.folder / "docs/evidence/sample"
    write(evidence, folder)
    write_weights(evidence, project.folder / "results", folder)
    return project


@pytest.fixture
def evidence(published):
    """What is published of the study."""
    return read(published.folder / "docs/evidence/sample")


def test_a_published_run_trained_again_is_equal(published, evidence):
    lines = []
    assert verify(published.folder, "sample", [RUN], say=lines.append)
    assert lines[0] == f"gn seed 1: equal (weights {evidence.record(RUN)['tensors_sha256'][:16]})"
    for place, line in zip(("published:", "here:"), lines[1:], strict=True):
        assert place in line
        assert all(word in line for word in ("Python", "numpy", "numba"))
    assert not (published.folder / "results/verify/sample/gn/seed-1").exists()


def test_the_first_difference_is_named(published, evidence):
    folder = published.folder / "results/gn/seed-1"
    assert difference(evidence, RUN, folder) == ""
    for table, column, by, what in (
        ("epochs", "test_loss", 1e-6, "epoch 1: test_loss is "),
        ("evaluation", "errors", 1, "split test: errors is "),
        ("errors", "prediction", 1, "index "),
    ):
        rows = getattr(evidence, table).copy()
        rows.loc[rows["variant"] == RUN[0], column] += by
        other = dataclasses.replace(evidence, **{table: rows})
        assert f"differs first in {what}" in difference(other, RUN, folder)
        assert difference(other, ("ln", 1), folder.parents[1] / "ln/seed-1") == ""
    evidence.record(RUN)["tensors_sha256"] = "0" * 64
    assert "differs first in weights" in difference(evidence, RUN, folder)
    evidence.facts["recipes"]["gn"]["max_lr"] = 1
    assert "recipe: max_lr is 0.015 here, 1 published" in difference(evidence, RUN, folder)


def test_runs_of_another_engine_are_not_compared(evidence, tmp_path):
    evidence.facts["recipes"]["gn"]["engine"] = "pytorch"
    write(evidence, tmp_path / "docs/evidence/sample")
    lines = []
    assert not verify(tmp_path, "sample", say=lines.append)
    assert lines == ["gn seed 1 cannot be compared: another engine, PyTorch, trained it"]
    with pytest.raises(StudyError, match="no run gn/2"):
        verify(tmp_path, "sample", [("gn", 2)])


def test_published_weights_are_those_of_the_run(published, evidence):
    folder = published.folder / "docs/evidence/sample"
    model, recipe = load_published("bn_l1", 1, folder)
    digest = evidence.record(("bn_l1", 1))["tensors_sha256"]
    assert tensors_sha256(model.state_dict()) == digest
    test = load_split(published.folder / "data/MNIST-sample/raw", "test")
    said = log_probabilities(model, test.images, recipe["mean"], recipe["std"])
    _, accuracy = score(said, test.labels)
    assert accuracy == evidence.epochs.query("variant == 'bn_l1'")["test_accuracy"].iloc[-1]
    with np.load(folder / "weights/bn_l1.npz") as arrays:
        assert arrays["input.conv.weight"].shape == (1, 8, 1, 3, 3)
        assert arrays["input.conv.weight"].dtype == np.float32
    with pytest.raises(StudyError, match="not have the weights of gn seed 2"):
        load_published("gn", 2, folder)


def test_the_first_seeds_of_each_variant_are_kept(published, evidence, tmp_path, monkeypatch):
    results = shutil.copytree(published.folder / "results/gn", tmp_path / "gn").parent
    path = shutil.copytree(results / "gn/seed-1", results / "gn/seed-2") / "checkpoint.pt"
    saved = torch.load(path, weights_only=True)
    torch.save(saved | {"run": {"variant": "gn", "seed": 2}}, path)
    runs = [*evidence.runs, evidence.record(RUN) | {"seed": 2}]
    for networks, seeds in ((6, [1, 2]), (3, [1])):
        monkeypatch.setattr(weights, "NETWORKS", networks)
        write_weights(dataclasses.replace(evidence, runs=runs), results, tmp_path)
        with np.load(tmp_path / "weights/gn.npz") as arrays:
            assert arrays["seeds"].tolist() == seeds


def test_weights_are_added_and_those_of_another_training_are_not(published, evidence, tmp_path):
    folder = shutil.copytree(published.folder / "docs/evidence/sample", tmp_path / "sample")
    path = folder / "weights/gn.npz"
    before = path.read_bytes()
    write_weights(evidence, tmp_path / "nowhere", folder)
    assert path.read_bytes() == before
    evidence.record(RUN)["tensors_sha256"] = "0" * 64
    write(evidence, folder)
    with pytest.raises(StudyError, match="damaged"):
        load_published("gn", 1, folder)
    path.unlink()
    write_weights(evidence, published.folder / "results", folder)
    assert not path.exists()
