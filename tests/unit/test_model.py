"""The network against the study's table, written out as plain functions."""

import pytest
import torch
from normstudy.config.keys import norm_names
from normstudy.config.study import NORMALIZED_CHANNELS
from normstudy.network.model import NORMS, NormCNN, build_model, model_of, parameter_count
from torch import nn
from torch.nn.functional import avg_pool2d, conv2d, instance_norm, log_softmax, max_pool2d

# (the study's name of the convolution, of the norm, ours, channels in, out, padding)
BLOCKS = [
    ("conv1.0", "conv1.2", "input", 1, 8, 0),
    ("conv2.0", "conv2.2", "block1", 8, 16, 0),
    ("trans.0", None, "transition", 16, 8, 0),
    ("conv3.0", "conv3.2", "block2a", 8, 12, 0),
    ("conv3.3", "conv3.5", "block2b", 12, 16, 0),
    ("conv4.0", "conv4.2", "block3", 16, 16, 0),
    ("conv5.0", "conv5.2", "block4", 16, 16, 1),
]


def study_weights(norm: str) -> dict[str, torch.Tensor]:
    """A state dict with the study's names and shapes, and random values."""
    generator = torch.Generator().manual_seed(7)

    def random(*shape, low=-0.2, high=0.2):  # as large as trained weights are
        return torch.rand(shape, generator=generator) * (high - low) + low

    weights = {}
    for conv, norm_layer, _, c_in, c_out, _ in BLOCKS:
        kernel = 1 if norm_layer is None else 3
        weights[f"{conv}.weight"] = random(c_out, c_in, kernel, kernel)
        if norm_layer:
            weights[f"{norm_layer}.weight"] = random(c_out, low=0.5, high=1.5)
            weights[f"{norm_layer}.bias"] = random(c_out)
            if norm == "batch":
                weights[f"{norm_layer}.running_mean"] = random(c_out)
                weights[f"{norm_layer}.running_var"] = random(c_out, low=0.5, high=2)
                weights[f"{norm_layer}.num_batches_tracked"] = torch.tensor(1)
    weights["conv6.0.weight"] = random(10, 16, 1, 1)
    return weights


def renamed(weights):
    """The study's keys as ours: nothing but names change."""
    names = {"conv6.0": "output.conv"}
    for conv, norm_layer, ours, *_ in BLOCKS:
        names[conv] = f"{ours}.conv"
        if norm_layer:
            names[norm_layer] = f"{ours}.norm"
    return {
        f"{names[key.rpartition('.')[0]]}.{key.rpartition('.')[2]}": tensor
        for key, tensor in weights.items()
    }


def normalized(x, weights, layer, norm):
    """The formula of model.py's docstring over the index set of each normalization."""
    count, channels = x.shape[:2]
    gamma = weights[f"{layer}.weight"].view(1, -1, 1, 1)
    beta = weights[f"{layer}.bias"].view(1, -1, 1, 1)
    if norm == "batch":  # eval mode: the running averages
        mean = weights[f"{layer}.running_mean"].view(1, -1, 1, 1)
        var = weights[f"{layer}.running_var"].view(1, -1, 1, 1)
        return (x - mean) / (var + 1e-5).sqrt() * gamma + beta
    groups = 1 if norm == "layer" else channels // 4
    sets = x.reshape(count, groups, -1)
    mean = sets.mean(dim=2, keepdim=True)
    var = ((sets - mean) ** 2).mean(dim=2, keepdim=True)
    return ((sets - mean) / (var + 1e-5).sqrt()).reshape(x.shape) * gamma + beta


def forward(x, weights, norm):
    for conv, norm_layer, _, _, _, padding in BLOCKS:
        x = conv2d(x, weights[f"{conv}.weight"], padding=padding)
        x = (
            max_pool2d(x, 2)
            if norm_layer is None
            else normalized(x.relu(), weights, norm_layer, norm)
        )
    x = conv2d(avg_pool2d(x, 6), weights["conv6.0.weight"])
    return log_softmax(x.view(-1, 10), dim=1)


@pytest.mark.parametrize("norm", ["group", "layer", "batch"])
def test_the_studys_weights_give_identical_outputs(norm, sample):
    weights = study_weights(norm)
    model = build_model(norm)
    model.load_state_dict(renamed(weights))
    images = torch.from_numpy(sample[1].images[:32].copy()).float().unsqueeze(1) / 255
    with torch.no_grad():
        ours = model.eval()(images)
    assert (ours - forward(images, weights, norm)).abs().max() <= 1e-5


@pytest.mark.parametrize("norm", NORMS)
def test_parameters_are_those_of_the_table(norm):
    assert parameter_count(build_model(norm)) == (8712 if norm == "none" else 8880)


def test_every_block_has_the_shape_of_the_table():
    shapes = {}
    model = build_model("group")
    for name, block in model.named_children():
        block.register_forward_hook(
            lambda _, __, out, name=name: shapes.update({name: out.shape[1:]})
        )
    model(torch.zeros(2, 1, 28, 28))
    assert shapes == {
        "input": (8, 26, 26),
        "block1": (16, 24, 24),
        "transition": (8, 12, 12),
        "block2a": (12, 10, 10),
        "block2b": (16, 8, 8),
        "block3": (16, 6, 6),
        "block4": (16, 6, 6),
        "output": (10,),
    }


