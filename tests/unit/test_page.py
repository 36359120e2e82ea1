"""The page: escaped strings, tables that can be read out, pictures within, no network."""

import base64
import json
import os
import re
import sys
from dataclasses import replace
from html import escape

import nbformat
import pandas as pd
import pytest
from helpers.made_up import made_up_study
from helpers.page import cell, notebook
from helpers.places import ROOT, TEMPLATE
from normstudy.errors import StudyError
from normstudy.report.figures import curves
from normstudy.report.figures.plot import rendered
from normstudy.report.notebook import execute, outline, render
from normstudy.report.page import Page
from normstudy.report.tables.table import Table

HOSTILE = '<script>alert("1")</script> & $x$'
ESCAPED = "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; &amp; $x$"


def page_of(study=None):
    return Page(study or made_up_study({"gn": [99.5]}, epochs=2), TEMPLATE)


def test_strings_are_escaped_everywhere():
    page = page_of()
    table = Table(pd.DataFrame({HOSTILE: [HOSTILE], "g": [HOSTILE]}), HOSTILE, "a.csv", group="g")
    for shown in (
        page.text(HOSTILE),
        page.text(HOSTILE, kind=HOSTILE),
        page.items([HOSTILE, "b"]),
        page.terms({HOSTILE: HOSTILE}),
        page.command(HOSTILE),
        page.heading(1, HOSTILE),
        page.link((HOSTILE, HOSTILE, HOSTILE, HOSTILE)),
        page.fold(HOSTILE, page.text("a")),
        page.table(table),
    ):
        assert "<script>" not in shown.data
        assert ESCAPED in shown.data


def test_labels_are_escaped_in_alt_text(tmp_path):
    variants = {"gn": {"label": HOSTILE, "norm": "group"}}
    study = made_up_study({"gn": [99.5]}, variants=variants, epochs=2, folder=tmp_path)
    shown = page_of(study).show(curves.loss(study.curves, study.labels)).data
    assert "<script>" not in shown
    assert 'alt="Line graph of loss' in shown
    assert ESCAPED in shown


def test_nothing_to_say_shows_nothing():
    page = page_of()
    assert page.text("", "") is None
    assert page.items([]) is None
    assert page.table(None) is None
    assert page.link(None) is None
    assert page.show(None) is None
    assert page.fold("More", page.text(""), None) is None
    assert page.join(None, None) is None


def test_table_can_be_read_out_and_its_numbers_are_set_right():
    cells = pd.DataFrame(
        {
            "Model": ["a", "b"],
            "Accuracy, %": ["99.37", "–"],
            "Digit": ["1", "2"],
            "Word": ["x", "y"],
        }
    )
    html = page_of().table(Table(cells, "A caption. More.", "summary.csv", names=("Digit",))).data
    assert html.count('scope="col"') == 4
    assert html.count('scope="row"') == 2
    assert '<th scope="col" class="number">Accuracy,\u00a0%</th>' in html
    assert html.count("data-name=") == html.count("<td")  # what a card calls each cell
    html = re.sub(r' data-name="[^"]*"', "", html)
    assert '<td class="number">99.37</td>' in html
    assert "<td>1</td>" in html
    assert "<caption>" in html
    assert 'tabindex="0" aria-label="Table: A caption"' in html
    assert 'data-file="summary.csv"' in html


def test_a_head_of_two_rows_names_groups_and_counts_its_columns():
    cells = pd.DataFrame(
        {
            ("Model", ""): ["a"],
            ("Loss", "this run"): ["1"],
            ("Loss", "original"): ["2"],
            ("T", ""): ["3"],
        }
    )
    html = page_of().table(Table(cells, "A caption.")).data
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
    assert ('<th scope="col" class="number">x' in page_of().table(table).data) == right


@pytest.mark.parametrize(("rows", "sortable"), [(2, False), (3, True)])
def test_only_tables_with_something_to_sort_are_sortable(rows, sortable):
    cells = pd.DataFrame({"Model": ["a"] * rows, "n": ["1"] * rows})
    assert (
        'class="sortable"' in page_of().table(Table(cells, "C.", sortable=True)).data
    ) == sortable
    assert "sortable" not in page_of().table(Table(cells, "C.")).data


