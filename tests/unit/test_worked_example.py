"""The worked example: by hand, by PyTorch, and recalculated by LibreOffice."""

import subprocess

import numpy as np
import openpyxl
import pytest
import torch
from matplotlib.text import Text
from normstudy.example import arithmetic as worked_example
from normstudy.example import workbook
from normstudy.example.arithmetic import CHANNELS, IMAGES, LAYERS, METHODS, SIDE
from normstudy.report.figures import worked_example as worked_figure
from torch import nn

SETS = {"batch": 4, "layer": 4, "group": 8}


@pytest.fixture(scope="module")
def batches():
    return worked_example.example_batches()


def reference(batch, method):
    """The normalized batch by PyTorch's functions, without the module's own layers."""
    x = torch.from_numpy(batch).double()
    functional = nn.functional
    if method == "batch":
        return functional.batch_norm(x, None, None, training=True, eps=1e-5).numpy()
    return functional.group_norm(x, {"layer": 1, "group": 2}[method], eps=1e-5).numpy()


def test_the_batches_are_whole_numbers_and_always_the_same(batches):
    assert list(batches) == list(LAYERS)
    for layer, batch in batches.items():
        assert batch.shape == (4, 4, 2, 2)
        assert set(batch.ravel()) <= set(range(-3, 4))
        assert (batch == worked_example.example_batches()[layer]).all()
    assert (batches[LAYERS[0]] != batches[LAYERS[1]]).any()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("layer", LAYERS)
def test_values_agree_with_pytorch(batches, layer, method):
    mean, variance, normalized = worked_example.apply_method(batches[layer], method)
    assert len(mean) == len(variance) == len(METHODS[method].sets()) == SETS[method]
    np.testing.assert_allclose(normalized, reference(batches[layer], method), atol=1e-12)


def test_the_sets_by_hand(batches):
    """The first set of each method, picked out cell by cell."""
    batch = batches["Layer 1"]
    cells = {
        "batch": [batch[n, 0, i, j] for n in range(4) for i in (0, 1) for j in (0, 1)],
        "layer": [batch[0, c, i, j] for c in range(4) for i in (0, 1) for j in (0, 1)],
        "group": [batch[0, c, i, j] for c in (0, 1) for i in (0, 1) for j in (0, 1)],
    }
    for method, own in cells.items():
        mean, variance, _ = worked_example.apply_method(batch, method)
        average = sum(own) / len(own)
        assert mean[0] == average
        assert variance[0] == pytest.approx(sum((x - average) ** 2 for x in own) / len(own))
        first = worked_example.set_numbers(method) == 0
        assert sorted(batch[first]) == sorted(own)


def test_the_table_of_statistics(batches):
    table = worked_example.statistics_table(batches)
    assert table.groupby(["layer", "method"], sort=False).size().tolist() == [4, 4, 8] * 2


def first_row(method):
    """The first row of a method's grid: the grid of the images themselves comes before."""
    return workbook.FIRST_ROW + (1 + list(METHODS).index(method)) * workbook.BLOCK_ROWS


def grid_values(sheet, method):
    """A method's normalized values, (image, channel, row, column)."""
    rows = sheet.iter_rows(
        min_row=first_row(method),
        max_row=first_row(method) + IMAGES * SIDE - 1,
        min_col=workbook.FIRST_COLUMN,
        max_col=workbook.FIRST_COLUMN + CHANNELS * SIDE - 1,
        values_only=True,
    )
    return np.array(list(rows)).reshape(IMAGES, SIDE, CHANNELS, SIDE).transpose(0, 2, 1, 3)


def statistics_values(sheet, method):
    """A method's means and variances, one row per set of values: (2, sets)."""
    rows = range(first_row(method), first_row(method) + SETS[method])
    columns = (workbook.STATISTICS_COLUMN + 1, workbook.STATISTICS_COLUMN + 2)
    return np.array([[sheet.cell(row, column).value for row in rows] for column in columns])


def test_libreoffice_recalculates_pytorchs_values(batches, tmp_path):
    path, answer = tmp_path / "example.xlsx", tmp_path / "recalculated"
    book = workbook.example_workbook()
    # Another number, so that values kept from anywhere but the formulas would be wrong.
    changed = {layer: batch.copy() for layer, batch in batches.items()}
    changed["Layer 1"][0, 0, 0, 0] = 11
    book["Layer 1"].cell(workbook.FIRST_ROW, workbook.FIRST_COLUMN, 11)
    book.save(path)
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"]
    command += ["--convert-to", "xlsx", "--outdir", str(answer), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    recalculated = openpyxl.load_workbook(answer / "example.xlsx", data_only=True)
    assert recalculated.sheetnames == list(LAYERS)
    for layer, batch in changed.items():
        for method in METHODS:
            sheet = recalculated[layer]
            found = grid_values(sheet, method)
            np.testing.assert_allclose(found, reference(batch, method), atol=1e-6)
            mean, variance, _ = worked_example.apply_method(batch, method)
            np.testing.assert_allclose(statistics_values(sheet, method), (mean, variance))


def test_every_result_of_the_workbook_is_a_formula():
    for sheet in workbook.example_workbook():
        cells = [cell.value for row in sheet.iter_rows() for cell in row]
        formulas = [value for value in cells if str(value).startswith("=")]
        numbers = [value for value in cells if isinstance(value, int | float)]
        assert len(formulas) == 3 * 64 + 2 * (4 + 4 + 8)
        assert len(numbers) == 64 + 1  # the batch and eps


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (0.125, 4, "0.125"),
        (0.125, 2, "0.13"),
        (-0.125, 2, "−0.13"),
        (-0.004, 2, "0.00"),
        (2.03125, 4, "2.0313"),
        (3, 4, "3"),
        (10, 4, "10"),
        (0, 4, "0"),
    ],
)
def test_numbers_are_rounded_as_taught_in_school(number, digits, text):
    assert worked_example.rounded(number, digits) == text


def test_the_figure_names_every_mean(batches):
    plot = worked_figure.averaging_sets("Layer 1", batches["Layer 1"])
    figure = plot.figure
    figure.draw_without_rendering()
    shown = [text.get_text() for text in figure.findobj(Text) if text.get_visible()]
    for symbol in ("μ ", "σ² "):
        assert sum(text.count(symbol) for text in shown) == 4 + 4 + 8
    assert "image 4, group 2" in plot.alt
