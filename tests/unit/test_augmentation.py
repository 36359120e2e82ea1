"""The augmentation against torchvision's own functions, image by image."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from normstudy.network.draws.augmentation import (
    FILL,
    augment,
    draw,
    jitter,
    mean_level,
    normalize,
    rotate,
)
from normstudy.network.draws.streams import key
from scipy import stats
from torchvision.transforms import functional as tv
from torchvision.transforms.functional import InterpolationMode

KEY = key(3, "augmentation", 1)
STRENGTHS = {"rotation_degrees": 7, "brightness": 0.4, "contrast": 0.4}


@pytest.fixture(scope="module")
def digits(sample):
    return sample[0].images[:64].copy()


def rotated(image, degrees, function=rotate):
    out = np.empty(image.shape, np.float32)
    function(image, float(degrees), FILL, out)
    return out


def theirs_rotated(image, degrees):
    image = torch.from_numpy(image)[None]
    return tv.rotate(image, float(degrees), InterpolationMode.NEAREST, fill=[FILL])[0].numpy()


def jittered(image, brightness, contrast, brightness_first, function=jitter):
    grey = image.astype(np.float32)
    function(grey, np.float32(brightness), np.float32(contrast), brightness_first)
    return grey


def theirs_jittered(image, brightness, contrast, brightness_first):
    """Levels 0…1; torchvision's factors are Python's floats."""
    steps = [(tv.adjust_brightness, brightness), (tv.adjust_contrast, contrast)]
    for adjust, factor in steps if brightness_first else reversed(steps):
        image = adjust(image, factor)
    return image


@pytest.mark.parametrize("degrees", [-7, -3.3, -0.5, 0.5, 2, 6.9, 30, -45, 90, 135, 180])
def test_rotation_is_torchvisions(digits, degrees):
    same = [rotated(image, degrees) == theirs_rotated(image, degrees) for image in digits]
    # Where a source falls on the border of two pixels, rounding may choose either.
    assert np.mean(same) >= 0.998


def test_angles_whose_result_is_known(digits):
    assert np.array_equal(rotated(digits[0], 0), digits[0])
    assert np.array_equal(rotated(digits[0], 90), np.rot90(digits[0]))  # counter-clockwise
    assert rotated(np.full((28, 28), 255, np.uint8), 45)[0, 0] == FILL


FACTORS = {"brightness": st.floats(0, 2), "contrast": st.floats(0, 2)}


@given(**FACTORS, brightness_first=st.booleans())
def test_jitter_is_torchvisions(digits, brightness, contrast, brightness_first):
    ours = jittered(digits[3], brightness, contrast, brightness_first)
    image = torch.from_numpy(digits[3])[None].float() / 255
    theirs = theirs_jittered(image, brightness, contrast, brightness_first)[0]
    np.testing.assert_allclose(ours / 255, theirs, atol=1e-5, rtol=0)


def test_the_mean_level_is_that_of_double_precision(digits):
    for image in digits[:9]:
        grey = jittered(image, 1.3, 0.7, True)
        assert mean_level(grey) == pytest.approx(grey.mean(dtype=np.float64), abs=1e-5)
    assert mean_level(np.full((28, 28), 255, np.float32)) == 255


@given(st.integers(0, 63), st.floats(-180, 180), st.booleans(), *FACTORS.values())
@settings(max_examples=10)
def test_compiled_and_plain_python_have_the_same_bits(
    digits, row, degrees, first, bright, contrast
):
    image = digits[row]
    assert np.array_equal(rotated(image, degrees), rotated(image, degrees, rotate.py_func))
    ours = jittered(image, bright, contrast, first)
    assert np.array_equal(ours, jittered(image, bright, contrast, first, jitter.py_func))


def test_normalization_is_torchvisions(digits):
    theirs = tv.normalize(torch.from_numpy(digits)[:, None].float() / 255, [0.1307], [0.3081])
    np.testing.assert_allclose(normalize(digits, 0.1307, 0.3081), theirs[:, 0], atol=2e-6, rtol=0)


def test_the_whole_chain_of_each_image_is_torchvisions(digits):
    draws, rows = draw(200, KEY, STRENGTHS), np.arange(200) % 64
    ours = augment(digits, rows, draws, 0.1307, 0.3081)
    assert ours.dtype == np.float32
    for n in range(200):
        x = torch.from_numpy(theirs_rotated(digits[rows[n]], draws.degrees[n]))[None].float() / 255
        factors = float(draws.brightness[n]), float(draws.contrast[n])
        x = theirs_jittered(x, *factors, draws.brightness_first[n])
        theirs = tv.normalize(x[None], [0.1307], [0.3081])[0, 0].numpy()
        # half a grey level; where rotation chose another pixel, the mean and so all pixels differ
        assert (abs(ours[n] - theirs) < 0.02).mean() >= 0.99


def test_an_image_does_not_depend_on_those_beside_it(digits):
    draws, rows = draw(64, KEY, STRENGTHS), np.arange(64)[::-1]
    whole = augment(digits, rows, draws, 0.1307, 0.3081)
    for n in range(0, 64, 9):
        alone = draws.map(lambda field, n=n: field[n : n + 1])
        assert np.array_equal(augment(digits, rows[n : n + 1], alone, 0.1307, 0.3081)[0], whole[n])


def test_draws_are_distributed_as_stated():
    draws = draw(50_000, KEY, STRENGTHS | {"contrast": 0.3})
    for values, low, width in (
        (draws.degrees, -7, 14),
        (draws.brightness, 0.6, 0.8),
        (draws.contrast, 0.7, 0.6),
    ):
        assert low <= values.min() and values.max() <= low + width
        assert stats.kstest(values, "uniform", (low, width)).pvalue > 0.01
    assert stats.binomtest(int(draws.brightness_first.sum()), 50_000).pvalue > 0.01
    fields = [draws.degrees, draws.brightness, draws.contrast, draws.brightness_first]
    assert abs(np.corrcoef(fields) - np.eye(4)).max() < 0.02


def test_draws_do_not_depend_on_how_strong_the_augmentation_is():
    strong, weak = (draw(100, KEY, STRENGTHS | {"rotation_degrees": n}) for n in (14, 7))
    np.testing.assert_allclose(strong.degrees, 2 * weak.degrees)
    assert np.array_equal(strong.contrast, weak.contrast)
