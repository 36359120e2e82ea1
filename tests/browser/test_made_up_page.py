"""A page with explorer, worked example and charts as a whole: at any width, printed, scriptless."""

import pytest
from helpers.page import words

FOCUSABLE = "a[href], button, select, input, summary, [tabindex]"


def tab_stops(locator):
    return locator.locator(FOCUSABLE).evaluate_all(
        """all => all.filter(one => one.tabIndex >= 0 && one.checkVisibility()
          && !(one.type === "radio" && !one.checked)).length"""
    )


def test_few_tab_stops(made_page):
    page = made_page(charts=True)
    for chart in page.locator("figure:visible:has([data-series])").all():
        assert tab_stops(chart) <= 5  # values, switches, link, what to save, code
    assert tab_stops(page.locator("#explorer")) == 3  # model, matrix, images
    assert tab_stops(page.locator("#worked")) <= 5  # three choices, two grids


@pytest.mark.parametrize("width", [360, 1024, 1280])
def test_the_table_of_verdicts_fits_into_its_column(made_page, width):
    table = made_page(width).locator(".table:has([scope=rowgroup])").first
    cells = table.locator("tbody tr:has(td)").first.locator("td")
    assert cells.count() == 7  # beside the rival: the most that there are
    assert table.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_without_script_everything_is_there(made_page, made):
    page = made_page(360, java_script_enabled=False)
    assert not page.locator("#explorer, #worked, .live").locator("visible=true").count()
    table = page.locator("details.static table")
    assert table.locator("tbody tr").count() == 15
    first = made.study.shared_errors.iloc[0]
    assert words(table.locator("tbody th").first) == f"no. {first['index']} †"
    picture = table.locator("svg.thumbnail").first
    assert "labelled" in picture.get_attribute("aria-label")
    shot = picture.screenshot()
    assert len(set(shot)) > 50 and len(shot) > 400  # a drawing, no black square
    grids = page.locator("details.static figure svg")
    assert grids.count() == 2 and grids.first.is_visible()
    assert page.locator("figure svg").first.is_visible()


def test_print_has_the_static_parts(made_page):
    page = made_page(700, charts=True)
    page.emulate_media(media="print")
    assert not page.locator("#explorer").is_visible() and not page.locator("#worked").is_visible()
    assert not page.locator(".switches, .code, .save").locator("visible=true").count()
    grids = page.locator("details.static figure svg")
    assert grids.count() == 2 and grids.first.is_visible()
