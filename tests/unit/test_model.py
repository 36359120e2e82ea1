"""The network against the study's table, written out as plain functions."""

import pytest
import torch
from normstudy.config.keys import norm_names
from normstudy.config.study import NORMALIZED_CHANNELS
from normstudy.network.model import NORMS, NormCNN, build_model, model_of, parameter_count
from torch import nn
from torch.nn.functional import avg_pool2d, conv2d, instance_norm, log_softmax, max_pool2d

BLOCKS = ("input", "block1", "transition", "block2a", "block2b", "block3", "block4")


def random_values(model):
    """Give the network's tensors values as large as trained ones are; returns them by name."""
    draws, weights = torch.Generator().manual_seed(7), model.state_dict()
    for name, tensor in weights.items():
        if tensor.is_floating_point():
            positive = name.endswith(("norm.weight", "running_var"))
            tensor.uniform_(*((0.5, 1.5) if positive else (-0.2, 0.2)), generator=draws)
    return weights


def normalized(x, weights, layer, norm):
    """The formula of model.py's docstring over the index set of each normalization."""
    gamma, beta, *running = (
        tensor.view(1, -1, 1, 1)
        for name, tensor in weights.items()
        if name.startswith(f"{layer}.norm.") and tensor.ndim
    )
    count, channels = x.shape[:2]
    if norm == "batch":  # eval mode: the running averages
        mean, var = running
        return (x - mean) / (var + 1e-5).sqrt() * gamma + beta
    groups = 1 if norm == "layer" else channels // 4
    sets = x.reshape(count, groups, -1)
    mean = sets.mean(dim=2, keepdim=True)
    var = ((sets - mean) ** 2).mean(dim=2, keepdim=True)
    return ((sets - mean) / (var + 1e-5).sqrt()).reshape(x.shape) * gamma + beta


def forward(x, weights, norm):
    for block in BLOCKS:
        x = conv2d(x, weights[f"{block}.conv.weight"], padding=int(block == "block4"))
        x = (
            max_pool2d(x, 2)
            if block == "transition"
            else normalized(x.relu(), weights, block, norm)
        )
    x = conv2d(avg_pool2d(x, 6), weights["output.conv.weight"])
    return log_softmax(x.view(-1, 10), dim=1)


@pytest.mark.parametrize("norm", ["group", "layer", "batch"])
def test_the_network_is_the_studys_written_out(norm, sample):
    model = build_model(norm).eval()
    images = torch.from_numpy(sample[1].images[:32].copy()).float().unsqueeze(1) / 255
    with torch.no_grad():
        plain = forward(images, random_values(model), norm)
        assert (model(images) - plain).abs().max() <= 1e-5


@pytest.mark.parametrize("norm", NORMS)
def test_parameters_are_those_of_the_table(norm):
    assert parameter_count(build_model(norm)) == (8712 if norm == "none" else 8880)


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


def test_groups_that_do_not_fit():
    with pytest.raises(ValueError, match="must be divisible by num_groups"):
        build_model("group", num_groups=3)
    with pytest.raises(ValueError, match="channels_per_group 8 does not divide a layer of 12 chan"):
        build_model("group", channels_per_group=8)
