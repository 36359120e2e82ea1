"""The kernels against float64 autograd through model.py's network, and what chooses them."""

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.places import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from normstudy.config.check import check
from normstudy.config.study import KERNEL_NORMS
from normstudy.errors import StudyError
from normstudy.evaluation.predictions import evaluate
from normstudy.network import compiled, model, training
from normstudy.network.draws.dropout import dropout_masks, key_words
from normstudy.network.draws.streams import key
from normstudy.network.kernels import normalization
from normstudy.network.kernels.check import difference, gives_reference_bits
from normstudy.network.kernels.engine import Network, Trainer
from normstudy.network.kernels.simd import LANES
from normstudy.network.model import Dropout, model_of
from normstudy.network.pytorch.trainer import Trainer as PyTorchTrainer
from normstudy.network.pytorch.trainer import initial_network
from torch.nn.functional import nll_loss

NORMS = st.sampled_from(
    [
        ("batch", {}),
        ("layer", {}),
        ("rms", {}),
        ("none", {}),
        ("instance", {}),
        ("group", {}),
        ("group", {"num_groups": 1}),
        ("group", {"num_groups": 4}),
        ("group", {"channels_per_group": 1}),
        ("group", {"channels_per_group": 2}),
    ]
)


def trained_a_little(recipe, seed):
    """A network whose gammas and betas, and running averages, are not those of the start."""
    network = initial_network(recipe, seed)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if ".norm." in name and tensor.dtype == torch.float32:
                tensor += 0.3 * torch.rand(tensor.shape, generator=generator)
    return network


@settings(max_examples=25)
@given(
    norm=NORMS,
    images=st.one_of(st.integers(2, 40), st.sampled_from([64, 70])),
    classes=st.sampled_from([2, 3, 10, 256]),
    dropout=st.sampled_from([0.0, 0.04, 0.5]),
    seed=st.integers(0, 1000),
)
def test_gradients_are_those_of_float64_autograd(recipe_of, norm, images, classes, dropout, seed):
    recipe = recipe_of | {"norm": norm[0], "norm_options": norm[1], "num_classes": classes}
    recipe |= {"dropout": dropout, "batch_size": images}
    network = trained_a_little(recipe, seed)
    random = np.random.default_rng(seed)
    inputs = random.normal(size=(images, 28, 28)).astype(np.float32)
    labels = random.integers(0, classes, images)
    kernels = Network(recipe, {name: t.numpy() for name, t in network.state_dict().items()})
    stream = key(seed, "dropout", 1)
    said = kernels.step(inputs, labels, (dropout, 3, *key_words(stream)))
    network.double().train()
    for number, layer in enumerate(m for m in network.modules() if isinstance(m, Dropout)):
        layer.mask = partial(dropout_masks, step=3, layer=number, p=dropout, stream=stream)
    expected = network(torch.from_numpy(inputs)[:, None].double())
    nll_loss(expected, torch.from_numpy(labels)).backward()
    np.testing.assert_allclose(said, expected.detach().numpy(), rtol=0, atol=1e-5)
    exact = {name: parameter.grad.numpy() for name, parameter in network.named_parameters()}
    top = max(np.abs(gradient).max() for gradient in exact.values())
    for name, gradient in exact.items():
        scale = np.abs(gradient).max()
        # Instance Norm's are zero but for rounding: its output's mean is its beta.
        scale = top if scale < 1e-9 * top else scale
        assert np.abs(kernels.gradient[name] - gradient).max() <= 1e-5 * scale, name
    for name, tensor in network.state_dict().items():
        if "running" in name or "tracked" in name:
            np.testing.assert_allclose(kernels.arrays[name], tensor.numpy(), rtol=1e-5, atol=1e-6)


@pytest.fixture(scope="module")
def recipe_of(default_study):
    """The default recipe of Group Norm, for as many epochs as a test wants."""
    return default_study.run_parameters("gn") | {"epochs": 3}


