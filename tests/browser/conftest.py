"""Pages opened in Chromium with the network off. A page that complains fails its test."""

from contextlib import ExitStack
from functools import partial

import pytest
from helpers.page import made_up_page


@pytest.fixture
def open_page(browser):
    """A function that opens a page at a width; `page.requests` has the addresses it asked for."""
    complaints = []
    with ExitStack() as closing:

        def open_at(path, width=1280, **options):
            context = browser.new_context(
                viewport={"width": width, "height": 900}, offline=True, reduced_motion="reduce",
                **options,
            )  # fmt: skip
            closing.callback(context.close)
            page = context.new_page()
            page.requests = []
            page.on("request", lambda request: page.requests.append(request.url))
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
            page.goto(path.as_uri(), wait_until="load")
            return page

        yield open_at
    assert complaints == []


@pytest.fixture(scope="session")
def report_path(finished):
    return finished.folder / "results" / "report.html"


@pytest.fixture
def report(open_page, report_path):
    """Opens the report of the finished sample study."""
    return partial(open_page, report_path)


@pytest.fixture(scope="session")
def made(tmp_path_factory, sample):
    """A made-up page: its path, its study, and every run's predictions."""
    return made_up_page(tmp_path_factory.mktemp("made-up"), sample[1])


@pytest.fixture
def made_page(open_page, made):
    """Opens the made-up page; its charts are made ready on demand."""

    def open_at(width=1280, charts=False, **options):
        page = open_page(made.path, width, **options)
        if charts:
            for chart in page.locator("figure:visible:has([data-series])").all():
                chart.scroll_into_view_if_needed()
                chart.locator(".live").wait_for()
        return page

    return open_at
