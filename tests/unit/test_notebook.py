"""The report's notebook: what its cells show is in it, in stock viewers and on the page."""

import ast
import base64
import io
import re

import nbformat
import pytest
from helpers.made_up import made_up_study, write_study
from helpers.page import REPORT, cell, execute_report, notebook
from helpers.places import TEMPLATE
from nbconvert import HTMLExporter
from normstudy.errors import StudyError
from normstudy.report.notebook import execute, figures, render
from normstudy.report.page import PAGE
from PIL import Image

MODELS = {"gn": [97.5], "ln": [97.0], "bn_l1": [98.0]}


def edited(folder, edits=(), added=()):
    """The report's notebook with texts replaced in cells, {cell: (old, new)}, and cells added."""
    made = nbformat.read(REPORT, as_version=4)
    cells = {one.id: one for one in made.cells}
    for name, old, new in edits:
        assert old in cells[name].source
        cells[name].source = cells[name].source.replace(old, new)
    at = made.cells.index(cells["errors-heading"])
    made.cells[at:at] = [cell("code", source) for source in added]
    nbformat.write(made, folder / "edited.ipynb")
    return folder / "edited.ipynb"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study") / "results"
    made = made_up_study(MODELS, images=200, epochs=9, folder=folder)
    write_study(made)
    return made


@pytest.fixture(scope="module")
def executed(study, tmp_path_factory):
    """The notebook after a student's edits of one cell, with cells of theirs added."""
    folder = tmp_path_factory.mktemp("edited")
    edits = [("looks", '"#0072B2"', '"#123456"'), ("looks", "last = 5", "last = 3")]
    added = [
        "print('said <b>aloud</b>')",
        "display(metrics.tail(2))",
        "plt.plot([1, 2], [3, 4], 'o-', label='mine')\nplt.legend()",
    ]
    return execute_report(study, edited(folder, edits, added))


@pytest.fixture(scope="module")
def page(executed):
    return render(executed, TEMPLATE)


def test_the_notebook_in_the_sources_is_clean_and_its_cells_are_short():
    ours = nbformat.read(REPORT, as_version=4)
    nbformat.validate(ours)
    assert ours.cells[0].source.startswith("# ")
    assert ours.cells[1].metadata.tags == ["parameters"]
    for code in (one for one in ours.cells if one.cell_type == "code"):
        assert code.outputs == [] and code.execution_count is None
        assert code.source.count("\n") < 25, code.id
        ast.parse(code.source)


def test_an_edited_cell_changes_the_figures_on_the_page(executed, page):
    for name in ("test_loss", "test_accuracy"):
        drawing = figures(executed)[name].data[PAGE]
        assert "#123456" in drawing and "#0072b2" not in drawing.lower()
        (lines,) = {len(re.findall(rf"<title>{label}", drawing)) for label in (
            "Group Normalization", "Layer Normalization", "Batch Normalization",
        )}  # fmt: skip
        assert lines == 9 + 3  # epochs in the panel and in the inset
        assert figure_of(page, name).count("#123456") == drawing.count("#123456")


def figure_of(page, name):
    """The HTML of a figure; nbconvert may have sorted its attributes."""
    (figure,) = re.findall(rf'<figure [^>]*id="figure-{name}".*?</figure>', page, re.DOTALL)
    return figure


def test_what_an_added_cell_prints_displays_or_plots_is_on_the_page(page):
    assert "said &lt;b&gt;aloud&lt;/b&gt;" in page
    assert re.search(r'<div [^>]*class="table"[^>]*>\s*<div>.*?<table [^>]*"dataframe"', page, re.S)
    mine = figure_of(page, "drawing-1")
    assert 'data-series="mine"' in mine and "<title>mine, x 1: 3</title>" in mine
    assert "plt.plot([1, 2]" in mine  # its code


def test_stock_viewers_show_title_graphs_and_matrices_with_alt_text(executed, study):
    html, _ = HTMLExporter().from_notebook_node(executed)
    assert re.search(r"<h1[^>]*>Normalizations compared", html)
    images = re.findall(r'<img alt="([^"]*)"', html)
    assert "No description has been provided for this image" not in html
    order = [[alt.find(label) for label in study.labels.values()] for alt in images]
    assert all(places == sorted(places) for places in order if -1 not in places)
    for title in ("Test loss.", "Test accuracy.", *study.labels.values()):
        assert sum(alt.startswith(title) for alt in images) == 1, title
    matrix = next(alt for alt in images if alt.startswith("Group Normalization, seed 1"))
    errors = study.errors("gn", 1)
    assert f"{len(errors)} of 200 test images misclassified" in matrix
    for error in errors.itertuples():
        told = f"predicted {error.prediction}, actual {error.label}, {100 * error.confidence:.1f} %"
        assert told in matrix


def test_every_figure_has_its_standard_form_and_the_pages(executed):
    for name, output in figures(executed).items():
        with Image.open(io.BytesIO(base64.b64decode(output.data["image/png"]))) as picture:
            assert picture.width >= 900, name
        assert output.data["image/png"] in output.data["text/html"]
        assert output.data[PAGE].startswith("<svg") and output.metadata[PAGE]["alt"], name


@pytest.fixture
def executed_with(tmp_path):
    """Executes a notebook of one cell, which may use a number; returns it."""

    def execute_cell(source, number):
        given = notebook(cell("code", "number = 0", tags=["parameters"]), cell("code", source))
        for place, one in enumerate(given.cells):
            one.id = f"cell-{place}"
        nbformat.write(given, tmp_path / "template.ipynb")
        failed = tmp_path / "logs" / "failed.ipynb"
        return execute(tmp_path / "template.ipynb", {"number": number}, failed)

    return execute_cell


def test_a_failing_cell_is_one_sentence_and_the_notebook_is_kept(executed_with, tmp_path):
    failed = tmp_path / "logs" / "failed.ipynb"
    with pytest.raises(StudyError, match="ZeroDivisionError: division by zero") as caught:
        executed_with("1 / number", 0)
    assert str(failed) in str(caught.value)
    assert failed.exists()


def test_two_executions_are_the_same_and_leave_the_users_home_alone(
    executed_with, tmp_path, monkeypatch
):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "home").mkdir()
    first, second = (executed_with("print(number)\nnumber", 4) for _ in range(2))
    assert nbformat.writes(first) == nbformat.writes(second)
    assert [one.output_type for one in first.cells[-1].outputs] == ["stream", "execute_result"]
    assert "papermill" not in first.metadata
    assert list((tmp_path / "home").iterdir()) == []


def test_a_file_that_is_no_notebook_is_named(tmp_path):
    (tmp_path / "report.ipynb").write_text("<<<<<<< HEAD\n")
    with pytest.raises(StudyError, match=r"report\.ipynb is not a notebook"):
        execute(tmp_path / "report.ipynb", {}, tmp_path / "failed.ipynb")
