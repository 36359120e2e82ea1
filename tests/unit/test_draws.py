"""Random streams, dropout masks, initial weights: published vectors, properties, fixed digests."""

import hashlib

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from normstudy.network.draws.augmentation import augment, draw
from normstudy.network.draws.dropout import dropout_masks, key_words, masks_of_lanes, philox4x32
from normstudy.network.draws.initial import initial_weights, uniform_weights
from normstudy.network.draws.streams import key, permutation, raw, torch_seed, uniforms
from normstudy.network.model import build_model
from scipy import stats

KEY = key(3, "dropout", 2)
small = st.integers(0, 2**32 - 1)


def digest(*arrays) -> str:
    return hashlib.sha256(b"".join(np.ascontiguousarray(a).tobytes() for a in arrays)).hexdigest()


# --- Streams -------------------------------------------------------------------------------


def test_a_key_is_the_digest_of_seed_purpose_and_part():
    assert key(7, "order", 3) == hashlib.sha256(b"7/order/3").digest()[:16]
    assert key(7, "initialisation") == key(7, "initialisation", 0)
    assert torch_seed(key(7, "dropout", 1)) < 2**63


def test_raw_numbers_are_numpys_philox_from_its_first():
    """Random123's known answer for Philox4x64-10 with key and counter 0 is where NumPy's begins."""
    words = np.random.Philox(key=0, counter=2**256 - 1).random_raw(4)
    known = ["16554d9eca36314c", "db20fe9d672d0fdc", "d7e772cee186176b", "7e68b68aec7ba23b"]
    assert [f"{word:016x}" for word in words] == known
    halves = int.from_bytes(KEY[:8], "little"), int.from_bytes(KEY[8:], "little")
    same = np.random.Philox(key=halves[0] + (halves[1] << 64)).random_raw(9)
    assert np.array_equal(raw(KEY, 9), same)


def test_streams_are_apart():
    draws = {
        raw(key(seed, purpose, part), 1).item()
        for seed in (1, 2)
        for purpose in ("initialisation", "order", "augmentation", "dropout")
        for part in (0, 1, 11, "input.conv.weight")
    }
    assert len(draws) == 2 * 4 * 4


def test_uniforms_are_uniform():
    values = uniforms(KEY, 50_000)
    assert values.min() >= 0 and values.max() < 1
    assert stats.kstest(values, "uniform").pvalue > 0.01


@given(small, st.integers(0, 300))
def test_a_permutation_has_each_number_once(seed, count):
    assert sorted(permutation(key(seed, "order", 1), count)) == list(range(count))


# --- Dropout -------------------------------------------------------------------------------

