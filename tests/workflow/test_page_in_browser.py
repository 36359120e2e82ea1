"""The report in a real browser, with the network off."""

import shutil
import subprocess

import pytest
from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def page_path(finished):
    return finished.folder / "results" / "report.html"


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        yield playwright.chromium.launch(executable_path=path, args=FLAGS)


@pytest.fixture
def opened(browser, page_path):
    """Open the report at a width; returns the page, its requests and its complaints."""
    contexts = []

    def open_at(width, **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, offline=True, **options
        )
        contexts.append(context)
        page, requests, complaints = context.new_page(), [], []
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(page_path.as_uri(), wait_until="load")
        return page, requests, complaints

    yield open_at
    for context in contexts:
        context.close()


def test_it_needs_no_network_and_complains_of_nothing(opened, page_path):
    _, requests, complaints = opened(1280)
    assert [url for url in requests if not url.startswith("data:")] == [page_path.as_uri()]
    assert complaints == []


def test_every_picture_loads_and_says_what_it_shows(opened):
    page, _, _ = opened(1280)
    pictures = page.locator("img").evaluate_all("all => all.map(i => [i.naturalWidth, i.alt])")
    assert len(pictures) >= 3 + 3 + 3  # graphs, curves, matrices
    assert all(width > 0 and len(alt) > 40 for width, alt in pictures)


def test_every_section_is_there_and_the_contents_lead_to_it(opened):
    page, _, _ = opened(1280)
    headings = page.locator("h2").all_inner_texts()
    for words in ("Graph 1", "Graph 2", "Claims", "Misclassified", "Data", "model", "reproduce"):
        assert any(words in heading for heading in headings), words
    targets = page.locator("nav a[href^='#']").evaluate_all(
        "all => all.map(a => document.getElementById(decodeURIComponent(a.hash.slice(1))) !== null)"
    )
    assert len(targets) >= len(headings) and all(targets)
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_to_the_side(opened, width, scheme):
    page, _, _ = opened(width, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_html_is_valid(page_path):
    answer = subprocess.run(["tidy", "-e", "-q", page_path], capture_output=True, text=True)
    assert answer.stderr == "" and answer.returncode == 0
