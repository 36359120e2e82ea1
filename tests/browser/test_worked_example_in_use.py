"""The worked example by keyboard, touch and mouse: the set of each cell and its numbers."""

import re

import numpy as np
from helpers.page import words
from normstudy.example.arithmetic import (
    LAYERS,
    apply_method,
    example_batches,
    group_normalization,
    shown,
)


def lit(page, layer):
    grid = page.locator("#worked table").nth(layer)
    return grid.locator("td[role=gridcell]").evaluate_all(
        "all => all.flatMap((one, at) => one.classList.contains('lit') ? [at] : [])"
    )


def assert_worked(page, method, place):
    """Both layers show the set of the cell (image, channel, row, column) and its numbers."""
    image, channel, *_ = place
    for number, layer in enumerate(LAYERS):
        batch = example_batches()[layer]
        _, _, normalized = apply_method(batch, method)
        facts = words(page.locator("#worked .facts").nth(number))
        own = np.zeros_like(batch, bool)
        x = batch[place]
        name = method if isinstance(method, str) else method.groups
        if name == "batch":
            own[:, channel] = True
        elif name in ("layer", 1):
            own[image] = True
        else:
            width = 4 // method.groups
            first = channel // width * width
            own[image, first : first + width] = True
        seen = own.transpose(0, 2, 1, 3).ravel()
        assert lit(page, number) == np.flatnonzero(seen).tolist()
        assert shown(batch[own].mean()) in facts and shown(batch[own].var()) in facts
        assert f"≈ {shown(normalized[place], 2)}" in facts
        assert f"y = ({shown(x)} − " in facts
        chosen = page.locator("#worked table").nth(number).locator("[aria-selected=true]")
        assert chosen.count() == 1 and chosen.inner_text() == shown(x)


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
        assert cell.inner_text() == shown(normalized[3, 3, 1, 1], 2)
