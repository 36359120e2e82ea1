"""The page: escaped strings, tables that can be read out, pictures within, no network."""

import base64
import re
from dataclasses import replace
from html import escape

import nbformat
import pandas as pd
import pytest
from helpers.made_up import made_up_study
from helpers.places import ROOT
from normstudy.errors import StudyError
from normstudy.report import page
from normstudy.report.figures import curves
from normstudy.report.figures.plot import rendered
from normstudy.report.notebook import drop_empty, execute, outline, render
from normstudy.report.tables.table import Table

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
    study = made_up_study({"gn": [99.5]}, variants=variants, epochs=2, folder=tmp_path)
    shown = page.show(curves.loss(study.metrics, study.labels), study).data
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


def test_a_head_of_two_rows_names_groups_and_counts_its_columns():
    cells = pd.DataFrame(
        {("Model", ""): ["a"], ("Loss", "here"): ["1"], ("Loss", "there"): ["2"], ("T", ""): ["3"]}
    )
    html = page.table(Table(cells, "A caption.")).data
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
    assert ('<th scope="col" class="number">x' in page.table(table).data) == right


@pytest.mark.parametrize(("rows", "sortable"), [(2, False), (3, True)])
def test_only_tables_with_something_to_sort_are_sortable(rows, sortable):
    cells = pd.DataFrame({"Model": ["a"] * rows, "n": ["1"] * rows})
    assert ('class="sortable"' in page.table(Table(cells, "C.", sortable=True)).data) == sortable
    assert "sortable" not in page.table(Table(cells, "C.")).data


def test_show_saves_both_files_and_embeds_the_smaller_for_screen_and_phone(tmp_path):
    study = made_up_study({"gn": [99.5]}, epochs=2, folder=tmp_path)
    plot = curves.accuracy(study.metrics, study.labels)
    html = page.show(plot, study).data
    sizes = {
        kind: (tmp_path / "figures" / f"accuracy.{kind}").read_bytes() for kind in ("png", "svg")
    }
    (kind, data) = re.search(r'src="data:image/([a-z+]+);base64,([^"]+)"', html).groups()
    smaller = min(sizes, key=lambda kind: len(sizes[kind]))
    assert base64.b64decode(data) == sizes[smaller]
    assert kind.startswith(smaller)
    (kind, data) = re.search(r'srcset="data:image/([a-z+]+);base64,([^"]+)"', html).groups()
    again = curves.accuracy(study.metrics, study.labels)
    assert base64.b64decode(data) == rendered(again.narrow, smaller)
    assert kind.startswith(smaller)
    assert "<figcaption>Accuracy by epoch." in html
    for extension in ("svg", "png"):
        assert f'href="figures/accuracy.{extension}"' in html


def test_a_figure_names_its_table_its_function_and_its_command(tmp_path):
    study = made_up_study({"gn": [99.5, 99.4]}, epochs=2, folder=tmp_path / "a b")
    study = replace(study, options="--configfile my.yaml")
    html = page.show(curves.loss(study.metrics, study.labels), study).data
    assert 'From <a href="metrics.csv">metrics.csv</a> by' in html
    assert "<code>normstudy.report.figures.curves.loss</code>" in html
    target = escape(f"'{tmp_path}/a b/figures/loss.svg'")
    assert f"<code>snakemake --cores 1 {target} --force --configfile my.yaml</code>" in html


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
    assert not re.search(r'url\((?!"\$\{sprite)|@import|fetch\(', html)  # the sprite is in the page
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
