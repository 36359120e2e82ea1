"""The worked example that the page lets readers touch: its numbers against PyTorch's."""

import json

import numpy as np
import pytest
import torch
from normstudy.example.arithmetic import apply_method, example_batches, group_normalization
from normstudy.report.worked_example import worked_example
from torch.nn import functional


def number(text):
    return float(text.replace("−", "-"))


def seen(cells):
    """Cells as a reader sees them, back as (image, channel, row, column)."""
    rows = np.array([number(cell) for cell in cells]).reshape(4, 2, 4, 2)
    return rows.transpose(0, 2, 1, 3)


@pytest.fixture(scope="module")
def data():
    return json.loads(json.dumps(worked_example(example_batches())))


def expected(method, batch):
    x = torch.from_numpy(batch).double()
    if method["key"] == "batch":
        return functional.batch_norm(x, None, None, training=True, eps=1e-5).numpy()
    if method["key"] == "layer":
        return functional.layer_norm(x, x.shape[1:], eps=1e-5).numpy()
    return functional.group_norm(x, method["groups"], eps=1e-5).numpy()


def test_every_choice_has_pytorchs_values_in_both_layers(data):
    batches = list(example_batches().values())
    assert [(m["key"], m["groups"]) for m in data["methods"]] == [
        ("batch", None),
        ("layer", None),
        ("group", 1),
        ("group", 2),
        ("group", 4),
    ]
    for layer, batch in zip(data["layers"], batches, strict=True):
        assert (seen(layer["cells"]) == batch).all()
    for method in data["methods"]:
        for results, batch in zip(method["layers"], batches, strict=True):
            np.testing.assert_allclose(
                seen(results["cells"]), expected(method, batch), atol=0.00501
            )


def test_a_calculator_gives_the_numbers_shown(data):
    """Mean and variance from the lit cells, and y from the formula's own numbers."""
    for method in data["methods"]:
        sets = np.array(method["sets"])
        assert sorted(set(sets)) == list(range(len(method["names"])))
        for layer, results in zip(data["layers"], method["layers"], strict=True):
            cells = np.array([number(cell) for cell in layer["cells"]])
            mean, variance = (
                np.array([number(text) for text in results[key]]) for key in ("mean", "variance")
            )
            for place in range(len(method["names"])):
                assert mean[place] == cells[sets == place].mean()
                assert variance[place] == pytest.approx(cells[sets == place].var(), abs=0.0000501)
            y = (cells - mean[sets]) / np.sqrt(variance[sets] + number(data["eps"]))
            np.testing.assert_allclose(list(map(number, results["cells"])), y, atol=0.005)


def test_one_group_is_layer_and_a_group_per_channel_is_instance_normalization():
    batch = example_batches()["Layer 1"]
    assert (apply_method(batch, group_normalization(1))[2] == apply_method(batch, "layer")[2]).all()
    each = functional.instance_norm(torch.from_numpy(batch).double(), eps=1e-5).numpy()
    np.testing.assert_allclose(apply_method(batch, group_normalization(4))[2], each, atol=1e-12)
