"""Training: the recipe step by step, repeatability, pairing."""

import copy
import itertools
from statistics import median

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from normstudy.data.idx import Split
from normstudy.errors import StudyError
from normstudy.network.draws.augmentation import augment, draw
from normstudy.network.draws.batches import Batches
from normstudy.network.draws.dropout import dropout_masks
from normstudy.network.draws.initial import initial_weights, uniform_weights
from normstudy.network.draws.streams import key, permutation
from normstudy.network.model import NORMS, Dropout, model_of
from normstudy.network.pytorch.trainer import Trainer, add_l1_gradient, initial_network
from normstudy.network.schedule import one_cycle
from normstudy.network.scoring import log_probabilities, score
from normstudy.network.training import COLUMNS, Diverged, train
from torch import nn
from torch.nn.functional import nll_loss


def same(a, b):
    """Equal to the bit."""
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


def tensors(batch):
    """Inputs and labels as a network takes them."""
    inputs, labels = batch
    return torch.from_numpy(inputs).unsqueeze(1), torch.from_numpy(labels)


# --- The recipe ----------------------------------------------------------------------------


@pytest.mark.parametrize("variant", ["gn", "ln", "bn_l1"])
def test_an_epoch_is_the_plain_loop_of_the_recipe(recipe, few, variant):
    """The same epoch as anyone would write it, in double precision: an oracle without noise.

    Its batches depend on the seed alone, so every variant is shown the same ones.
    """
    recipe = recipe(variant, dropout=0.0, epochs=2)
    recipe["l1"] *= 100  # to be seen in four steps
    model = initial_network(recipe, 5).double()
    start = [parameter.detach().clone() for parameter in model.parameters()]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.8)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=0.015, epochs=2, steps_per_epoch=4
    )
    correct, total_loss = 0, 0.0
    model.train()
    for inputs, targets in map(tensors, Batches(few[0], recipe, 5).epoch(1)):
        optimizer.zero_grad()
        output = model(inputs.double())
        loss = nll_loss(output, targets)
        total_loss += loss.item() * len(targets)
        correct += (output.argmax(dim=1) == targets).sum().item()
        if recipe["l1"]:
            loss = loss + 1e-2 * sum(weight.abs().mean() for weight in model.parameters())
        loss.backward()
        optimizer.step()
        schedule.step()
    trainer = Trainer(recipe, 5, few[0])
    train_loss, train_accuracy = score(*trainer.epoch(1))
    assert train_accuracy == 100 * correct / 200
    assert train_loss == pytest.approx(total_loss / 200, abs=1e-5)
    moved = max((a - b).abs().max() for a, b in zip(start, model.parameters(), strict=True))
    for ours, plain in zip(
        trainer.model.state_dict().values(), model.state_dict().values(), strict=True
    ):
        # Single precision flips a ReLU here and there: 2 % of what four steps moved.
        assert (ours.double() - plain).abs().max() < 0.02 * moved


@pytest.mark.parametrize("variant", ["gn", "ln", "bn_l1"])
def test_gradients_are_as_exact_as_single_precision_can_be(recipe, sample, variant):
    """No normalization may carry more numerical noise than another: all stay near 1e-5."""
    trainer = Trainer(recipe(variant, dropout=0.0), 1, sample[0])
    trainer.epoch(1)
    exact = copy.deepcopy(trainer.model).double().to(memory_format=torch.contiguous_format)
    errors = []
    for inputs, targets in map(tensors, list(trainer.batches.epoch(2))[:-1]):
        gradients = []
        for model, x in ((trainer.model, inputs), (exact, inputs.double())):
            model.train().zero_grad()
            nll_loss(model(x), targets).backward()
            gradients.append(torch.cat([p.grad.double().flatten() for p in model.parameters()]))
        errors.append(((gradients[0] - gradients[1]).norm() / gradients[1].norm()).item())
    assert median(errors) < 1e-4  # the median: now and then a ReLU or a maximum flips


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_l1_gradient_is_autograds(reduction):
    tensors = torch.tensor([1.0, -3.0, 0.0]), torch.randn(2, 5)
    parameters = [torch.nn.Parameter(tensor) for tensor in tensors]
    penalty = sum(getattr(parameter.abs(), reduction)() for parameter in parameters)
    expected = torch.autograd.grad(0.5 * penalty, parameters)
    for parameter in parameters:
        parameter.grad = torch.ones_like(parameter)
    add_l1_gradient(parameters, 0.5, reduction)
    for parameter, gradient in zip(parameters, expected, strict=True):
        torch.testing.assert_close(parameter.grad, 1 + gradient)