def test_convolutions_have_no_bias_and_dropout_is_where_the_table_says():
    model = build_model("batch")
    assert all(m.bias is None for m in model.modules() if isinstance(m, nn.Conv2d))
    dropouts = {name: m.p for name, m in model.named_modules() if isinstance(m, nn.Dropout)}
    assert dropouts == {"block2b.dropout": 0.04, "block3.dropout": 0.04}


def test_a_recipe_makes_its_network():
    options = {"num_groups": 2}
    recipe = {"norm": "group", "dropout": 0.1, "num_classes": 5, "norm_options": options}
    model = model_of(recipe)
    assert {m.num_groups for m in model.modules() if isinstance(m, nn.GroupNorm)} == {2}
    assert {m.p for m in model.modules() if isinstance(m, nn.Dropout)} == {0.1}
    assert model(torch.zeros(3, 1, 28, 28)).shape == (3, 5)
    assert parameter_count(model) == 8880 - 16 * 5
    assert parameter_count(NormCNN(NORMS["batch"])) == 8880  # the defaults are the original's


def test_rms_norm_computes_in_single_precision_as_torchs_own_do_in_autocast():
    half = torch.linspace(-3, 2, 12 * 9).view(1, 12, 3, 3).bfloat16()
    assert torch.equal(NORMS["rms"](12)(half), NORMS["rms"](12)(half.float()))


def channel_layer_norm(x, gamma, beta):
    """ConvNeXt's, as torch has it for tensors whose channels come last."""
    oracle = nn.LayerNorm(x.shape[1], dtype=x.dtype)
    oracle.load_state_dict({"weight": gamma, "bias": beta})
    return oracle(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


def rms_norm(x, gamma, beta):
    """torch's RMSNorm has a factor an activation and no offset."""
    oracle = nn.RMSNorm(x.shape[1:], eps=1e-5, dtype=x.dtype)
    oracle.load_state_dict({"weight": gamma[:, None, None].expand(x.shape[1:])})
    return oracle(x) + beta[:, None, None]


def layer_norm(x, gamma, beta):
    """torch's LayerNorm has a factor and an offset an activation: here each has its channel's."""
    oracle = nn.LayerNorm(x.shape[1:], dtype=x.dtype)
    values = {"weight": gamma, "bias": beta}
    oracle.load_state_dict({k: v[:, None, None].expand(x.shape[1:]) for k, v in values.items()})
    return oracle(x)


ORACLES = {
    "layer": layer_norm,
    "channel_layer": channel_layer_norm,
    "rms": rms_norm,
    "instance": lambda x, gamma, beta: instance_norm(x, weight=gamma, bias=beta),
}


@pytest.mark.parametrize("norm", ORACLES)
@pytest.mark.parametrize("memory", [torch.contiguous_format, torch.channels_last])
def test_a_normalization_and_its_gradient_are_torchs(norm, memory):
    draws = torch.Generator().manual_seed(3)
    x = torch.randn(4, 12, 5, 7, generator=draws, dtype=torch.double) * 3 + 1
    layer = NORMS[norm](12).double()
    with torch.no_grad():
        layer.weight.copy_(torch.rand(12, generator=draws))
        layer.bias.copy_(torch.randn(12, generator=draws))
    upstream = torch.randn(x.shape, generator=draws, dtype=torch.double)
    ours, theirs = (x.contiguous(memory_format=memory).requires_grad_() for _ in range(2))
    found = layer(ours)
    expected = ORACLES[norm](theirs, layer.weight.detach(), layer.bias.detach())
    torch.testing.assert_close(found, expected)
    found.backward(upstream)
    expected.backward(upstream)
    torch.testing.assert_close(ours.grad, theirs.grad)
    torch.testing.assert_close(layer.bias.grad, upstream.sum(dim=(0, 2, 3)))


def test_instance_norm_leaves_the_average_pool_nothing_to_tell_apart(sample):
    images = torch.from_numpy(sample[1].images[:8].copy()).float().unsqueeze(1)
    outputs = build_model("instance").eval()(images)
    torch.testing.assert_close(outputs, outputs[:1].expand(8, 10))


def test_the_config_knows_the_normalizations_and_their_channels():
    assert norm_names() == list(NORMS)
    norms = [m for m in build_model("group").modules() if isinstance(m, nn.GroupNorm)]
    assert tuple(m.num_channels for m in norms) == NORMALIZED_CHANNELS
    assert [m.num_groups for m in norms] == [2, 4, 3, 4, 4, 4]  # four channels each


def test_an_unknown_norm_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"'bach'.*batch, layer, group, instance, .*none"):
        build_model("bach")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"num_groups": 3}, "num_groups 3 does not divide a layer of 8 channels"),
        ({"channels_per_group": 8}, "channels_per_group 8 does not divide a layer of 12 channels"),
        ({"num_groups": 2, "channels_per_group": 4}, "not both"),
    ],
)
def test_groups_that_do_not_fit(options, words):
    with pytest.raises(ValueError, match=words):
        build_model("group", **options)
