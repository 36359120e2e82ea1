"""Finding the way in the report by its outline, contents and tables, by keyboard and read aloud."""

from itertools import pairwise


def test_the_outline_is_sound(report):
    page = report()
    levels = page.locator("h1, h2, h3, h4, h5, h6").evaluate_all(
        "all => all.map(heading => Number(heading.tagName[1]))"
    )
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.locator("main").count() == 1
    assert page.get_by_role("navigation", name="Contents").count() == 1
    assert page.locator("html").get_attribute("lang") == "en"
    outside = "body > :not(.skip, .page, script), .page > :not(nav, main)"
    assert page.locator(outside).count() == 0  # everything is in a landmark


def test_every_table_is_captioned_and_its_headers_have_a_scope(report):
    page = report()
    # Grids to touch have a label instead, and their headers span rows.
    tables = page.locator("table:not([role='grid'])").evaluate_all(
        """all => all.map(table => [
            table.caption?.textContent.trim().length ?? 0,
            table.querySelectorAll("thead th").length,
            table.querySelectorAll("th:not([scope])").length,
            [...table.tBodies].every(
                body => [...body.rows].every(row => row.cells[0].tagName === "TH")),
        ])"""
    )
    assert len(tables) > 5
    for caption, heads, without_scope, rows_are_headed in tables:
        assert caption > 10 and heads > 0 and without_scope == 0 and rows_are_headed


def test_every_section_is_there_and_the_contents_lead_to_it(report):
    page = report()
    headings = page.locator("h2").all_inner_texts()
    for words in ("Graph 1", "Graph 2", "Claims", "Misclassified", "Data", "model", "reproduce"):
        assert any(words in heading for heading in headings), words
    targets = page.locator("nav a[href^='#']").evaluate_all(
        "all => all.map(a => document.getElementById(decodeURIComponent(a.hash.slice(1))) !== null)"
    )
    assert len(targets) >= len(headings) and all(targets)


def test_the_contents_follow_the_reader(report):
    page = report()
    marked = page.locator("nav [aria-current]")
    assert marked.count() == 0
    for heading in page.locator("h2").all()[:4]:
        heading.evaluate("one => one.scrollIntoView()")
        page.wait_for_function(
            "words => document.querySelector('nav [aria-current]')?.textContent === words",
            arg=heading.inner_text(),
        )
    assert marked.count() == 1
    page.keyboard.press("End")
    page.wait_for_function("document.querySelector('nav ol li:last-child [aria-current]')")


def test_on_a_phone_the_contents_fold_and_work_by_keyboard(report):
    page = report(360)
    summary, first = page.locator("nav summary"), page.locator("nav ol a").first
    assert not first.is_visible()
    page.keyboard.press("Tab")  # to "Skip to the article"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert first.is_visible()
    page.keyboard.press("Escape")
    assert not first.is_visible() and summary.evaluate("one => one === document.activeElement")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    words = first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_function("words => document.querySelector('.here').textContent === words",
                           arg=words)  # fmt: skip
    assert not first.is_visible()
    bar, heading = summary.bounding_box(), page.locator("h2").first.bounding_box()
    assert bar["y"] == 0 and heading["y"] >= bar["height"]  # not beneath the bar


def test_a_table_is_sorted_by_keyboard(report):
    page = report()
    table = page.locator("table.sortable").first
    heads = table.locator("thead [scope=col]")
    names = heads.evaluate_all("all => all.map(one => one.textContent)")
    head = heads.nth(names.index("evaluated"))  # in the second row of the head
    column = int(head.get_attribute("data-column"))

    def values():
        cells = table.locator(f"tbody tr > :nth-child({column + 1})").all_inner_texts()
        return [float(cell) for cell in cells]

    given = values()
    head.locator("button").focus()
    for order, expected in (
        ("ascending", sorted(given)),
        ("descending", sorted(given, reverse=True)),
        (None, given),
    ):
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == order
        assert values() == expected
    assert len(given) == 3


def test_few_tab_stops_lie_before_the_end_of_the_first_figure(report):
    page = report()
    stops = 0
    while not page.evaluate(
        "document.querySelector('figure').compareDocumentPosition(document.activeElement) & 4"
        " && !document.querySelector('figure').contains(document.activeElement)"
    ):
        page.keyboard.press("Tab")
        stops += 1
        assert stops < 40
    assert stops > 5
