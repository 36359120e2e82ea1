"""The batched augmentation against torchvision's own functions, image by image."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from normstudy.network.draws.augmentation import (
    FILL,
    Draws,
    augment,
    draw,
    jitter,
    normalize,
    rotate,
)
from scipy import stats
from torchvision.transforms import functional as tv
from torchvision.transforms.functional import InterpolationMode


@pytest.fixture(scope="module")
def digits(sample):
    return torch.from_numpy(sample[0].images[:64].copy())


def ours_rotated(image, degrees):
    return rotate(image[None], torch.tensor([float(degrees)]))[0]


@pytest.mark.parametrize("degrees", [-7, -3.3, -0.5, 0.5, 2, 6.9, 30, -45, 90, 135, 180])
def test_rotation_is_torchvisions(digits, degrees):
    ours = rotate(digits, torch.full((len(digits),), float(degrees)))
    theirs = tv.rotate(digits, degrees, InterpolationMode.NEAREST, fill=[FILL])
    # Where a source falls on the border of two pixels, rounding may choose either.
    assert (ours == theirs).float().mean() >= 0.998


def test_each_image_has_its_own_angle(digits):
    degrees = torch.linspace(-7, 7, len(digits))
    ours = rotate(digits, degrees)
    for image, angle, rotated in zip(digits, degrees, ours, strict=True):
        theirs = tv.rotate(image[None], angle.item(), InterpolationMode.NEAREST, fill=[FILL])[0]
        assert (rotated == theirs).float().mean() >= 0.99


def test_no_rotation_changes_nothing(digits):
    assert torch.equal(rotate(digits, torch.zeros(len(digits))), digits)


def test_a_quarter_turn_is_counter_clockwise(digits):
    assert torch.equal(ours_rotated(digits[0], 90), torch.rot90(digits[0]))


def test_uncovered_corners_have_the_fill_level():
    white = torch.full((1, 28, 28), 255, dtype=torch.uint8)
    assert ours_rotated(white[0], 45)[0, 0] == FILL


@given(brightness=st.floats(0, 2), contrast=st.floats(0, 2), brightness_first=st.booleans())
def test_jitter_is_torchvisions(sample, brightness, contrast, brightness_first):
    image = torch.from_numpy(sample[0].images[3].copy())
    ours = jitter(
        image[None],
        torch.tensor([brightness], dtype=torch.float32),
        torch.tensor([contrast], dtype=torch.float32),
        torch.tensor([brightness_first]),
    )[0]
    steps = [(tv.adjust_brightness, brightness), (tv.adjust_contrast, contrast)]
    theirs = image[None].float() / 255
    for adjust, factor in steps if brightness_first else reversed(steps):
        theirs = adjust(theirs, factor)
    torch.testing.assert_close(ours / 255, theirs[0], atol=1e-5, rtol=0)


def test_jitter_of_a_batch_is_that_of_each_image(digits):
    draws = draw(len(digits), torch.Generator().manual_seed(3))
    whole = jitter(digits, draws.brightness, draws.contrast, draws.brightness_first)
    for row in range(0, len(digits), 9):
        one = draws.map(lambda field, row=row: field[row : row + 1])
        alone = jitter(digits[row : row + 1], one.brightness, one.contrast, one.brightness_first)
        torch.testing.assert_close(whole[row : row + 1], alone)


def test_normalization_is_torchvisions(digits):
    theirs = tv.normalize(digits[:, None].float() / 255, [0.1307], [0.3081])
    torch.testing.assert_close(normalize(digits, 0.1307, 0.3081), theirs, atol=2e-6, rtol=0)


def test_the_whole_chain_of_one_image_is_torchvisions(digits):
    draws = Draws(
        torch.full((64,), 5.0),
        torch.full((64,), 1.3),
        torch.full((64,), 0.7),
        torch.arange(64) % 2 == 0,
    )
    ours = augment(digits, draws, 0.1307, 0.3081)
    for row, image in enumerate(digits):
        x = tv.rotate(image[None], 5.0, InterpolationMode.NEAREST, fill=[FILL]).float() / 255
        if row % 2 == 0:
            x = tv.adjust_contrast(tv.adjust_brightness(x, 1.3), 0.7)
        else:
            x = tv.adjust_brightness(tv.adjust_contrast(x, 0.7), 1.3)
        theirs = tv.normalize(x, [0.1307], [0.3081])
        close = (ours[row] - theirs).abs() < 0.02  # half a grey level; rotation ties apart
        assert close.float().mean() >= 0.99


def test_draws_are_distributed_as_stated():
    draws = draw(50_000, torch.Generator().manual_seed(11), 7, 0.4, 0.3)
    for values, low, width in (
        (draws.degrees, -7, 14),
        (draws.brightness, 0.6, 0.8),
        (draws.contrast, 0.7, 0.6),
    ):
        assert low <= values.min() and values.max() <= low + width
        assert stats.kstest(values.numpy(), "uniform", (low, width)).pvalue > 0.01
    assert stats.binomtest(int(draws.brightness_first.sum()), 50_000).pvalue > 0.01
    fields = [draws.degrees, draws.brightness, draws.contrast, draws.brightness_first.float()]
    correlation = torch.corrcoef(torch.stack(fields)) - torch.eye(4)
    assert correlation.abs().max() < 0.02


def test_the_originals_strengths_are_the_defaults():
    """RandomRotation(7) and ColorJitter(0.4, 0.4)."""
    plain, stated = (draw(9, torch.Generator().manual_seed(1), *own) for own in ((), (7, 0.4, 0.4)))
    assert torch.equal(plain.degrees, stated.degrees)
    assert torch.equal(plain.brightness, stated.brightness)
    assert torch.equal(plain.contrast, stated.contrast)


def test_draws_do_not_depend_on_how_strong_the_augmentation_is():
    strong, weak = (draw(100, torch.Generator().manual_seed(1), degrees) for degrees in (14, 7))
    torch.testing.assert_close(strong.degrees, 2 * weak.degrees)
    assert torch.equal(strong.contrast, weak.contrast)
