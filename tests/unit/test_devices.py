"""Where a run computes and in which precision: devices, memory format, bf16."""

import os

import numpy as np
import pytest
import torch
from normstudy.errors import StudyError
from normstudy.network.pytorch import trainer as pytorch
from normstudy.network.pytorch.trainer import Trainer, choose_device
from normstudy.network.training import on_this_machine, train
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


@pytest.mark.parametrize("norm", ["batch", "channel_layer"])
def test_bf16_learns_as_fp32_and_is_repeatable(recipe, sample, norm):
    settings = {"norm": norm, "batch_size": 16, "epochs": 2}
    precisions = ("bf16", "bf16", "fp32")
    runs = [train(recipe("bn_l1", precision=p, **settings), 1, *sample) for p in precisions]
    accuracies = [metrics["test_accuracy"].iloc[-1] for _, metrics in runs]
    assert accuracies[0] == pytest.approx(accuracies[2], abs=8) and min(accuracies) > 30
    assert runs[0][1]["train_loss"].is_monotonic_decreasing
    states = [weights.values() for weights, _ in runs[:2]]
    assert all(np.array_equal(*pair) for pair in zip(*states, strict=True))


@pytest.mark.parametrize(
    ("precision", "dtype"), [("fp32", torch.float32), ("bf16", torch.bfloat16)]
)
def test_convolutions_compute_in_the_precision_of_the_recipe(recipe, few, precision, dtype):
    trainer, seen = Trainer(recipe("gn", precision=precision), 1, few[0]), set()
    for layer in trainer.model.modules():
        if isinstance(layer, torch.nn.Conv2d):
            layer.register_forward_hook(lambda _, given, made: seen.add(made.dtype))
    trainer.epoch(1)
    assert seen == {dtype}
    assert {parameter.dtype for parameter in trainer.parameters} == {torch.float32}


def test_the_network_is_on_the_device_of_the_recipe(recipe, few, monkeypatch):
    monkeypatch.setattr(pytorch, "choose_device", lambda name: torch.device("meta"))
    trainer = Trainer(recipe("gn"), 1, few[0])
    assert {p.device.type for p in trainer.parameters} == {"meta"}
    assert trainer.outputs.device.type == "meta"


class NoDoubles(TorchDispatchMode):
    """Refuses double precision, as Apple's MPS does; the CPU stands for it here."""

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        made = function(*args, **(kwargs or {}))
        for value in tree_leaves((args, kwargs, made)):
            assert not isinstance(value, torch.Tensor) or value.dtype != torch.float64, function
        return made


@pytest.mark.parametrize("variant", ["gn", "bn_l1"])
def test_no_double_precision_reaches_a_device(recipe, few, variant):
    """Sums are made by NumPy: a tensor of float64 ends a run on MPS."""
    with NoDoubles():
        train(recipe(variant, epochs=2), 1, *few)
        with pytest.raises(AssertionError):
            torch.ones(1).double()


def test_cuda_is_made_deterministic(recipe, few, monkeypatch):
    """As far as that can be seen without one: what is set before the network is made."""

    def enough(recipe):
        raise InterruptedError

    monkeypatch.setattr(pytorch, "choose_device", lambda name: torch.device("cuda"))
    monkeypatch.setattr(pytorch, "model_of", enough)
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", "")  # to have it put back
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG")
    try:
        with pytest.raises(InterruptedError):
            Trainer(recipe("gn"), 1, few[0])
        assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
        assert torch.are_deterministic_algorithms_enabled()
    finally:
        torch.use_deterministic_algorithms(False)


def test_a_device_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(StudyError, match=r"training\.device is cuda, .* use auto"):
        choose_device("cuda")


@pytest.mark.parametrize(
    ("cuda", "mps", "chosen"),
    [(True, True, "cuda"), (True, False, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_auto_is_the_fastest_device_that_is_there(monkeypatch, cuda, mps, chosen):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert choose_device("auto") == torch.device(chosen)
    assert choose_device("cpu") == torch.device("cpu")


def test_a_recipe_has_the_device_that_auto_is_here(recipe, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert on_this_machine(recipe("gn", device="auto")) == recipe(
        "gn", device="cuda", engine="pytorch"
    )
    assert on_this_machine(recipe("gn", engine="pytorch")) == recipe("gn", engine="pytorch")
