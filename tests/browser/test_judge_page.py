"""The page about anyone's runs, in a browser: accessible, without network, and its charts tell."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from helpers.places import ROOT
from normstudy.judge.judged import judge_runs

DATA = ROOT / "tests" / "data" / "judge"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    page = judge_runs(DATA / "mlflow_runs.csv", DATA / "mlflow_runs.yaml").page("mlflow_runs.csv")
    path = tmp_path_factory.mktemp("judge") / "verdicts.html"
    path.write_text(page, encoding="utf-8")
    return path


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_axe_finds_nothing_and_no_address_is_asked_for(open_page, path, width, scheme):
    page = open_page(path, width, color_scheme=scheme)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.requests == [path.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_chart_tells_its_values_and_a_table_is_saved(open_page, path):
    page = open_page(path)
    drawing = page.locator("figure .drawing").first
    switch = page.locator(".switches button").first
    assert switch.evaluate("one => getComputedStyle(one).borderTopStyle") == "solid"
    drawing.focus()
    page.keyboard.press("End")
    assert "attention pooling minus" in page.locator(".tip").first.inner_text()
    page.locator(".table + .save").first.evaluate("one => { one.open = true; }")
    with page.expect_download() as saved:
        page.locator(".table + .save button[data-save=csv]").first.click()
    assert "Attention pooling has the best F1" in saved.value.path().read_text(encoding="utf-8")
