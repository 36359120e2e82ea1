"""What a reader takes home from the report: links that live on, tables, figures and images."""

import csv
import io
import re
from pathlib import Path

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


# Chromium asks back at every eleventh download of a page: instead of saving, remember what.
REMEMBER = """() => {
  window.saved = [];
  URL.createObjectURL = (blob) => { window.blob = blob; return "blob:"; };
  HTMLAnchorElement.prototype.click = function () {
    window.saved.push(window.blob.text().then((text) => [this.download, text]));
  };
}"""


def all_saved(page, selector):
    """(name, text) of what each button gives a reader who clicks it."""
    unfold(page)
    page.evaluate(REMEMBER)
    page.locator(selector).evaluate_all("all => all.forEach(one => one.click())")
    return page.evaluate("Promise.all(window.saved)")


def test_saved_tables_equal_the_files_beside_the_page(report, report_path):
    files = all_saved(report(), "li [data-file]")
    beside = [[name, (report_path.parent / "tables" / name).read_bytes().decode()] for name in KEPT]
    assert files == beside


def test_every_table_is_saved_as_csv_and_latex(report):
    page = report()
    made = {kind: all_saved(page, f".table + .save [data-save={kind}]") for kind in ("csv", "tex")}
    assert len(made["csv"]) == len(made["tex"]) > 5
    for (name, table), (tex_name, tex) in zip(made["csv"], made["tex"], strict=True):
        assert Path(name).stem == Path(tex_name).stem
        rows = list(csv.reader(io.StringIO(table)))
        assert len({len(row) for row in rows}) == 1 and len(rows) > 1
        tabular = tex.partition("\\toprule\n")[2].partition("\\bottomrule")[0]
        lines = [line for line in tabular.splitlines() if line != "\\midrule"]
        assert len(lines) == len(rows) and all(line.endswith(" \\\\") for line in lines)
        for line in lines:
            assert len(re.findall(r"(?<!\\)&", line)) == len(rows[0]) - 1
            assert line.count("$") % 2 == line.count("\\$") % 2
            assert not re.search(r"(?<!\\)[%#_]|[−±×→≥≤σμ²]", line)


def saved(page, selector):
    """What a reader really gets who clicks."""
    unfold(page)
    with page.expect_download() as download:
        page.locator(selector).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_figures_are_saved_as_svg_and_png(report, report_path):
    page = report()
    name, content = saved(page, "#figure-test_loss [data-save=svg]")
    assert name == "test_loss.svg" and content.startswith(b"<svg")
    drawn = (report_path.parent / "figures" / "test_loss.svg").read_bytes()
    assert content.count(b"<title>") == drawn.count(b"<title>") > 0
    name, content = saved(page, "#figure-test_loss [data-save=png]")
    assert name == "test_loss.png" and content.startswith(b"\x89PNG") and len(content) > 20_000


def test_a_matrix_of_images_is_saved_as_it_was_drawn(report):
    page = report(color_scheme="dark")
    name, content = saved(page, "#figure-misclassified_gn [data-save=png]")
    assert name == "misclassified_gn.png"
    picture = Image.open(io.BytesIO(content)).convert("L")
    assert picture.width == 1440 and picture.getextrema() == (0, 255)
    assert picture.getpixel((2, 2)) == 255  # white paper
