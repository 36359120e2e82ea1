"""What can be touched on the page: the explorer, the worked example and the charts.

The page is a made-up one of three models and two seeds on the real sample, so that a test knows
every answer.
"""

import re
from dataclasses import replace
from types import SimpleNamespace

import nbformat
import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from helpers.made_up import ISSUES, made_up_config, made_up_study
from helpers.places import ROOT
from normstudy.evaluation.shared_errors import shared_errors
from normstudy.example.arithmetic import LAYERS, example_batches, group_normalization, normalize
from normstudy.report.figures import curves, final_accuracy
from normstudy.report.figures.verdicts import forests
from normstudy.report.notebook import render
from normstudy.report.page import Page
from normstudy.report.tables.results import verdicts
from normstudy.report.text.wording import fixed

TEMPLATE = ROOT / "report" / "template"
SEEDS = (1, 2)
FOCUSABLE = "a[href], button, select, input, summary, [tabindex]"


def made_up_runs(labels, variants):
    """(variant, seed) → predictions: every image below 30 is missed by a run or more."""
    draws = np.random.default_rng(3)
    runs = {}
    for variant in variants:
        for seed in SEEDS:
            said = labels.copy()
            wrong = [i for i in range(30) if i % 5 == 0 or draws.random() < 0.4]
            said[wrong] = (labels[wrong] + 1 + draws.integers(0, 2, len(wrong))) % 10
            runs[variant, seed] = pd.DataFrame(
                {
                    "index": range(len(labels)),
                    "label": labels,
                    "prediction": said,
                    "confidence": draws.uniform(0.3, 1, len(labels)).round(6),
                    "label_probability": 0.1,
                }
            )
    return runs


@pytest.fixture(scope="module")
def made(tmp_path_factory, sample):
    """The page's path, its study, and every run's predictions."""
    folder = tmp_path_factory.mktemp("touch")
    test = sample[1]
    names = ("gn", "ln", "bn_l1")
    accuracies = {name: [99.1 + 0.1 * i, 99.2 + 0.1 * i] for i, name in enumerate(names)}
    study = made_up_study(
        accuracies, epochs=6, folder=folder, claims=made_up_config()["claims"][:1], seeds=2
    )
    runs = made_up_runs(test.labels, study.labels)
    for (variant, seed), table in runs.items():
        (folder / variant / f"seed-{seed}").mkdir(parents=True)
        table.to_csv(folder / variant / f"seed-{seed}" / "predictions.csv", index=False)
    issues = ISSUES.assign(test_index=[0, *ISSUES["test_index"][1:]])
    study = replace(study, shared_errors=shared_errors(runs, issues), label_issues=issues)
    batches = example_batches()
    plots = [
        curves.accuracy(study.curves, study.labels),
        final_accuracy.final_accuracy(study),
        *forests(study.differences, study.comparisons, study.config),
    ]
    page = Page(study, TEMPLATE)
    other_images = {"other_images_low": -0.123, "other_images_high": 0.123}
    pieces = [
        page.heading(1, "A made-up study"),
        page.heading(2, "Charts"),
        page.show(*plots),
        page.heading(2, "Verdicts"),
        page.table(verdicts(replace(study, comparisons=study.comparisons.assign(**other_images)))),
        page.heading(2, "Errors"),
        page.errors_explorer(test.images),
        page.heading(2, "Normalizations"),
        page.worked_example(batches),
    ]
    cells = [nbformat.v4.new_code_cell("") for _ in pieces]
    for cell, piece in zip(cells, pieces, strict=True):
        data = {"text/html": piece.data}
        cell.outputs = [nbformat.v4.new_output("execute_result", data)]
    path = folder / "page.html"
    path.write_text(render(nbformat.v4.new_notebook(cells=cells), TEMPLATE), encoding="utf-8")
    return SimpleNamespace(path=path, study=study, runs=runs)