# Random123's kat_vectors for philox4x32, 10 rounds: counter, key, result.
VECTORS = {
    "zeros": ([0] * 4, [0] * 2, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    "ones": ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    "digits of pi": (
        [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
        [0xA4093822, 0x299F31D0],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_philox_gives_the_published_vectors(name):
    counter, words, expected = VECTORS[name]
    given_words = [np.uint64(word) for word in counter + words]
    assert list(philox4x32(*given_words)) == expected
    assert list(philox4x32.py_func(*given_words)) == expected


@given(
    st.tuples(st.integers(1, 40), st.integers(1, 5), st.integers(1, 6), st.integers(1, 6)),
    st.integers(0, 1000),
    st.integers(0, 3),
    st.floats(0, 1),
)
def test_each_mask_is_decided_by_its_place(shape, step, layer, p):
    """The definition in the module's first lines, computed by plain Python for a few places."""
    masks = dropout_masks(shape, step, layer, p, KEY)
    assert masks.shape == shape and masks.dtype == np.float32
    flat = masks.reshape(shape[0], -1)
    scale = np.float32(1 / (1 - p)) if p < 1 else 0
    for image, element in {(0, 0), (shape[0] - 1, flat.shape[1] - 1), (shape[0] // 2, 3)}:
        if element < flat.shape[1]:
            counter = (np.uint64(v) for v in (element // 4, image, step, layer))
            word = philox4x32.py_func(*counter, *key_words(KEY))[element % 4]
            assert flat[image, element] == (scale if word < round((1 - p) * 2**32) else 0)


def test_masks_in_the_kernels_layout_are_those_of_the_arrays():
    masks = dropout_masks((40, 3, 4, 4), 5, 1, 0.3, KEY)
    for block in range(3):
        out = np.full(48 * 16, np.nan, np.float32)
        masks_of_lanes(out, 48, 16 * block, 1, 0.3, 5, *key_words(KEY))
        lanes = out.reshape(48, 16)[:, : len(masks[16 * block : 16 * block + 16])]
        assert np.array_equal(lanes.T, masks[16 * block : 16 * block + 16].reshape(-1, 48))


def test_masks_compiled_and_in_plain_python_are_equal():
    masks = [np.zeros(16 * 20, np.float32) for _ in range(2)]
    for function, out in zip((masks_of_lanes, masks_of_lanes.py_func), masks, strict=True):
        function(out, 18, 32, 1, 0.04, 9, *key_words(KEY))
    assert np.array_equal(*masks)


def test_dropout_keeps_as_many_as_it_says_whatever_the_image_step_and_layer():
    masks = np.stack(
        [dropout_masks((64, 16, 8, 8), s, n, 0.04, KEY) for s in (0, 1) for n in (0, 1)]
    )
    dropped = masks == 0
    assert np.unique(masks).tolist() == [0, np.float32(1 / 0.96)]
    assert stats.binomtest(int(dropped.sum()), dropped.size, 0.04).pvalue > 0.01
    flat = dropped.reshape(4 * 64, -1)
    together = (flat[:-1] & flat[1:]).mean()  # neighbours: two images, at the edges two steps
    assert together == pytest.approx(0.04**2, rel=0.1)


def test_no_dropout_keeps_and_full_dropout_drops_everything():
    assert (dropout_masks((3, 5), 0, 0, 0.0, KEY) == 1).all()
    assert (dropout_masks((3, 5), 0, 0, 1.0, KEY) == 0).all()


# --- Initial weights -----------------------------------------------------------------------


def test_weights_have_pytorchs_default_distribution():
    weights = uniform_weights("block4.conv.weight", (16, 16, 3, 3), 144, 1)
    assert weights.dtype == np.float32
    assert stats.kstest(weights.ravel(), "uniform", (-1 / 12, 2 / 12)).pvalue > 0.01
    torch.manual_seed(1)
    theirs = torch.nn.Conv2d(16, 16, 3).weight.detach().numpy()
    assert stats.ks_2samp(weights.ravel(), theirs.ravel()).pvalue > 0.01


def test_weights_depend_on_the_seed_and_the_tensors_name():
    ours, others = (uniform_weights("a", (50,), 9, seed) for seed in (1, 2))
    assert np.array_equal(ours, uniform_weights("a", (50,), 9, 1))
    assert (ours != others).all() and (ours != uniform_weights("b", (50,), 9, 1)).all()


# --- Digests -------------------------------------------------------------------------------


def test_the_draws_are_those_of_every_processor(sample, default_study):
    """Published runs can be repeated, and on other processors, as long as these stay."""
    images = sample[0].images
    order, recipe = permutation(key(1, "order", 1), 800), default_study.run_parameters("gn")
    draws = draw(800, key(1, "augmentation", 1), recipe)
    state = build_model("batch").state_dict()
    weights = initial_weights({name: tuple(t.shape) for name, t in state.items()}, 1)
    assert digest(order)[:16] == "c37cf344037cdab8"
    assert digest(augment(images, order, draws, 0.1307, 0.3081))[:16] == "873fd434f320cb19"
    masks = dropout_masks((64, 16, 8, 8), 3, 1, 0.04, key(1, "dropout", 1))
    assert digest(masks)[:16] == "0bb44cd5de4d2697"
    assert digest(*(weights[name] for name in sorted(weights)))[:16] == "edc772a9f403be2e"
