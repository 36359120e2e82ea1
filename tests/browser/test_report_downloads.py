"""What a reader takes home from the report: links that live on, tables, figures and images."""

import csv
import io
import re
from pathlib import Path

import pytest
from helpers.page import unfold
from normstudy.report.page import KEPT
from PIL import Image


def test_no_link_dies_when_the_page_travels_alone(report):
    page = report()
    links = page.locator("a[href]").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert all(link.startswith(("#", "https://")) for link in links)
    for link in {link[1:] for link in links if link.startswith("#")}:
        assert page.locator(f"[id='{link}']").count() == 1
    assert page.locator("h2, h3, figure").count() == page.locator(
        ":is(h2, h3, figure) a.anchor"
    ).count()  # fmt: skip


def saved(page, selector, number=0):
    """What a reader gets who clicks. Chromium asks back at every eleventh download of a page."""
    unfold(page)
    with page.expect_download() as download:
        page.locator(selector).nth(number).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_saved_tables_equal_the_files_beside_the_page(report, report_path):
    page = report()
    files = page.locator("li [data-file]")
    assert files.count() == len(KEPT)
    for place, name in enumerate(KEPT):
        assert saved(page, "li [data-file]", place) == (
            name, report_path.with_name(name).read_bytes(),
        )  # fmt: skip


def test_every_table_is_saved_as_csv_markdown_and_latex(report):
    page = report()
    tables = page.locator("details.save")
    count = tables.count()
    assert count > 5
    for place in range(count):
        page = report()
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


def test_figures_are_saved_as_svg_and_png(report, report_path):
    page = report()
    name, content = saved(page, "#figure-loss [data-save=svg]")
    assert (name, content) == (
        "loss.svg", (report_path.parent / "figures" / "loss.svg").read_bytes(),
    )  # fmt: skip
    name, content = saved(page, "#figure-loss [data-save=png]")
    assert name == "loss.png" and content.startswith(b"\x89PNG") and len(content) > 20_000


def test_a_sheet_of_images_is_saved_as_it_is_shown_on_white_paper(report):
    page = report(color_scheme="dark")
    name, content = saved(page, "#figure-misclassified-gn [data-save=png]")
    assert name == "misclassified-gn.png"
    picture = Image.open(io.BytesIO(content)).convert("L")
    shown = page.locator("#figure-misclassified-gn ul").bounding_box()
    assert picture.width == pytest.approx(2 * shown["width"], abs=2)
    first = page.locator("#figure-misclassified-gn li img").first.bounding_box()
    digit = picture.crop((8, 8, 2 * int(first["width"]) - 8, 2 * int(first["height"]) - 8))
    assert digit.getextrema()[0] < 10 and digit.getextrema()[1] > 150
    assert picture.getpixel((picture.width - 1, 2 * int(first["height"]) + 30)) == 255