@pytest.fixture
def opened(browser, made):
    """Open the page at a width, its charts made ready; it must complain of nothing."""
    contexts, complaints = [], []

    def open_at(width=1280, charts=False, **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, offline=True, reduced_motion="reduce",
            **options,
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(made.path.as_uri(), wait_until="load")
        if charts:
            for chart in page.locator("figure.chart:visible").all():
                chart.scroll_into_view_if_needed()
                chart.locator(".live > svg").wait_for()
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert complaints == []


def words(locator):
    return locator.inner_text().replace("\u00a0", " ")


def tab_stops(locator):
    return locator.locator(FOCUSABLE).evaluate_all(
        """all => all.filter(one => one.tabIndex >= 0 && one.checkVisibility()
          && !(one.type === "radio" && !one.checked)).length"""
    )


# --- The page as a whole -------------------------------------------------------------------


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_sticks_out(opened, width, scheme):
    page = opened(width, charts=True, color_scheme=scheme)
    assert page.locator("#explorer").is_visible() and page.locator("#worked").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for opened_too in (False, True):
        page.evaluate("on => document.querySelectorAll('main details').forEach(d => d.open = on)",
                      opened_too)  # fmt: skip
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_few_tab_stops(opened):
    page = opened(charts=True)
    for chart in page.locator("figure.chart:visible").all():
        assert tab_stops(chart) == 4  # its values, its switches, its link, its source
    assert tab_stops(page.locator("#explorer")) == 3  # model, matrix, images
    assert tab_stops(page.locator("#worked")) <= 5  # three choices, two grids


def test_without_script_everything_is_there(opened, made):
    page = opened(360, java_script_enabled=False)
    assert not page.locator("#explorer, #worked, .live").locator("visible=true").count()
    table = page.locator("details.static table")
    assert table.locator("tbody tr").count() == 15
    first = made.study.shared_errors.iloc[0]
    assert words(table.locator("tbody th").first) == f"no. {first['index']} †"
    picture = table.locator("svg.thumbnail").first
    assert "labelled" in picture.get_attribute("aria-label")
    shot = picture.screenshot()
    assert len(set(shot)) > 50 and len(shot) > 400  # a drawing, no black square
    grids = page.locator("details.static figure img")
    assert grids.count() == 2 and grids.first.is_visible()
    assert page.locator("figure.chart img").first.is_visible()


def test_print_has_the_static_parts(opened):
    page = opened(700, charts=True)
    page.emulate_media(media="print")
    assert not page.locator("#explorer").is_visible() and not page.locator("#worked").is_visible()
    assert not page.locator(".live > svg, .switches").locator("visible=true").count()
    assert page.locator("details.static table").is_visible()
    assert page.locator("details.static figure img").count() == 2
    opacity = "one => getComputedStyle(one).opacity"
    assert page.locator(".live img").first.evaluate(opacity) == "1"


# --- The explorer --------------------------------------------------------------------------


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


def test_the_grid_has_every_missed_image_the_most_missed_first(opened, made):
    page = opened()
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


def test_every_picture_is_its_image(opened, made, sample):
    page = opened()
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


def test_the_explorer_by_keyboard_alone(opened, made):
    page = opened()
    page.locator("#explorer-model").focus()
    page.keyboard.press("ArrowDown")  # the first model
    variant = next(iter(made.study.labels))
    assert shown_images(page) == expected_images(made, variant)
    page.keyboard.press("Home")
    assert shown_images(page) == expected_images(made)

    page.keyboard.press("Tab")  # into the matrix, at a cell that has images
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    actual, predicted = map(int, re.match(r"(\d) taken for (\d): \d+ image", label).groups())
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


def test_the_explorer_by_touch_and_mouse(opened, made):
    for options in ({"width": 360, "has_touch": True}, {"width": 1280}):
        page = opened(**options)
        press = (lambda one: one.tap()) if "has_touch" in options else (lambda one: one.click())
        images = expected_images(made)
        press(page.locator(".tiles [role=option]").nth(3))
        assert_told(page, made, images[3])
        cell = page.locator(".confusion [aria-disabled=false]").first
        actual, predicted = re.match(
            r"(\d) taken for (\d)", cell.get_attribute("aria-label")
        ).groups()
        press(cell)
        images = expected_images(made, None, int(actual), int(predicted))
        assert shown_images(page) == images
        assert cell.inner_text() == str(len(images))
        press(page.get_by_role("button", name="Show all"))
        assert len(shown_images(page)) > 20
        target = page.locator(".tiles [role=option]").first.bounding_box()
        assert min(target["width"], target["height"]) >= 44


def test_a_disputed_label_is_said(opened):
    page = opened()
    page.locator(".tiles [role=option][aria-label*='No. 0,']").click()
    assert "disputed label: " in words(page.locator(".detail"))
    assert "of 5 raters say" in words(page.locator(".detail"))


# --- The worked example --------------------------------------------------------------------


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
        _, _, normalized = normalize(batch, method)
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
        assert fixed(batch[own].mean()) in facts and fixed(batch[own].var()) in facts
        assert f"≈ {fixed(normalized[place])}" in facts
        assert f"y = ({fixed(x, 0)} − " in facts
        chosen = page.locator("#worked table").nth(number).locator("[aria-selected=true]")
        assert chosen.count() == 1 and chosen.inner_text() == fixed(x, 0)


def test_the_worked_example_by_keyboard_alone(opened):
    page = opened()
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


def test_the_worked_example_by_touch_and_mouse(opened):
    for options in ({"width": 360, "has_touch": True}, {"width": 1280}):
        page = opened(**options)
        press = (lambda one: one.tap()) if "has_touch" in options else (lambda one: one.click())
        press(page.locator("#worked label", has_text="Group"))
        press(page.locator("#worked label", has_text=re.compile("^1$")))
        cell = page.locator("#worked table").nth(1).locator("td[role=gridcell]").last
        press(cell)
        assert_worked(page, group_normalization(1), (3, 3, 1, 1))
        box = cell.bounding_box()
        assert min(box["width"], box["height"]) >= 24
        press(page.locator("#worked label", has_text="after"))
        _, _, normalized = normalize(example_batches()[LAYERS[1]], group_normalization(1))
        assert cell.inner_text() == fixed(normalized[3, 3, 1, 1])


@pytest.mark.parametrize("width", [360, 1024, 1280])
def test_the_table_of_verdicts_fits_into_its_column(opened, width):
    table = opened(width).locator(".table:has([scope=rowgroup])").first
    cells = table.locator("tbody tr:has(td)").first.locator("td")
    assert cells.count() == 9  # beside the rival: the most that there are
    assert table.evaluate("one => one.scrollWidth <= one.clientWidth")


# --- Values and switches of the charts -----------------------------------------------------


def test_a_chart_tells_its_values_by_keyboard(opened, made):
    page = opened(charts=True)
    chart = page.locator("figure.chart").first
    chart.locator(".live").focus()
    page.keyboard.press("End")
    tip = chart.locator(".tip")
    means = made.study.metrics.groupby(["variant", "epoch"])["test_accuracy"].mean().round(6)
    labels = list(made.study.labels.items())

    def told(variant, label, epoch):
        return words(tip).startswith(f"{label}, test, epoch {epoch}: {means[variant, epoch]:.2f} %")

    assert told(*labels[0], 6)
    page.keyboard.press("ArrowLeft")
    assert told(*labels[0], 5)
    page.keyboard.press("ArrowDown")
    assert told(*labels[1], 5)
    page.keyboard.press("Escape")
    assert not tip.is_visible()


def test_lines_are_switched_off_by_keyboard_and_stay_untold(opened, made):
    page = opened(charts=True)
    chart = page.locator("figure.chart").first
    chart.locator(".live").focus()
    page.keyboard.press("Tab")  # to the switches
    first = chart.locator(".switches button").first
    assert first.evaluate("one => one === document.activeElement")
    label = next(iter(made.study.labels.values()))
    assert words(first) == label and first.locator("i").count() == 1  # its colour
    dots = page.locator("figure.chart").nth(1).locator(".switches button", has_text="runs")
    assert dots.count() == 1 and not dots.locator("i").count()  # they are of every colour
    groups = chart.locator(f"[data-series^='{label}']")
    assert groups.count() >= 2
    page.keyboard.press("Enter")
    assert first.get_attribute("aria-pressed") == "false"
    assert groups.evaluate_all("all => all.every(one => one.style.display === 'none')")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowLeft")
    assert words(chart.locator(".tip")).startswith(list(made.study.labels.values())[1])
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert groups.evaluate_all("all => all.every(one => one.style.display === '')")


@pytest.mark.parametrize("width", [360, 1280])
def test_every_chart_tells_by_touch_what_is_under_the_finger(opened, width):
    page = opened(width, charts=True, has_touch=True)
    charts = page.locator("figure.chart:has(.switches)")
    assert charts.count() == 3
    for chart in charts.all():
        chart.scroll_into_view_if_needed()
        place, series = chart.evaluate(
            """one => {
              const points = 'use:not([x="0"])';  // bands are drawn from the corner
              const group = [...one.querySelectorAll("[data-series]")]
                .find(g => g.querySelector(points));
              const box = [...group.querySelectorAll(points)].at(-1).getBoundingClientRect();
              return [[box.x + box.width / 2, box.y + box.height / 2], group.dataset.series];
            }"""
        )
        page.touchscreen.tap(*place)
        tip = chart.locator(".tip")
        assert tip.is_visible() and len(words(tip)) > 10, series
        ring, box = chart.locator(".ring").bounding_box(), tip.bounding_box()
        assert abs(ring["x"] + ring["width"] / 2 - place[0]) < 40
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        page.locator("h1").tap()
        assert not tip.is_visible()
        button = chart.locator(".switches button").last
        button.tap()
        assert button.get_attribute("aria-pressed") == "false"


def test_another_width_has_its_own_drawing(opened):
    page = opened(1280, charts=True)
    box = page.locator("figure.chart").first.locator(".live > svg")
    wide = box.get_attribute("viewBox")
    page.locator("figure.chart").first.locator(".switches button").first.click()
    page.set_viewport_size({"width": 360, "height": 900})
    page.wait_for_function(
        "wide => document.querySelector('.live > svg').getAttribute('viewBox') !== wide", arg=wide
    )
    hidden = page.locator("figure.chart").first.locator("[data-series][style*='none']")
    assert hidden.count() >= 2  # what was switched off stays off
