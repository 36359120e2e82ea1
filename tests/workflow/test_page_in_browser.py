"""The report in a real browser, with the network off."""

import csv
import io
import re
import shlex
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from normstudy.report.page import KEPT
from PIL import Image

A4 = {"width": 673, "height": 986}  # pixels, within the margins of a printed page
HOSTILE = '<script>alert("1")</script> & <b>"$\\frac{1}{0}$" _a_ *b* |c| `d` \'e\' [f](g)'


@pytest.fixture(scope="module")
def page_path(finished):
    return finished.folder / "results" / "report.html"


@pytest.fixture
def opened(browser, page_path):
    """Open the report at a width; returns the page, its requests and its complaints."""
    contexts = []

    def open_at(width, path=page_path, **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, offline=True, reduced_motion="reduce",
            **options,
        )  # fmt: skip
        contexts.append(context)
        page, requests, complaints = context.new_page(), [], []
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        page.goto(path.as_uri(), wait_until="load")
        return page, requests, complaints

    yield open_at
    for context in contexts:
        context.close()


def tidy(path):
    answer = subprocess.run(["tidy", "-e", "-q", path], capture_output=True, text=True)
    return answer.stderr if answer.returncode else ""


# --- The page as a whole -------------------------------------------------------------------


def test_it_needs_no_network_and_complains_of_nothing(opened, page_path):
    _, requests, complaints = opened(1280)
    assert [url for url in requests if not url.startswith("data:")] == [page_path.as_uri()]
    assert complaints == []


def test_the_html_is_valid_and_no_burden(page_path):
    assert tidy(page_path) == ""
    assert page_path.stat().st_size < 4_000_000


