"""The kernels against float64 autograd through model.py's network, and what chooses them."""

import copy
import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
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
from normstudy.network import compiled, model, training
from normstudy.network.draws.initial import initial_weights
from normstudy.network.kernels import check as check_module
from normstudy.network.kernels import normalization
from normstudy.network.kernels.check import comparisons, difference, gives_reference_bits
from normstudy.network.kernels.engine import Trainer, shapes_of
from normstudy.network.model import Dropout, model_of
from normstudy.network.pytorch.trainer import Trainer as PyTorchTrainer

NORMS = [(norm, {}) for norm in KERNEL_NORMS] + [
    ("group", options)
    for options in (
        {"num_groups": 1},
        {"num_groups": 4},
        *({"channels_per_group": c} for c in (1, 2)),
    )
]


@pytest.fixture(scope="module")
def recipe_of(default_study):
    """The default recipe of Group Norm, for as many epochs as a test wants."""
    return default_study.run_parameters("gn") | {"epochs": 3, "mean": 0.5, "std": 0.25}


@settings(max_examples=25)
@given(
    norm=st.sampled_from(NORMS),
    images=st.one_of(st.integers(2, 40), st.sampled_from([64, 70])),
    classes=st.sampled_from([2, 3, 10, 256]),
    dropout=st.sampled_from([0.0, 0.04, 0.5]),
    seed=st.integers(0, 1000),
)
def test_a_step_is_that_of_float64_autograd(recipe_of, norm, images, classes, dropout, seed):
    """Outputs, gradients, running averages: with gammas and betas that are not the first ones.

    Where a ReLU's input is so near 0 that rounding changes its sign, gradients differ by percents:
    then another draw decides. What is wrong is wrong with every draw.
    """
    recipe = recipe_of | {"norm": norm[0], "norm_options": norm[1], "num_classes": classes}
    recipe |= {"dropout": dropout, "batch_size": images}
    for draw in range(5):
        random = np.random.default_rng([seed, draw])
        state = initial_weights(shapes_of(recipe), seed)
        for name, array in state.items():
            if ".norm." in name and array.shape:
                array += 0.3 * random.random(array.shape)
        inputs = random.normal(size=(images, 28, 28)).astype(np.float32)
        labels = random.integers(0, classes, images)
        off = {
            what: error
            for what, ours, exact, _, scale in comparisons(recipe, state, inputs, labels, step=3)
            if not (error := np.abs(ours - exact).max() / scale) <= 1e-5
        }
        if not off:
            return
        assert all(what.startswith("the gradient") for what in off), off  # outputs have no jump
    pytest.fail(f"{off}")


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


def another_epsilon(network):
    network.block2a.norm.eps = 1.1e-5


def more_channels(network):
    network.block2a = model._block(partial(torch.nn.GroupNorm, 4), 8, 16)
    network.block2b.conv = torch.nn.Conv2d(16, 16, 3, bias=False)


def dropout_elsewhere(network):
    network.block2a.append(Dropout(0.04))


@pytest.mark.parametrize("edit", [another_epsilon, more_channels, dropout_elsewhere])
def test_an_edited_network_is_noticed(recipe_of, monkeypatch, edit):
    network = model_of(recipe_of)
    edit(network)
    monkeypatch.setattr(model, "model_of", lambda recipe: copy.deepcopy(network))
    said = []
    chosen = training.on_this_machine(recipe_of, said.append)
    assert chosen["engine"] == "pytorch"
    (line,) = said
    assert line.startswith("The kernels differ from model.py in ")
    with pytest.raises(StudyError, match="engine is kernels, but the kernels differ"):
        training.on_this_machine(recipe_of | {"engine": "kernels"}, said.append)


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


@pytest.mark.parametrize("digest", [check_module.REFERENCE, "other"])
def test_jobs_that_start_at_once_agree_on_the_reference_bits(monkeypatch, tmp_path, digest):
    """The few steps are computed once, or by each of them, and never again."""
    together = threading.Barrier(8)
    monkeypatch.setattr(check_module, "FOLDER", tmp_path)
    monkeypatch.setattr(check_module, "few_steps", lambda: (together.wait(), digest)[1])
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(gives_reference_bits) for _ in range(8)]
    monkeypatch.delattr(check_module, "few_steps")
    answers = {*(job.result() for job in jobs), gives_reference_bits()}
    assert answers == {digest == check_module.REFERENCE}


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
    for place in (original, copy):  # Python's own cache goes by size and date
        no_bytecode = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "workflow" / "scripts", place, ignore=no_bytecode)
    environment = {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    command = "from normstudy.network.kernels import check; print(check.gives_reference_bits(), "
    command += "check.few_steps())"

    def start(folder):
        return subprocess.Popen(
            [sys.executable, "-c", command],
            env=os.environ | environment | {"PYTHONPATH": str(folder)},
            stdout=subprocess.PIPE,
            text=True,
        )

    jobs = [start(original) for _ in range(4)]  # each fills the empty cache
    before = {job.communicate()[0] for job in jobs}
    kept = sorted(tmp_path.rglob("*.nbc"))
    assert {start(copy).communicate()[0]} == before
    assert sorted(tmp_path.rglob("*.nbc")) == kept  # nothing was compiled for the copy
    edited = copy / "normstudy" / "network" / "kernels" / "normalization.py"
    date = edited.stat().st_mtime_ns
    edited.write_text(edited.read_text(encoding="utf-8").replace("1e-5", "1e-4"), encoding="utf-8")
    os.utime(edited, ns=(date, date))
    assert len(before) == 1 and before != {start(copy).communicate()[0]}
