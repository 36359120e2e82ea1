"""The worked example: by hand, by PyTorch, as stored and as recalculated by LibreOffice."""

import io
import json
import subprocess

import numpy as np
import openpyxl
import pytest
import torch
from normstudy.example import arithmetic as worked_example
from normstudy.example import workbook
from normstudy.example.arithmetic import CHANNELS, IMAGES, LAYERS, METHODS, SIDE
from normstudy.report import worked_example as touched
from torch.nn import functional

SETS = {"batch": 4, "layer": 4, "group": 8}


@pytest.fixture(scope="module")
def batches():
    return worked_example.example_batches()


def reference(batch, method, groups=2):
    """The normalized batch by PyTorch's functions, without the module's own layers."""
    x = torch.from_numpy(batch).double()
    if method == "batch":
        return functional.batch_norm(x, None, None, training=True, eps=1e-5).numpy()
    if method == "layer":
        return functional.layer_norm(x, x.shape[1:], eps=1e-5).numpy()
    return functional.group_norm(x, groups, eps=1e-5).numpy()


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
    book = written(data_only=False)
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
    assert_values(recalculated, changed)


def assert_values(book, batches):
    """Check that a workbook has PyTorch's values of the batches."""
    for layer, batch in batches.items():
        for method in METHODS:
            found = grid_values(book[layer], method)
            np.testing.assert_allclose(found, reference(batch, method), atol=1e-6)
            mean, variance, _ = worked_example.apply_method(batch, method)
            np.testing.assert_allclose(statistics_values(book[layer], method), (mean, variance))


def written(data_only):
    """The workbook as it is read: its formulas, or their stored values."""
    return openpyxl.load_workbook(io.BytesIO(workbook.example_workbook()), data_only=data_only)


def test_every_result_of_the_workbook_is_a_formula_beside_its_value(batches):
    for sheet in written(data_only=False):
        cells = [cell.value for row in sheet.iter_rows() for cell in row]
        formulas = [value for value in cells if str(value).startswith("=")]
        numbers = [value for value in cells if isinstance(value, int | float)]
        assert len(formulas) == 3 * 64 + 2 * (4 + 4 + 8)
        assert len(numbers) == 64 + 1  # the batch and eps
    assert_values(written(data_only=True), batches)


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (0.125, 4, "0.125"),
        (-0.125, 2, "−0.13"),
        (-0.004, 2, "0.00"),
        (2.03125, 4, "2.0313"),
        (10, 4, "10"),
        (0, 4, "0"),
    ],
)
def test_numbers_are_rounded_as_taught_in_school(number, digits, text):
    assert worked_example.rounded(number, digits) == text


def number(text):
    return float(text.replace("−", "-"))


@pytest.fixture(scope="module")
def data(batches):
    """What the page lets readers touch."""
    return json.loads(json.dumps(touched.worked_example(batches)))


def test_a_calculator_gives_the_numbers_shown(data):
    """Mean and variance from the lit cells, and y from the formula's own numbers."""
    for method in data["methods"]:
        sets = np.array(method["sets"])
        assert sorted(set(sets)) == list(range(len(method["names"])))
        for layer, results in zip(data["layers"], method["layers"], strict=True):
            cells = np.array([number(cell) for cell in layer["cells"]])
            mean, variance = (
                np.array([number(text) for text in results[key]]) for key in ("mean", "variance")
            )
            for place in range(len(method["names"])):
                assert mean[place] == cells[sets == place].mean()
                assert variance[place] == pytest.approx(cells[sets == place].var(), abs=0.0000501)
            y = (cells - mean[sets]) / np.sqrt(variance[sets] + number(data["eps"]))
            np.testing.assert_allclose(list(map(number, results["cells"])), y, atol=0.005)