@pytest.mark.parametrize("width", [360, 768, 1280, 1600])
def test_nothing_sticks_out_to_the_side(opened, width):
    page, _, _ = opened(width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened, width, scheme):
    page, _, _ = opened(width, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert len(found.response["passes"]) > 30


def test_no_figure_is_cut_in_print(opened):
    page, _, _ = opened(A4["width"])
    page.emulate_media(media="print")
    heights = page.locator("figure").evaluate_all("all => all.map(one => one.offsetHeight)")
    assert len(heights) >= 3 + 3 + 3 and max(heights) <= A4["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= A4["width"]
    assert not page.locator("nav").is_visible()
    commands = page.locator("details.source pre")
    assert all(commands.nth(i).is_visible() for i in range(commands.count()))


def test_it_prints_on_few_pages(opened):
    page, _, _ = opened(A4["width"])
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert 3 < len(re.findall(rb"/Type\s*/Page\b", printed)) <= 12


@pytest.mark.parametrize("width", [360, 1280])
def test_no_words_are_smaller_than_twelve_pixels(opened, width):
    page, _, _ = opened(width)
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


def test_no_table_has_to_be_scrolled_sideways_on_a_wide_screen(opened):
    page, _, _ = opened(1280)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    tables = page.locator(".table:visible").evaluate_all(
        "all => all.map(t => [t.ariaLabel, t.scrollWidth, t.clientWidth])"
    )
    assert len(tables) > 5
    assert [label for label, needed, there in tables if needed > there] == []


def test_tables_fit_a_phone(opened):
    page, _, _ = opened(360)
    tables = page.locator(".table:visible").evaluate_all(
        "all => all.map(t => [t.ariaLabel, t.scrollWidth, t.clientWidth])"
    )
    assert len(tables) > 5
    assert [label for label, needed, there in tables if needed > there] == []


def test_without_its_script_it_shows_everything(opened):
    page, _, _ = opened(360, java_script_enabled=False)
    assert page.locator("nav ol a").first.is_visible()
    assert page.locator("table:not(.fold *)").count() == page.locator("table:visible").count() > 5
    assert page.locator("button:visible").count() == 0


# --- Read aloud ----------------------------------------------------------------------------


def test_every_picture_loads_and_says_what_it_shows(opened):
    for width in (360, 1280):
        page, _, _ = opened(width)
        pictures = page.locator("picture img").evaluate_all(
            "all => all.map(i => [i.naturalWidth, i.alt, i.currentSrc.length, i.src.length])"
        )
        assert len(pictures) >= 3 + 3 + 2  # graphs, curves, worked examples
        assert all(drawn > 0 and len(alt) > 40 for drawn, alt, _, _ in pictures)
        assert all((shown != wide) == (width == 360) for _, _, shown, wide in pictures)
        sheets = page.locator("figure.sheet")
        assert sheets.count() == 3 + 1  # misclassified images of each model, augmented ones
        for tile in page.locator("figure.sheet li").all():
            assert tile.locator("img").evaluate("one => one.naturalWidth") == 28
            assert tile.locator("img").get_attribute("alt") and tile.inner_text().strip()


def test_the_outline_is_sound(opened):
    page, _, _ = opened(1280)
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


def test_every_table_is_captioned_and_its_headers_have_a_scope(opened):
    page, _, _ = opened(1280)
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


# --- Finding the way -----------------------------------------------------------------------


def test_every_section_is_there_and_the_contents_lead_to_it(opened):
    page, _, _ = opened(1280)
    headings = page.locator("h2").all_inner_texts()
    for words in ("Graph 1", "Graph 2", "Claims", "Misclassified", "Data", "model", "reproduce"):
        assert any(words in heading for heading in headings), words
    targets = page.locator("nav a[href^='#']").evaluate_all(
        "all => all.map(a => document.getElementById(decodeURIComponent(a.hash.slice(1))) !== null)"
    )
    assert len(targets) >= len(headings) and all(targets)


def test_the_contents_follow_the_reader(opened):
    page, _, _ = opened(1280)
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


def test_on_a_phone_the_contents_fold_and_work_by_keyboard(opened):
    page, _, _ = opened(360)
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


def test_a_table_is_sorted_by_keyboard(opened):
    page, _, _ = opened(1280)
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


# --- Taking it home ------------------------------------------------------------------------


def test_no_link_dies_when_the_page_travels_alone(opened):
    page, _, _ = opened(1280)
    links = page.locator("a[href]").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert all(link.startswith(("#", "https://")) for link in links)
    for link in {link[1:] for link in links if link.startswith("#")}:
        assert page.locator(f"[id='{link}']").count() == 1
    assert page.locator("h2, h3, figure").count() == page.locator(
        ":is(h2, h3, figure) a.anchor"
    ).count()  # fmt: skip


def saved(page, selector, number=0):
    """What a reader gets who clicks. Chromium asks back at every eleventh download of a page."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    with page.expect_download() as download:
        page.locator(selector).nth(number).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_saved_tables_equal_the_files_beside_the_page(opened, page_path):
    page, _, _ = opened(1280)
    files = page.locator("li [data-file]")
    assert files.count() == len(KEPT)
    for place, name in enumerate(KEPT):
        assert saved(page, "li [data-file]", place) == (
            name, page_path.with_name(name).read_bytes(),
        )  # fmt: skip


def test_every_table_is_saved_as_csv_markdown_and_latex(opened):
    page, _, _ = opened(1280)
    tables = page.locator("details.save")
    count = tables.count()
    assert count > 5
    for place in range(count):
        page, _, _ = opened(1280)
        _, content = saved(page, "details.save [data-save=csv]", place)
        rows = list(csv.reader(io.StringIO(content.decode())))
        assert len({len(row) for row in rows}) == 1 and len(rows) > 1
        _, content = saved(page, "details.save [data-save=md]", place)
        lines = content.decode().splitlines()
        assert len(lines) == len(rows) + 1
        assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {len(rows[0]) + 1}
        _, content = saved(page, "details.save [data-save=tex]", place)
        tabular = content.decode().partition("\\toprule\n")[2].partition("\\bottomrule")[0]
        lines = [line for line in tabular.splitlines() if line != "\\midrule"]
        assert len(lines) == len(rows) and all(line.endswith(" \\\\") for line in lines)
        for line in lines:
            assert len(re.findall(r"(?<!\\)&", line)) == len(rows[0]) - 1
            assert line.count("$") % 2 == line.count("\\$") % 2
            assert not re.search(r"(?<!\\)[%#_]|[−±×→≥≤σμ²]", line)


def test_figures_are_saved_as_svg_and_png(opened, page_path):
    page, _, _ = opened(1280)
    name, content = saved(page, "#figure-loss [data-save=svg]")
    assert (name, content) == (
        "loss.svg", (page_path.parent / "figures" / "loss.svg").read_bytes(),
    )  # fmt: skip
    name, content = saved(page, "#figure-loss [data-save=png]")
    assert name == "loss.png" and content.startswith(b"\x89PNG") and len(content) > 20_000


def test_a_sheet_of_images_is_saved_as_it_is_shown_on_white_paper(opened):
    page, _, _ = opened(1280, color_scheme="dark")
    name, content = saved(page, "#figure-misclassified-gn [data-save=png]")
    assert name == "misclassified-gn.png"
    picture = Image.open(io.BytesIO(content)).convert("L")
    shown = page.locator("#figure-misclassified-gn ul").bounding_box()
    assert picture.width == pytest.approx(2 * shown["width"], abs=2)
    first = page.locator("#figure-misclassified-gn li img").first.bounding_box()
    digit = picture.crop((8, 8, 2 * int(first["width"]) - 8, 2 * int(first["height"]) - 8))
    assert digit.getextrema()[0] < 10 and digit.getextrema()[1] > 150
    assert picture.getpixel((picture.width - 1, 2 * int(first["height"]) + 30)) == 255


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_paper_is_white_in_the_dark(opened, scheme):
    page, _, _ = opened(1280, color_scheme=scheme)
    for figure in page.locator("figure:visible").all():
        picture = Image.open(io.BytesIO(figure.screenshot())).convert("L")
        sheet = "sheet" in figure.get_attribute("class")  # begins with an image, which is dark
        edge = picture.getpixel((picture.width - 2 if sheet else 2, picture.height // 3))
        assert (edge < 90) == (scheme == "dark")


def test_few_tab_stops_lie_before_the_end_of_the_first_figure(opened):
    page, _, _ = opened(1280)
    stops = 0
    while not page.evaluate(
        "document.querySelector('figure').compareDocumentPosition(document.activeElement) & 4"
        " && !document.querySelector('figure').contains(document.activeElement)"
    ):
        page.keyboard.press("Tab")
        stops += 1
        assert stops < 40
    assert stops > 5


# --- What the user wrote -------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile(finished, tmp_path_factory):
    """The study under hostile names, its report made by the command that the page shows."""
    project = finished.copy(tmp_path_factory.mktemp("hostile") / "project")
    config = yaml.safe_load((project.folder / "config.yaml").read_text(encoding="utf-8"))
    config["variants"]["gn"]["label"] = HOSTILE
    config["claims"][0]["says"] = f"It is {HOSTILE}"
    written = yaml.safe_dump(config, sort_keys=False)
    (project.folder / "config.yaml").write_text(written, encoding="utf-8")
    return project


def test_the_users_words_are_shown_as_they_are(opened, hostile, page_path):
    page, _, _ = opened(1280)
    command = page.locator("figure:has(img[alt^='Line graph of loss']) pre").text_content()
    assert command.startswith("snakemake --cores 1 results/figures/loss.svg --force")
    answer = subprocess.run(
        [sys.executable, "-m", *shlex.split(command)],
        cwd=hostile.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stdout
    path = hostile.folder / "results" / "report.html"
    assert path.read_bytes() != page_path.read_bytes()

    page, _, complaints = opened(1280, path)
    assert complaints == []
    assert page.locator("script:not([type])").count() == 1
    assert page.locator("b:not(.explorer b)").count() == 0
    assert tidy(path) == ""
    text = page.locator("main").evaluate("one => one.textContent.replaceAll('\\u00a0', ' ')")
    assert text.count(f"“It is {HOSTILE}”") >= 1
    for place in ("tbody th", "main > p", "figcaption"):
        shown = page.locator(place).evaluate_all("all => all.map(one => one.textContent)")
        assert any(HOSTILE in words for words in shown), place
    described = page.locator("img").evaluate_all("all => all.map(one => one.alt)")
    assert sum(HOSTILE in words for words in described) >= 5