@pytest.mark.parametrize("groups", [1, 2, 4, 8, 16])
def test_a_normalizations_own_gradients_for_any_groups(groups):
    """Where a later average cannot cancel them, as it does Instance Norm's in the network."""
    random = np.random.default_rng(groups)
    r, dy = random.normal(0.5, 1, (2, 16, 36, LANES))
    gamma, beta = random.normal(1, 0.3, (2, 16)).astype(np.float32)
    s = np.zeros((11, 1, 16 * LANES), np.float32)
    s[normalization.SUMS] = r.sum(axis=1).ravel()
    s[normalization.SQUARES] = (r * r).sum(axis=1).ravel()
    s[normalization.DY_SUMS] = dy.sum(axis=1).ravel()
    s[normalization.DOTS] = (dy * r).sum(axis=1).ravel()
    dgamma, dbeta = np.zeros((2, 16), np.float32)
    sets, nothing = (16 // groups, 1, LANES, True), np.zeros(16, np.float32)
    normalization.statistics(s, sets, 36, nothing, nothing, True, gamma, beta)
    normalization.gradients(s, sets, 36, gamma, dgamma, dbeta)
    a, b, p, q, u = (s[i].reshape(16, 1, LANES) for i in (4, 5, 8, 9, 10))
    layer = torch.nn.GroupNorm(groups, 16).double()
    layer.load_state_dict({"weight": torch.tensor(gamma), "bias": torch.tensor(beta)})
    x = torch.from_numpy(r.transpose(2, 0, 1)).requires_grad_()
    y = layer(x)
    y.backward(torch.from_numpy(dy.transpose(2, 0, 1)))
    for ours, exact in (
        ((a * r + b).transpose(2, 0, 1), y.detach()),
        ((p * dy + q * r + u).transpose(2, 0, 1), x.grad),
        (dgamma, layer.weight.grad),
        (dbeta, layer.bias.grad),
    ):
        assert np.abs(ours - exact.numpy()).max() <= 1e-5 * exact.abs().max()


@pytest.mark.parametrize(
    ("variant", "max_lr", "epochs", "trained"),
    [
        *((variant, 0.015, 1443, 3) for variant in ("gn", "ln", "bn_l1")),
        ("gn", 0.001, 200, 16),
        pytest.param("ln", 0.001, 200, 16, marks=pytest.mark.slow),
        pytest.param("bn_l1", 0.001, 200, 16, marks=pytest.mark.slow),
    ],
)
def test_it_stays_with_the_pytorch_engine(recipe, sample, variant, max_lr, epochs, trained):
    """With the same batches, masks and schedule every weight stays within 1e-3.

    For 208 steps at a tenth of the default rates, but only for the first 39 steps of a default run
    (13 steps an epoch here, so that 1,443 epochs have the schedule of 20 on MNIST). There,
    rounding errors grow with each step: after 208 steps the engines are 2e-3 to 4e-3 apart, as are
    two runs in PyTorch that differ in the activations' memory format.
    """
    recipe = recipe(variant, epochs=epochs, max_lr=max_lr)
    engines = [engine(recipe, 3, sample[0]) for engine in (Trainer, PyTorchTrainer)]
    for epoch in range(1, trained + 1):
        for engine in engines:
            engine.epoch(epoch)
    ours, theirs = (engine.state_dict() for engine in engines)
    assert list(ours) == list(theirs)
    for name, array in ours.items():
        np.testing.assert_allclose(array, theirs[name], rtol=0, atol=1e-3, err_msg=name)
    images = sample[1].images
    outputs = [engine.log_probabilities(images) for engine in engines]
    np.testing.assert_allclose(*outputs, rtol=0, atol=1e-2)


@pytest.mark.parametrize("count", [1, 15, 17, 50])
def test_an_images_output_does_not_depend_on_the_others(recipe_of, few, count):
    trainer = Trainer(recipe_of, 1, few[0])
    images = few[1].images
    whole = trainer.log_probabilities(images)
    assert np.array_equal(trainer.log_probabilities(images[:count]), whole[:count])


@pytest.mark.parametrize("name", ["input.conv.weight", "block2a.norm.bias", "output.conv.weight"])
def test_a_weight_that_is_no_number_shows(recipe_of, few, name):
    """Neither a ReLU nor a maximum may hide it."""
    trainer = Trainer(recipe_of, 1, few[0])
    trainer.arrays[name][0] = np.nan
    assert not np.isfinite(trainer.log_probabilities(few[1].images)).any()


# --- Which engine ----------------------------------------------------------------------------


@pytest.mark.parametrize("norm", KERNEL_NORMS)
def test_the_kernels_compute_what_the_network_of_model_py_does(recipe_of, norm):
    assert difference(recipe_of | {"norm": norm, "norm_options": {}}) is None


def edited(edit):
    """model.py's network after an edit of one of its layers."""

    def build(recipe):
        network = model_of(recipe)
        edit(network)
        return network

    return build


def another_epsilon(network):
    network.block2a.norm.eps = 1.1e-5


def norm_before_relu(network):
    block = network.block3
    block.relu, block.norm = block.norm, torch.nn.ReLU()


def more_channels(network):
    network.block2a = model._block(partial(torch.nn.GroupNorm, 4), 8, 16)
    network.block2b.conv = torch.nn.Conv2d(16, 16, 3, bias=False)


def dropout_elsewhere(network):
    network.block2a.append(Dropout(0.04))


def another_pooling(network):
    network.transition.pool = torch.nn.AvgPool2d(2)


@pytest.mark.parametrize(
    "edit",
    [another_epsilon, norm_before_relu, more_channels, dropout_elsewhere, another_pooling],
)
def test_an_edited_network_is_noticed(recipe_of, monkeypatch, edit):
    monkeypatch.setattr(model, "model_of", edited(edit))
    said = []
    chosen = training.on_this_machine(recipe_of, said.append)
    assert chosen["engine"] == "pytorch"
    (line,) = said
    assert line.startswith("The kernels differ from model.py in ")
    with pytest.raises(StudyError, match="engine is kernels, but the kernels differ"):
        training.on_this_machine(recipe_of | {"engine": "kernels"}, said.append)


def test_what_trained_it_evaluates_it(recipe_of, few):
    recipe = training.on_this_machine(recipe_of | {"epochs": 1})
    assert recipe["engine"] == "kernels"
    weights, metrics = training.train(recipe, 1, *few)
    network = model_of(recipe)
    network.load_state_dict({name: torch.tensor(array) for name, array in weights.items()})
    table, _ = evaluate(network.eval(), recipe, *few)
    assert table["loss"].iloc[1] == metrics["test_loss"].iloc[-1]
    assert table["accuracy"].iloc[1] == metrics["test_accuracy"].iloc[-1]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"norm": "channel_layer"}, "the kernels have no norm channel_layer"),
        ({"norm": "group", "precision": "bf16"}, "the kernels compute in fp32, not bf16"),
        ({"norm": "group", "device": "cuda"}, "the kernels are for the CPU, not cuda"),
    ],
)
def test_what_the_kernels_cannot_train(changes, reason):
    config = {"variants": {"own": {"label": "Own", **changes}}}
    assert check(config).run_parameters("own")["engine"] == "pytorch"
    config["variants"]["own"]["engine"] = "kernels"
    with pytest.raises(StudyError, match=f"variants.own.engine: own: {reason}"):
        check(config)


