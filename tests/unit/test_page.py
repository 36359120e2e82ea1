"""The page: escaped strings, tables that can be read out, figures within, no network."""

import json
import re

import pandas as pd
import pytest
from helpers.made_up import made_up_study
from helpers.page import cell, notebook
from helpers.places import TEMPLATE
from normstudy.report.notebook import outline, render
from normstudy.report.page import Page
from normstudy.report.tables.table import Table

HOSTILE = '<script>alert("1")</script> & $x$'
ESCAPED = "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; &amp; $x$"


def test_strings_are_escaped_everywhere():
    page = Page()
    table = Table(pd.DataFrame({HOSTILE: [HOSTILE], "g": [HOSTILE]}), HOSTILE, "a.csv", group="g")
    for shown in (
        page.text(HOSTILE),
        page.command(HOSTILE),
        page.heading(1, HOSTILE),
        page.fold(HOSTILE, page.text("a")),
        page.table(table),
    ):
        assert "<script>" not in shown.data
        assert ESCAPED in shown.data


def test_nothing_to_say_shows_nothing():
    page = Page()
    assert page.text("", "") is None
    assert page.table(None) is None
    assert page.say("notes", made_up_study({"gn": [99.0]})) is None
    assert page.fold("More", page.text(""), None) is None
    assert page.section(2, "Heading", None, page.text(""), intro="A word.") == []
    shown = page.section(2, "Shown", None, page.text("something"), intro="A word before.")
    assert [piece.data for piece in shown if piece] == [
        "<h2>Shown</h2>", "<p>A word before.</p>", "<p>something</p>",
    ]  # fmt: skip


def test_a_head_of_two_rows_names_groups_and_counts_its_columns():
    cells = pd.DataFrame(
        {
            ("Model", ""): ["a"],
            ("Loss", "this run"): ["1"],
            ("Loss", "original"): ["2"],
            ("T", ""): ["3"],
        }
    )
    html = Page().table(Table(cells, "A caption.")).data
    head = html.partition("<tbody>")[0]
    assert '<th scope="colgroup" colspan="2">Loss</th>' in head
    assert re.findall(r'data-column="(\d)"', head) == ["0", "3", "1", "2"]  # as they are written
    assert head.count('rowspan="2"') == 2


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        (["1,234", "–"], True),
        (["99.4 ± 0.1", "99.5"], True),
        (["−0.1 to +0.2", ""], True),
        (["2 of 3", "0 of 3"], True),
        (["8+", "12"], True),
        (["< 0.0001", "0.02"], True),
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


def test_outline_gives_each_section_an_id_of_its_own_and_a_link():
    found = outline(
        "<h1>T &amp; t</h1><h2 id='x'>A &amp; <em>b</em></h2><h2>A b</h2><h3>A &lt;b</h3><h2>γ</h2>"
    )
    assert found["title"] == "T &amp; t"
    assert [name for name, _ in found["contents"]] == ["a-b", "a-b-2", "section"]
    assert re.findall(r'<h(\d) id="([^"]+)"', found["body"]) == [
        ("2", "a-b"), ("2", "a-b-2"), ("3", "a-b-3"), ("2", "section"),
    ]  # fmt: skip
    links = re.findall(
        r'<a class="anchor" href="#([^"]+)" aria-label="([^"]+)"></a>', found["body"]
    )
    assert links[0] == ("a-b", "Link to: A &amp; b")
    assert links[2] == ("a-b-3", "Link to: A &lt;b")


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
