"""What a network gets wrong, and the picture of it."""

import os
import pickle
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
import torch
from normstudy.errors import StudyError
from normstudy.evaluation.matrix import misclassified_matrix
from normstudy.evaluation.predictions import evaluate, misclassified_table, predictions_table
from normstudy.network.checkpoint import load_checkpoint, save_checkpoint
from normstudy.network.model import build_model
from normstudy.network.resume import ResumeState
from normstudy.network.scoring import log_probabilities, score
from normstudy.records.store import Folder
from torch.nn.functional import cross_entropy

LOGITS = torch.randn(50, 10, generator=torch.Generator().manual_seed(2))
LABELS = torch.arange(50) % 10


def test_loss_and_accuracy_are_torchs():
    loss, accuracy = score(LOGITS.log_softmax(dim=1).numpy(), LABELS.numpy())
    assert loss == pytest.approx(cross_entropy(LOGITS.double(), LABELS).item(), abs=1e-6)
    assert accuracy == 2 * (LOGITS.argmax(dim=1) == LABELS).sum().item()


@pytest.mark.parametrize("kind", ["float32", "float64", "int64", "bool"])
def test_images_that_are_no_grey_levels_are_refused(kind):
    """Levels from 0 to 1, as torchvision's ToTensor makes them, would all be nearly black."""
    images = np.ones((2, 28, 28), kind)
    with pytest.raises(StudyError, match=f"images must be uint8, .* not {kind}; levels from 0 to"):
        log_probabilities(build_model("group"), images, 0.1307, 0.3081)


def test_predictions_are_those_of_the_softmax():
    table = predictions_table(LOGITS.log_softmax(dim=1).numpy(), LABELS.numpy())
    probabilities = LOGITS.double().softmax(dim=1)
    assert table["prediction"].tolist() == LOGITS.argmax(dim=1).tolist()
    np.testing.assert_allclose(table["confidence"], probabilities.max(dim=1).values, atol=1e-6)
    own = probabilities[torch.arange(50), LABELS]
    np.testing.assert_allclose(table["label_probability"], own, atol=1e-6)


PREDICTIONS = pd.DataFrame(
    {
        "index": [0, 1, 2, 3],
        "label": [1, 2, 3, 4],
        "prediction": [7, 2, 8, 9],
        "confidence": [0.5, 0.9, 0.8, 0.8],
        "label_probability": [0.1, 0.9, 0.1, 0.1],
    }
)


@pytest.mark.parametrize(("order", "indices"), [("index", [0, 2, 3]), ("confidence", [2, 3, 0])])
def test_errors_in_either_order_with_disputed_labels_marked(order, indices):
    errors = misclassified_table(PREDICTIONS, {3, 1}, order)
    assert errors["index"].tolist() == indices
    assert errors.set_index("index")["disputed"].to_dict() == {0: False, 2: False, 3: True}


def drawn(errors, **options):
    """(texts, axes with an image) of the picture."""
    images = np.zeros((4, 28, 28), np.uint8)
    figure = misclassified_matrix(images, errors, list("abcdefghij"), "GN, seed 1", **options)
    texts = [figure.get_suptitle(), figure.get_supxlabel()]
    texts += [axes.get_title() for axes in figure.axes]
    return texts, [axes for axes in figure.axes if axes.images]


def test_the_picture_says_what_was_seen_and_what_it_is():
    texts, shown = drawn(misclassified_table(PREDICTIONS, {3}))
    assert texts[0] == (
        "GN, seed 1: misclassified test images\nall 3 errors among 4 images, in test-set order"
    )
    assert "confidence" in texts[1]
    assert "†: label backed by" in texts[1]
    assert texts[2:5] == [
        "predicted h\nactual b", "predicted i\nactual d", "predicted j\nactual e †",
    ]  # fmt: skip
    assert len(shown) == 3 and set(texts[5:]) == {""}  # the other places stay blank


@pytest.mark.parametrize(
    ("images", "count", "words"),
    [(4, 2, "2 of 3 errors"), (4, 10, "all 3 errors"), (2, 10, "the only error")],
)
def test_the_title_says_how_many_there_are(images, count, words):
    errors = misclassified_table(PREDICTIONS[:images], set())
    texts, shown = drawn(errors, count=count)
    assert words in texts[0] and "†" not in texts[1] and len(shown) == min(count, len(errors))
    texts, shown = drawn(errors[:0], count=count)
    assert "no errors among 4 images" in texts[0] and shown == []


@pytest.fixture
def checkpoint(default_study, tmp_path):
    """A run's checkpoint: its path, network and recipe."""
    recipe = default_study.run_parameters("gn")
    model = build_model("group", channels_per_group=4).eval()
    save_checkpoint(model.state_dict(), recipe, "gn", 1, tmp_path / "checkpoint.pt")
    return tmp_path / "checkpoint.pt", model, recipe


def test_a_checkpoint_brings_the_network_back(checkpoint, sample):
    path, model, recipe = checkpoint
    again, parameters = load_checkpoint(path, ("gn", 1))
    assert parameters == recipe
    table, log_probs = evaluate(model, recipe, *sample)
    assert np.array_equal(evaluate(again, recipe, *sample)[1], log_probs)
    assert table["images"].tolist() == [800, 200]


class Evil:
    """What unpickles as a command that creates a file."""

    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        return os.system, (f"touch '{self.file}'",)


def in_a_checkpoint(evil, path):
    """As `torch.save` writes it, among good tensors."""
    torch.save({"state_dict": {"weight": torch.ones(3), "x": evil}, "parameters": {}}, path)


def bare(evil, path):
    path.write_bytes(pickle.dumps(evil, protocol=2))


def in_the_old_format(evil, path):
    torch.save(evil, path, _use_new_zipfile_serialization=False)


@pytest.mark.parametrize("write", [in_a_checkpoint, bare, in_the_old_format])
def test_a_malicious_pickle_is_refused_and_not_run(tmp_path, write):
    path, created = tmp_path / "checkpoint.pt", tmp_path / "created"
    write(Evil(created), path)
    with suppress(Exception):  # the file is a real one: whoever trusts it runs the command
        torch.load(path, weights_only=False)
    assert created.exists()
    created.unlink()
    with pytest.raises(StudyError, match=r"checkpoint\.pt is not a readable checkpoint \(Unpickl"):
        load_checkpoint(path, ("gn", 1))
    said = []
    assert ResumeState(Folder(tmp_path), path.name, "a run", said.append).load() is None
    assert "cannot be read (UnpicklingError): starting over" in said[0]
    assert not created.exists()


@pytest.mark.parametrize("share", [0, 0.5, 0.999])
def test_a_truncated_checkpoint_is_refused(checkpoint, share):
    path = checkpoint[0]
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(StudyError, match=r"checkpoint\.pt is not a readable .* \(rule train\)"):
        load_checkpoint(path, ("gn", 1))


def test_a_checkpoint_of_something_else_is_refused(checkpoint, tmp_path):
    with pytest.raises(
        StudyError, match=r"checkpoint of gn seed 1: .*--forcerun \S+checkpoint\.pt"
    ):
        load_checkpoint(checkpoint[0], ("gn", 2))
    torch.save({"parameters": {}, "state_dict": {}, "run": {}}, tmp_path / "other.pt")
    with pytest.raises(StudyError, match=r"other\.pt is not a readable checkpoint"):
        load_checkpoint(tmp_path / "other.pt")