# --- Compiled code ---------------------------------------------------------------------------


def test_this_machine_gives_the_reference_bits_unless_denormals_are_taken_for_zero():
    assert gives_reference_bits()
    assert torch.set_flush_denormal(True)
    try:
        assert not gives_reference_bits()
    finally:
        torch.set_flush_denormal(False)


def test_edited_kernels_or_another_processor_have_another_folder(monkeypatch, tmp_path):
    before = compiled.cache_folder()
    assert before == compiled.cache_folder()
    layers = tmp_path / "layers.py"
    original = Path(normalization.__file__).with_name("layers.py")
    layers.write_bytes(original.read_bytes().replace(b"+ 1", b"+ 2", 1))
    names = [layers if path == original else path for path in compiled.sources()]
    assert layers in names
    monkeypatch.setattr(compiled, "sources", lambda: names)
    assert compiled.cache_folder() != before
    monkeypatch.undo()
    monkeypatch.setattr(compiled.numba.config, "CPU_NAME", "haswell")
    assert compiled.cache_folder() != before


def test_without_a_folder_that_can_be_written_nothing_is_kept(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(blocked))
    monkeypatch.setattr(compiled, "PROJECT", blocked)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    assert compiled.cache_folder().is_relative_to(tmp_path / "user")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert compiled.cache_folder() is None


@pytest.mark.slow
def test_an_edited_kernel_is_what_runs_next(tmp_path):
    """Even of the same size and date. A copy of the project compiles nothing again."""
    original, copy = tmp_path / "original", tmp_path / "copy"
    for place in (original, copy):
        shutil.copytree(ROOT / "workflow" / "scripts", place)
    command = "from normstudy.network.kernels.check import few_steps; print(few_steps())"

    def start(folder):
        return subprocess.Popen(
            [sys.executable, "-c", command],
            env=os.environ | {"PYTHONPATH": str(folder), "NUMBA_CACHE_DIR": str(tmp_path)},
            stdout=subprocess.PIPE,
            text=True,
        )

    jobs = [start(original) for _ in range(3)]
    before = {job.communicate()[0] for job in jobs}
    kept = sorted(tmp_path.rglob("*.nbc"))
    assert {start(copy).communicate()[0]} == before
    assert sorted(tmp_path.rglob("*.nbc")) == kept  # nothing was compiled for the copy
    edited = copy / "normstudy" / "network" / "kernels" / "normalization.py"
    date = edited.stat().st_mtime_ns
    edited.write_text(edited.read_text(encoding="utf-8").replace("1e-5", "1e-4"), encoding="utf-8")
    os.utime(edited, ns=(date, date))
    assert len(before) == 1 and before != {start(copy).communicate()[0]}
