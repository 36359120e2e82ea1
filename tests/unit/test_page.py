"""The page: escaped strings, tables that can be read out, pictures within, no network."""

import base64
import re

import nbformat
import pandas as pd
import pytest
from made_up import ROOT, made_up_study
from normstudy.errors import StudyError
from normstudy.report import figures, page
from normstudy.report.notebook import drop_empty, execute, outline, render
from normstudy.report.tables import Table

HOSTILE = '<script>alert("1")</script> & $x$'
ESCAPED = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; $x$"


def cell(kind, source, outputs=(), tags=()):
    made = getattr(nbformat.v4, f"new_{kind}_cell")(source, metadata={"tags": list(tags)})
    if kind == "code":
        made.outputs = [
            nbformat.v4.new_output("execute_result", {"text/html": html}) for html in outputs
        ]
    return made


def test_strings_are_escaped_everywhere():
    table = Table(pd.DataFrame({HOSTILE: [HOSTILE], "g": [HOSTILE]}), HOSTILE, "a.csv", group="g")
    for shown in (
        page.text(HOSTILE),
        page.items([HOSTILE]),
        page.command(HOSTILE),
        page.heading(1, HOSTILE),
        page.table(table),
    ):
        assert "<script>" not in shown.data
        assert ESCAPED in shown.data


def test_labels_are_escaped_in_alt_text(tmp_path):
    variants = {"gn": {"label": HOSTILE, "norm": "group"}}
    study = made_up_study({"gn": [99.5]}, variants=variants, epochs=2)
    shown = page.show(figures.loss(study.metrics, study.labels), tmp_path).data
    assert "<script>" not in shown
    assert 'alt="Line graph of loss' in shown
    assert ESCAPED in shown


def test_nothing_to_say_shows_nothing():
    assert page.text("", "") is None
    assert page.items([]) is None
    assert page.table(None) is None
    assert page.join([None, None]) is None


def test_table_can_be_read_out_and_its_numbers_are_set_right():
    cells = pd.DataFrame(
        {
            "Model": ["a", "b"],
            "Accuracy, %": ["99.37", "–"],
            "Digit": ["1", "2"],
            "Word": ["x", "y"],
        }
    )
    html = page.table(Table(cells, "A caption. More.", "summary.csv", names=("Digit",))).data
    assert html.count('scope="col"') == 4
    assert html.count('scope="row"') == 2
    assert '<th scope="col" class="number">Accuracy,\u00a0%</th>' in html
    assert '<td class="number">99.37</td>' in html
    assert "<td>1</td>" in html
    assert "<caption>" in html
    assert 'tabindex="0" aria-label="Table: A caption"' in html
    assert '<a href="summary.csv">' in html


def test_show_saves_both_files_and_embeds_the_smaller(tmp_path):
    study = made_up_study({"gn": [99.5]}, epochs=2)
    html = page.show(figures.accuracy(study.metrics, study.labels), tmp_path).data
    sizes = {
        kind: (tmp_path / "figures" / f"accuracy.{kind}").read_bytes() for kind in ("png", "svg")
    }
    (kind, data) = re.search(r'src="data:image/([a-z+]+);base64,([^"]+)"', html).groups()
    smaller = min(sizes, key=lambda kind: len(sizes[kind]))
    assert base64.b64decode(data) == sizes[smaller]
    assert kind.startswith(smaller)
    assert "<figcaption>Accuracy by epoch." in html
    assert 'href="metrics.csv"' in html


def test_optional_prose_goes_with_the_output_it_introduces():
    notebook = nbformat.v4.new_notebook(
        cells=[
            cell("markdown", "## Shown", tags=["optional"]),
            cell("code", "f()", ["<p>something</p>"]),
            cell("markdown", "## Empty", tags=["optional"]),
            cell("code", "g()"),
            cell("markdown", "## Always"),
            cell("code", "g()"),
        ]
    )
    prose = [c.source for c in drop_empty(notebook).cells if c.cell_type == "markdown"]
    assert prose == ["## Shown", "## Always"]


def test_outline_gives_each_section_an_id_of_its_own():
    found = outline("<h1>T &amp; t</h1><h2 id='x'>A &amp; <em>b</em></h2><h2>A b</h2><h2>γ</h2>")
    assert found["title"] == "T &amp; t"
    assert [name for name, _ in found["contents"]] == ["a-b", "a-b-2", "section"]
    assert found["body"].count("<h2 id=") == 3


def test_page_is_whole_and_needs_no_network():
    notebook = nbformat.v4.new_notebook(
        cells=[
            cell("code", "secret_code()", ["<h1>A title</h1>"]),
            cell("markdown", "## A section\n\nProse with *y* = γ<sub>c</sub>."),
            cell("code", "more()", ["<p>found</p>"]),
        ]
    )
    html = render(notebook, ROOT / "report" / "template")
    assert html.count("<h1>") == 1
    assert "<title>A title</title>" in html
    assert '<html lang="en">' in html
    assert '<a href="#a-section">A section</a>' in html
    assert "secret_code" not in html
    assert "<p>found</p>" in html
    assert not re.search(r'(src|href)="(https?:)?//', html)
    assert not re.search(r"url\(|@import|fetch\(", html)
    for name in ("metrics.csv", "summary.csv", "provenance.json", "report.ipynb"):
        assert f'href="{name}"' in html


def test_template_notebook_is_clean():
    notebook = nbformat.read(ROOT / "report" / "report.ipynb", as_version=4)
    nbformat.validate(notebook)
    ids = [c.id for c in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert notebook.cells[0].metadata.tags == ["parameters"]
    for code in (c for c in notebook.cells if c.cell_type == "code"):
        assert code.outputs == []
        assert code.execution_count is None


def test_a_failing_cell_is_one_sentence_and_the_notebook_is_kept(tmp_path):
    template, failed = tmp_path / "template.ipynb", tmp_path / "logs" / "failed.ipynb"
    notebook = nbformat.v4.new_notebook(
        cells=[cell("code", "number = 0", tags=["parameters"]), cell("code", "1 / number")],
        metadata={"language_info": {"name": "python"}},
    )
    nbformat.write(notebook, template)
    with pytest.raises(StudyError, match="ZeroDivisionError: division by zero") as caught:
        execute(template, {"number": 0}, failed)
    assert str(failed) in str(caught.value)
    assert failed.exists()
    done = execute(template, {"number": 4}, failed)
    assert done.cells[-1].outputs[0].data["text/plain"] == "0.25"
    assert "papermill" not in done.metadata
    assert nbformat.writes(done) == nbformat.writes(execute(template, {"number": 4}, failed))