@pytest.mark.filterwarnings("ignore")  # torch's of a step before which there was none
@given(
    st.integers(1, 40),
    st.integers(1, 90),
    st.floats(1e-6, 10),
    st.floats(0, 0.9),
    st.floats(0, 0.99),
)
def test_the_schedule_is_torchs(epochs, steps, peak, base, top):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1, momentum=0.5)
    theirs = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, peak, epochs=epochs, steps_per_epoch=steps, base_momentum=base, max_momentum=top
    )
    settings = {"max_lr": peak, "base_momentum": base, "max_momentum": top, "epochs": epochs}
    rates, momenta = one_cycle(settings, steps)
    assert len(rates) == len(momenta) == epochs * steps
    (group,) = optimizer.param_groups
    for step in range(epochs * steps):
        assert rates[step] == pytest.approx(float(group["lr"]), rel=1e-12, abs=1e-12)
        assert momenta[step] == pytest.approx(float(group["momentum"]), rel=1e-12, abs=1e-12)
        if step < epochs * steps - 1:
            theirs.step()


def test_each_epoch_is_a_row_of_the_table_rounded(recipe, few):
    """Nats to six decimals, percent to four: a share of 149 images would have more."""
    train_part, test_part = (Split(split.images[:149], split.labels[:149]) for split in few)
    recipe, told = recipe("gn", epochs=2), []
    weights, metrics = train(
        recipe, 1, train_part, test_part, lambda row, seconds: told.append((row, seconds))
    )
    assert [row for row, _ in told] == metrics.to_dict("records") and list(metrics) == COLUMNS
    assert all(0 < seconds < 600 for _, seconds in told)
    model, labels = model_of(recipe), test_part.labels
    model.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
    log_probs = log_probabilities(model, test_part.images, recipe["mean"], recipe["std"])
    row, rates = told[-1][0], one_cycle(recipe, 3)[0]
    loss = nll_loss(torch.from_numpy(log_probs), torch.from_numpy(labels)).item()
    assert row["test_loss"] == pytest.approx(loss, abs=2e-6)
    hits = (log_probs.argmax(axis=1) == labels).sum().item()
    assert row["test_accuracy"] == round(100 * hits / 149, 4)
    assert row["train_accuracy"] in {round(100 * hits / 149, 4) for hits in range(150)}
    assert row["learning_rate"] == round(rates[-1], 10)
    assert all(row[name] == round(row[name], 6) for name in ("test_loss", "train_loss"))


@pytest.mark.parametrize("engine", ["kernels", "pytorch"])
def test_divergence_is_named(recipe, few, engine):
    words = r"diverged in epoch 1, batch [1-4] of 4, at learning rate \S+: .*max_lr \(1e\+30\)"
    with pytest.raises(Diverged, match=words) as error:
        train(recipe("gn", max_lr=1e30, engine=engine), 1, *few)
    assert error.value.metrics.empty and list(error.value.metrics) == COLUMNS


@pytest.mark.parametrize(
    ("broken_before", "place", "kept"),
    [
        (2, "epoch 1, batch 3 of 4", []),
        (8, "epoch 2, after its last batch", [1]),  # no batch shows it; the test images do
    ],
)
def test_divergence_names_its_place(recipe, few, monkeypatch, broken_before, place, kept):
    """The epochs before are kept."""
    step, calls = Trainer._step, itertools.count(1)

    def breaking(self, *batch):
        log_probs = step(self, *batch)
        if next(calls) == broken_before:
            self.parameters[0].data.fill_(float("nan"))
        return log_probs

    monkeypatch.setattr(Trainer, "_step", breaking)
    with pytest.raises(Diverged, match=f"diverged in {place}, at learning rate") as error:
        train(recipe("gn"), 1, *few)
    assert error.value.metrics["epoch"].tolist() == kept


def test_a_batch_larger_than_the_data_is_refused(recipe, few):
    with pytest.raises(StudyError, match="batch_size 201 is larger than the 200 training images"):
        train(recipe("gn", batch_size=201), 1, *few)
    assert len(Trainer(recipe("gn", batch_size=200), 1, few[0]).batches) == 1


