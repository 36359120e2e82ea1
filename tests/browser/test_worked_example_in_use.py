"""The worked example by keyboard, touch and mouse: the set of each cell and its numbers."""

import re

import numpy as np
from helpers.page import words
from normstudy.example.arithmetic import (
    LAYERS,
    apply_method,
    example_batches,
    group_normalization,
    rounded,
    set_numbers,
)


def lit(page, layer):
    grid = page.locator("#worked table").nth(layer)
    return grid.locator("td[role=gridcell]").evaluate_all(
        "all => all.flatMap((one, at) => one.classList.contains('lit') ? [at] : [])"
    )


def assert_worked(page, method, place):
    """Both layers show the set of the cell (image, channel, row, column) and its numbers."""
    sets = set_numbers(method)
    own = sets == sets[place]
    for number, batch in enumerate(example_batches().values()):
        facts = words(page.locator("#worked .facts").nth(number))
        assert lit(page, number) == np.flatnonzero(own.transpose(0, 2, 1, 3)).tolist()
        assert rounded(batch[own].mean()) in facts and rounded(batch[own].var()) in facts
        assert f"≈ {rounded(apply_method(batch, method)[2][place], 2)}" in facts
        assert f"y = ({rounded(batch[place])} − " in facts
        chosen = page.locator("#worked table").nth(number).locator("[aria-selected=true]")
        assert chosen.count() == 1 and chosen.inner_text() == rounded(batch[place])


def test_the_worked_example_by_keyboard_alone(made_page):
    page = made_page()
    assert_worked(page, "batch", (0, 0, 0, 0))
    page.locator("#worked input").first.focus()
    page.keyboard.press("ArrowRight")
    assert_worked(page, "layer", (0, 0, 0, 0))
    page.keyboard.press("ArrowRight")
    assert_worked(page, group_normalization(2), (0, 0, 0, 0))
    page.keyboard.press("Tab")  # to the number of groups
    page.keyboard.press("ArrowRight")
    assert_worked(page, group_normalization(4), (0, 0, 0, 0))
    page.keyboard.press("Tab")  # to the numbers shown
    page.keyboard.press("Tab")  # into the first grid
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert_worked(page, group_normalization(4), (1, 1, 1, 0))
    page.keyboard.press("Tab")  # into the other, at the same cell
    page.keyboard.press("ArrowRight")
    assert_worked(page, group_normalization(4), (1, 1, 1, 1))


def test_the_worked_example_by_touch_and_mouse(made_page):
    for options in ({"width": 360, "has_touch": True}, {"width": 1280}):
        page = made_page(**options)
        press = (lambda one: one.tap()) if "has_touch" in options else (lambda one: one.click())
        press(page.locator("#worked label", has_text="Group"))
        press(page.locator("#worked label", has_text=re.compile("^1$")))
        cell = page.locator("#worked table").nth(1).locator("td[role=gridcell]").last
        press(cell)
        assert_worked(page, group_normalization(1), (3, 3, 1, 1))
        box = cell.bounding_box()
        assert min(box["width"], box["height"]) >= 24
        press(page.locator("#worked label", has_text="after"))
        _, _, normalized = apply_method(example_batches()[LAYERS[1]], group_normalization(1))
        assert cell.inner_text() == rounded(normalized[3, 3, 1, 1], 2)
