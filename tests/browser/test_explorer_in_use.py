"""The errors explorer by keyboard, touch and mouse: every missed image, and what each run said."""

import re

import pytest
from helpers.page import words


def expected_images(made, variant=None, actual=None, predicted=None):
    """The images that the grid must show, in order."""
    chosen = [table for (name, _), table in made.runs.items() if variant in (None, name)]
    counts = {}
    for table in chosen:
        for row in table.itertuples():
            if row.label != row.prediction:
                counts.setdefault(row.Index, []).append((row.label, row.prediction))
    if actual is not None:
        counts = {i: said for i, said in counts.items() if (actual, predicted) in said}
    return sorted(counts, key=lambda i: (-len(counts[i]), i))


def shown_images(page):
    labels = page.locator(".tiles [role=option]").evaluate_all(
        "all => all.map(one => one.getAttribute('aria-label'))"
    )
    return [int(re.match(r"No\. (\d+),", label)[1]) for label in labels]


def assert_told(page, made, index):
    """The detail has what every run said of the image, and how sure it was."""
    detail = page.locator(".detail")
    assert f"No. {index}, labelled " in words(detail)
    chips = detail.locator("li")
    assert chips.count() == len(made.runs)
    for chip, ((_, seed), table) in zip(chips.all(), made.runs.items(), strict=True):
        row = next(table.loc[[index]].itertuples())
        text = words(chip)
        assert text.startswith(f"seed {seed}\n{row.prediction}")
        assert int(text.split()[-2]) == pytest.approx(100 * row.confidence, abs=0.51)
        kind = "wrong" if row.prediction != row.label else "right"
        assert chip.get_attribute("class") == kind


def test_the_grid_has_every_missed_image_the_most_missed_first(made_page, made):
    page = made_page()
    images = expected_images(made)
    assert shown_images(page) == images and len(images) > 20
    assert_told(page, made, images[0])
    counts = page.locator(".tiles .count").all_inner_texts()
    runs = len(made.runs)
    for image, count in zip(images, counts, strict=True):
        wrong = sum(table.loc[image, "prediction"] != table.loc[image, "label"]
                    for table in made.runs.values())  # fmt: skip
        assert count.split()[0] == str(wrong) and wrong <= runs
        assert ("†" in count) == (image == 0)


def test_every_picture_is_its_image(made_page, made, sample):
    page = made_page()
    pixels = page.evaluate(
        """async () => {
          const image = new Image();
          image.src = document.getElementById("sprite").getAttribute("href");
          await image.decode();
          const canvas = new OffscreenCanvas(28, 28).getContext("2d", { willReadFrequently: true });
          return [...document.querySelectorAll(".tiles .picture")].slice(0, 5).map(one => {
            const [x, y] = one.style.backgroundPosition.split(" ").map(parseFloat);
            const scale = one.offsetWidth / 28;
            canvas.drawImage(image, -x / scale, -y / scale, 28, 28, 0, 0, 28, 28);
            return [...canvas.getImageData(0, 0, 28, 28).data].filter((_, at) => at % 4 === 0);
          });
        }"""
    )
    for index, found in zip(shown_images(page), pixels, strict=False):
        assert found == sample[1].images[index].ravel().tolist()


def test_the_explorer_by_keyboard_alone(made_page, made):
    page = made_page()
    page.locator("#explorer-model").focus()
    page.keyboard.press("ArrowDown")  # the first model
    variant = next(iter(made.study.labels))
    assert shown_images(page) == expected_images(made, variant)
    page.keyboard.press("Home")
    assert shown_images(page) == expected_images(made)

    page.keyboard.press("Tab")  # into the matrix, at a cell that has images
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    actual, predicted = map(int, re.match(r"(\d) predicted as (\d): \d+ image", label).groups())
    page.keyboard.press("Enter")
    images = expected_images(made, None, actual, predicted)
    assert shown_images(page) == images and 0 < len(images) < 20
    assert f"{len(images)} image" in label
    page.keyboard.press("Space")  # again: all
    assert len(shown_images(page)) > 20
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == label

    page.keyboard.press("Tab")  # into the grid
    images = expected_images(made)
    for key, place in (("ArrowRight", 1), ("End", len(images) - 1), ("Home", 0)):
        page.keyboard.press(key)
        assert_told(page, made, images[place])
    page.keyboard.press("ArrowDown")
    chosen = page.locator(".tiles [aria-selected=true]")
    assert chosen.count() == 1 and chosen.get_attribute("data-image") != "0"
    page.keyboard.press("Tab")  # out again
    assert page.locator(".tiles :focus").count() == 0


def test_the_explorer_by_touch_and_mouse(made_page, made):
    for options in ({"width": 360, "has_touch": True}, {"width": 1280}):
        page = made_page(**options)
        press = (lambda one: one.tap()) if "has_touch" in options else (lambda one: one.click())
        images = expected_images(made)
        press(page.locator(".tiles [role=option]").nth(3))
        assert_told(page, made, images[3])
        cell = page.locator(".confusion [aria-disabled=false]").first
        actual, predicted = re.match(
            r"(\d) predicted as (\d)", cell.get_attribute("aria-label")
        ).groups()
        press(cell)
        images = expected_images(made, None, int(actual), int(predicted))
        assert shown_images(page) == images
        assert cell.inner_text() == str(len(images))
        press(page.get_by_role("button", name="Show all"))
        assert len(shown_images(page)) > 20
        target = page.locator(".tiles [role=option]").first.bounding_box()
        assert min(target["width"], target["height"]) >= 44


def test_a_disputed_label_is_said(made_page):
    page = made_page()
    page.locator(".tiles [role=option][aria-label*='No. 0,']").click()
    assert "disputed label: " in words(page.locator(".detail"))
    assert "of 5 raters say" in words(page.locator(".detail"))
