"""The page: escaped strings, tables that can be read out, figures within, no network."""

import json
import re

import pandas as pd
import pytest
from helpers.page import cell, notebook
from helpers.places import TEMPLATE
from normstudy.report.notebook import render
from normstudy.report.page import Page
from normstudy.report.tables.table import Table

HOSTILE = '<script>alert("1")</script> & $x$'
ESCAPED = "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; &amp; $x$"


def test_strings_are_escaped_everywhere():
    page = Page()
    table = Table(pd.DataFrame({HOSTILE: [HOSTILE], "g": [HOSTILE]}), HOSTILE, "a.csv", group="g")
    for shown in (
        page.text(HOSTILE),
        page.heading(1, HOSTILE),
        page.fold(HOSTILE, page.text("a")),
        page.table(table),
    ):
        assert "<script>" not in shown.data
        assert ESCAPED in shown.data


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        (["1,234", "–"], True),
        (["99.4 ± 0.1", "99.5"], True),
        (["−0.1 to +0.2", ""], True),
        (["2 of 3", "0 of 3"], True),
        (["8+", "12"], True),
        (["<\xa00.0001", "0.02"], True),
        (["1", "one"], False),
        (["", ""], False),
        (["28×28"], False),
    ],
)
def test_columns_of_numbers_are_set_right(cells, right):
    table = Table(pd.DataFrame({"Model": cells, "x": cells}), "C.")
    assert ('<th scope="col" class="number">x' in Page().table(table).data) == right


@pytest.mark.parametrize(("rows", "sortable"), [(2, False), (3, True)])
def test_only_tables_with_something_to_sort_are_sortable(rows, sortable):
    cells = pd.DataFrame({"Model": ["a"] * rows, "n": ["1"] * rows})
    assert ('class="sortable"' in Page().table(Table(cells, "C.", sortable=True)).data) == sortable
    assert "sortable" not in Page().table(Table(cells, "C.")).data


@pytest.mark.parametrize(("texts", "cards"), [(["a", "b", "c"], False), (["a" * 30] * 3, True)])
def test_rows_of_long_texts_are_cards_on_a_phone(texts, cards):
    table = Table(pd.DataFrame([texts], columns=["Claim", "Verdict", "Difference"]), "C.")
    assert ('class="cards"' in Page().table(table).data) == cards


def test_page_is_whole_and_needs_no_network(tmp_path):
    table = tmp_path / "summary.csv"
    table.write_bytes("a,b\n</script>,−1\n".encode())
    given = notebook(
        cell("markdown", "# For readers of the notebook", tags=["notebook-only"]),
        cell("markdown", "## A section\n\nProse with *y* = γ<sub>c</sub>."),
        cell("code", "more()", ["<p>found</p>"]),
        cell("code", "secret_code()", ["<h1>A title</h1>"], tags=["page-top"]),
    )
    html = render(given, TEMPLATE, [table])
    assert html.count("<h1>") == 1
    assert "<title>A title</title>" in html
    assert '<html lang="en">' in html
    assert '<a href="#a-section">A section</a>' in html
    assert "secret_code" not in html
    assert html.index("<h1>") < html.index("<h2") < html.index("<p>found</p>")
    assert not re.search(r'(src|href)="(https?:)?//', html)
    assert not re.search(r'url\((?!"\$\{sprite)|@import|fetch\(', html)  # the sprite is in the page
    assert all(href.startswith(("#", "data:")) for href in re.findall(r'href="([^"]*)"', html))
    (data,) = re.findall(r'<script id="tables" type="application/json">(.*?)</script>', html)
    assert json.loads(data) == {"summary.csv": table.read_text(encoding="utf-8")}
