"""The report at every width, in light and dark, printed and without its script: it is legible."""

import io
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from helpers.page import tidy, unfold
from PIL import Image

A4 = {"width": 680, "height": 1032}  # pixels, within the margins of a printed page


def test_it_needs_no_network(report, report_path):
    asked = [url for url in report().requests if not url.startswith("data:")]
    assert asked == [report_path.as_uri()]


def test_the_html_is_valid_and_no_burden(report_path):
    assert tidy(report_path) == ""
    assert report_path.stat().st_size < 4_000_000


@pytest.mark.parametrize("width", [360, 768, 1280, 1600])
def test_nothing_sticks_out_to_the_side(report, width):
    page = report(width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(report, width, scheme):
    page = report(width, color_scheme=scheme)
    unfold(page)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert len(found.response["passes"]) > 30


def test_no_figure_is_cut_in_print(report):
    page = report(A4["width"])
    page.emulate_media(media="print")
    heights = page.locator("figure").evaluate_all("all => all.map(one => one.offsetHeight)")
    assert len(heights) >= 3 + 3 + 3 and max(heights) <= A4["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= A4["width"]
    assert not page.locator("nav").is_visible()


def test_it_prints_on_few_pages(report):
    page = report(A4["width"])
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert 3 < pages(printed) <= 10


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_in_print_graphs_are_as_wide_as_the_page_and_captions_above_their_tables(report):
    page = report(A4["width"])
    page.emulate_media(media="print")
    for name in ("test_loss", "test_accuracy", "misclassified_gn"):
        drawing = page.locator(f"#figure-{name} svg")
        assert drawing.bounding_box()["width"] > 0.99 * page.locator("main").bounding_box()["width"]
    caption, head = (
        page.locator(f".table {part}").first.bounding_box() for part in ("caption", "thead")
    )
    assert caption["y"] < head["y"]


def test_the_handout_has_two_pages_without_checksums(report):
    page = report(A4["width"])
    page.evaluate("window.print = () => { window.printed = document.documentElement.className; }")
    page.get_by_role("button", name="Print a handout").click()
    assert page.evaluate("[window.printed, document.documentElement.className]") == ["handout", ""]
    page.evaluate("document.documentElement.classList.add('handout')")
    assert pages(page.pdf(prefer_css_page_size=True)) == 2
    page.emulate_media(media="print")
    assert page.locator("figure:visible").count() == 2 + 3
    assert page.locator("table:visible").count() == 1
    assert "SHA-256" not in page.locator("main").inner_text()


@pytest.mark.parametrize("width", [360, 1280])
def test_no_words_are_smaller_than_twelve_pixels(report, width):
    page = report(width)
    small = page.evaluate(
        """() => {
          document.querySelectorAll("details").forEach((one) => { one.open = true; });
          const said = (one) => [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
          return [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility()
            && !one.closest("svg") && said(one) && parseFloat(getComputedStyle(one).fontSize) < 12
          ).map((one) => one.outerHTML.slice(0, 80));
        }"""
    )
    assert small == []


@pytest.mark.parametrize(("width", "unfolded"), [(360, False), (1280, True)])
def test_no_table_has_to_be_scrolled_sideways(report, width, unfolded):
    page = report(width)
    unfold(page, unfolded)
    tables = page.locator(".table:visible").evaluate_all(
        "all => all.map(t => [t.ariaLabel, t.scrollWidth, t.clientWidth])"
    )
    assert len(tables) > 5
    assert [label for label, needed, there in tables if needed > there] == []


def test_without_its_script_it_shows_everything(report):
    page = report(360, java_script_enabled=False)
    assert page.locator("nav ol a").first.is_visible()
    assert page.locator("table:not(.fold *)").count() == page.locator("table:visible").count() > 5
    assert page.locator("button:visible").count() == 0


def test_every_figure_is_drawn_and_says_what_it_shows(report):
    page = report(360)
    drawings = page.locator(".drawing > svg")
    assert drawings.count() >= 4 + 1 + 2 + 3 + 1  # graphs, final, examples, matrices, augmentation
    for drawing in drawings.all():
        assert len(drawing.get_attribute("aria-label")) > 40
    assert page.locator("#figure-misclassified_gn image").count() == 10
    for box in page.locator(".drawing").all():  # wider than a phone, it scrolls by itself
        assert box.evaluate("one => one.scrollWidth > one.clientWidth && one.clientWidth < 360")
        assert "gradient" in box.evaluate("one => getComputedStyle(one).maskImage")  # says so


def test_each_figure_has_the_code_of_its_cell(report):
    page = report()
    unfold(page)
    code = page.locator("#figure-test_loss .code pre").inner_text()
    assert 'draw(axes, "test_loss", variants)' in code
    assert "imshow" in page.locator("#figure-misclassified_gn .code pre").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_the_dark_figures_are_dark_and_images_as_they_are(report, scheme):
    page = report(color_scheme=scheme)
    for figure in page.locator("figure:visible").all():
        picture = Image.open(io.BytesIO(figure.screenshot())).convert("L")
        edge = picture.getpixel((2, picture.height // 3))
        assert (edge < 90) == (scheme == "dark")
    digit = page.locator("#figure-misclassified_gn image").first
    corner = Image.open(io.BytesIO(digit.screenshot())).convert("L").getpixel((8, 8))
    assert corner < 60  # MNIST's black