def test_show_saves_both_files_and_embeds_the_drawing_for_screen_and_phone(tmp_path):
    study = made_up_study({"gn": [99.5]}, epochs=2, folder=tmp_path)
    html = page_of(study).show(curves.accuracy(study.curves, study.labels)).data
    (data,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', html)
    assert base64.b64decode(data) == (tmp_path / "figures" / "accuracy.svg").read_bytes()
    assert (tmp_path / "figures" / "accuracy.png").read_bytes().startswith(b"\x89PNG")
    (data,) = re.findall(r'srcset="data:image/svg\+xml;base64,([^"]+)"', html)
    again = curves.accuracy(study.curves, study.labels)
    assert base64.b64decode(data) == rendered(again.narrow, "svg")
    assert "<figcaption>Accuracy by epoch." in html
    assert '<figure id="figure-accuracy"' in html and 'href="#figure-accuracy"' in html
    assert re.findall(r'data-save="(\w+)"', html) == ["svg", "png"]


def test_a_figure_names_its_table_its_function_and_its_command(tmp_path):
    study = made_up_study({"gn": [99.5, 99.4]}, epochs=2, folder=tmp_path / "a b")
    study = replace(study, options="--configfile my.yaml")
    html = page_of(study).show(curves.loss(study.curves, study.labels)).data
    assert "from <code>curves.csv</code> by" in html
    assert "<code>normstudy.report.figures.curves.loss</code>" in html
    target = escape(f"'{tmp_path}/a b/figures/loss.svg'").replace("&#x27;", "&#39;")
    assert f"<code>snakemake --cores 1 {target} --force --configfile my.yaml</code>" in html


def test_a_section_without_content_has_no_heading():
    page = page_of()
    shown = page.section(2, "Shown", None, page.text("something"), intro="A word before.")
    assert shown.data.split("\n") == ["<h2>Shown</h2>", "<p>A word before.</p>", "<p>something</p>"]
    assert page.section(2, "Empty", page.table(None), page.text(""), intro="A word.") is None


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
        cell("code", "secret_code()", ["<h1>A title</h1>"]),
        cell("markdown", "## A section\n\nProse with *y* = γ<sub>c</sub>."),
        cell("code", "more()", ["<p>found</p>"]),
    )
    html = render(given, TEMPLATE, [table])
    assert html.count("<h1>") == 1
    assert "<title>A title</title>" in html
    assert '<html lang="en">' in html
    assert '<a href="#a-section">A section</a>' in html
    assert "secret_code" not in html
    assert "<p>found</p>" in html
    assert not re.search(r'(src|href)="(https?:)?//', html)
    assert not re.search(r'url\((?!"\$\{sprite)|@import|fetch\(', html)  # the sprite is in the page
    assert all(href.startswith(("#", "data:")) for href in re.findall(r'href="([^"]*)"', html))
    (data,) = re.findall(r'<script id="tables" type="application/json">(.*?)</script>', html)
    assert json.loads(data) == {"summary.csv": table.read_text(encoding="utf-8")}


def test_template_notebook_is_clean():
    ours = nbformat.read(ROOT / "report" / "report.ipynb", as_version=4)
    nbformat.validate(ours)
    ids = [c.id for c in ours.cells]
    assert len(set(ids)) == len(ids)
    assert ours.cells[0].metadata.tags == ["parameters"]
    for code in (c for c in ours.cells if c.cell_type == "code"):
        assert code.outputs == []
        assert code.execution_count is None


@pytest.fixture
def executed(tmp_path):
    """Executes a notebook of these cells, which may use a number; returns it."""

    def execute_with(number, *sources):
        cells = (cell("code", source) for source in sources)
        given = notebook(cell("code", "number = 0", tags=["parameters"]), *cells)
        nbformat.write(given, tmp_path / "template.ipynb")
        failed = tmp_path / "logs" / "failed.ipynb"
        return execute(tmp_path / "template.ipynb", {"number": number}, failed)

    return execute_with


def test_a_failing_cell_is_one_sentence_and_the_notebook_is_kept(executed, tmp_path):
    failed = tmp_path / "logs" / "failed.ipynb"
    with pytest.raises(StudyError, match="ZeroDivisionError: division by zero") as caught:
        executed(0, "1 / number")
    assert str(failed) in str(caught.value)
    assert failed.exists()
    done = executed(4, "1 / number")
    assert done.cells[-1].outputs[0].data["text/plain"] == "0.25"
    assert "papermill" not in done.metadata
    again = execute(tmp_path / "template.ipynb", {"number": 4}, failed)
    assert nbformat.writes(done) == nbformat.writes(again)


def test_cells_run_in_this_process_and_leave_it_as_it_was(executed, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("IPYTHONDIR", raising=False)
    (tmp_path / "home").mkdir()
    main, hook = sys.modules["__main__"], sys.displayhook
    done = executed(
        1,
        "import os, sys\nfrom IPython.display import HTML",
        "os.getpid()",
        "x = HTML('<p>a</p>'); x",
        "x;",
        "print('said')",
    )
    assert (sys.modules["__main__"], sys.displayhook) == (main, hook)
    shown = [[output.data for output in c.outputs] for c in done.cells[2:]]
    assert shown[:2] == [[], [{"text/plain": str(os.getpid())}]]
    assert shown[2][0]["text/html"] == "<p>a</p>"
    assert shown[3:] == [[], []]
    assert capsys.readouterr().out == "said\n"
    assert list((tmp_path / "home").iterdir()) == []


def test_an_interrupt_ends_the_report(executed):
    with pytest.raises(KeyboardInterrupt):
        executed(1, "raise KeyboardInterrupt")