# --- Repeatability and pairing -------------------------------------------------------------


@pytest.mark.parametrize("norm", NORMS)
def test_the_initial_network_is_the_initial_state_that_needs_no_pytorch(recipe, norm):
    state = initial_network(recipe("gn", norm=norm, norm_options={}), 6).state_dict()
    shapes = {name: tuple(tensor.shape) for name, tensor in state.items()}
    assert same(
        {name: tensor.numpy() for name, tensor in state.items()}, initial_weights(shapes, 6)
    )
    convolutions = {name: shape for name, shape in shapes.items() if "conv" in name}
    alone = initial_weights(convolutions, 6)  # whatever other layers there are
    assert len(alone) == 8 and same({name: state[name].numpy() for name in alone}, alone)


def test_layers_of_a_students_own_start_the_same_each_time(recipe, monkeypatch):
    """Linear layers from the run's streams, others by PyTorch's seeded generator."""

    def own(recipe):
        return nn.Sequential(nn.Linear(9, 4), nn.Bilinear(4, 4, 2))

    monkeypatch.setattr("normstudy.network.pytorch.trainer.model_of", own)
    networks = [initial_network({}, seed).state_dict() for seed in (1, 1, 2)]
    assert all(torch.equal(networks[0][name], networks[1][name]) for name in networks[0])
    assert not any(torch.equal(networks[0][name], networks[2][name]) for name in networks[0])
    assert np.array_equal(networks[0]["0.bias"], uniform_weights("0.bias", (4,), 9, 1))


@pytest.mark.parametrize("layer", [lambda c: nn.Linear(c, 3), lambda c: nn.AvgPool2d(4)])
def test_a_normalization_that_returns_another_shape_is_named(recipe, few, monkeypatch, layer):
    monkeypatch.setitem(NORMS, "mine", layer)
    with pytest.raises(StudyError, match=r"norm: mine .* returns the same shape"):
        Trainer(recipe("gn", norm="mine", norm_options={}, engine="pytorch"), 1, few)


@pytest.mark.parametrize("variant", ["gn", "bn_l1"])
def test_an_epoch_is_drawn_from_two_streams_whatever_the_variant(recipe, few, variant):
    recipe = recipe(variant, rotation_degrees=5, brightness=0.3, contrast=0.2)
    order = permutation(key(3, "order", 2), 200)
    draws = draw(200, key(3, "augmentation", 2), recipe)
    expected = augment(few[0].images, order, draws, recipe["mean"], recipe["std"])
    inputs, labels = zip(*Batches(few[0], recipe, 3).epoch(2), strict=True)
    assert [len(part) for part in labels] == [64, 64, 64, 8]
    inputs, labels = np.concatenate(inputs), np.concatenate(labels)
    assert np.array_equal(inputs, expected)
    assert np.array_equal(labels, few[0].labels[order])


def test_each_dropout_layer_takes_its_masks_of_the_step(recipe, few):
    trainer, seen = Trainer(recipe("gn", dropout=0.2), 7, few[0]), []
    for layer in trainer.model.modules():
        if isinstance(layer, Dropout):
            layer.register_forward_hook(lambda _, given, made: seen.append((given[0], made)))
    trainer.epoch(2)
    assert len(seen) == 4 * 2
    for number, (before, after) in enumerate(seen):
        step, layer = divmod(number, 2)
        masks = dropout_masks(before.shape, step, layer, 0.2, key(7, "dropout", 2))
        assert torch.equal(after, before * torch.from_numpy(masks))


def test_dropout_without_masks_is_torchs_and_seeded_by_the_epoch(recipe, few, monkeypatch):
    """Of a layer that a student adds."""
    monkeypatch.setattr("normstudy.network.model.Dropout", nn.Dropout)
    outputs = [Trainer(recipe("gn", dropout=0.5), 7, few[0]).epoch(2)[0] for _ in range(2)]
    assert np.array_equal(*outputs)


def test_a_network_that_is_tried_out_drops_as_torch_does():
    layer, x = Dropout(0.5), torch.ones(4, 5)
    assert layer(x).unique().tolist() == [0, 2] and torch.equal(layer.eval()(x), x)
    layer.train().mask = lambda shape: np.full(shape, 3, np.float32)
    assert torch.equal(layer(x), 3 * x) and torch.equal(layer.eval()(x), x)
