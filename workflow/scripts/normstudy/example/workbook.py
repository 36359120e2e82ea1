"""The worked example as a spreadsheet whose every result is a live formula, with its value."""

import io
import xml.etree.ElementTree as ET
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from .arithmetic import (
    CHANNELS,
    EPS,
    IMAGES,
    METHODS,
    SIDE,
    Method,
    apply_method,
    example_batches,
    set_numbers,
)

# Pale tints of the Okabe–Ito colours; the sets are named beside them as well.
TINTS = ("BFDDF0", "F7CDB0", "BFE6DA", "F0D5E4", "DDEFFA", "FBE3BF", "E6E6E6", "FAF6C2")
EPS_CELL = "$B$2"
FIRST_COLUMN = 2  # of a grid: B; A names the images
FIRST_ROW = 6  # of the first grid
STATISTICS_COLUMN = FIRST_COLUMN + CHANNELS * SIDE + 1
BLOCK_ROWS = IMAGES * SIDE + 4  # a grid, its two headings and two blank lines
BOLD, CENTRED = Font(bold=True), Alignment(horizontal="center")
THICK, THIN = Side(style="medium"), Side(style="hair")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
Values = dict[str, float]  # address of a formula → its value


def _place(first_row: int, n: int, c: int, i: int, j: int) -> tuple[int, int]:
    """Row and column of a cell of the batch in a grid of images (down) × channels (across)."""
    return first_row + SIDE * n + i, FIRST_COLUMN + SIDE * c + j


def _address(row: int, column: int, fixed: bool = False) -> str:
    mark = "$" if fixed else ""
    return f"{mark}{get_column_letter(column)}{mark}{row}"


def _headings(sheet: Worksheet, first_row: int, title: str) -> None:
    sheet.cell(first_row - 2, 1, title).font = BOLD
    for c in range(CHANNELS):
        row, column = first_row - 1, FIRST_COLUMN + SIDE * c
        sheet.cell(row, column, f"channel {c + 1}").alignment = CENTRED
        sheet.merge_cells(f"{_address(row, column)}:{_address(row, column + 1)}")
    for n in range(IMAGES):
        sheet.cell(first_row + SIDE * n, 1, f"image {n + 1}")


def _style(cell, i: int, j: int, tint: str | None = None) -> None:
    """The frame of a 2×2 matrix, and the tint of the cell's set."""
    cell.border = Border(
        left=THICK if j == 0 else THIN,
        right=THICK if j == SIDE - 1 else THIN,
        top=THICK if i == 0 else THIN,
        bottom=THICK if i == SIDE - 1 else THIN,
    )
    cell.alignment = CENTRED
    if tint:
        cell.fill = PatternFill("solid", start_color=tint)


def _layer_sheet(sheet: Worksheet, layer: str, batch: np.ndarray) -> Values:
    """One layer: its batch, and below it each method's statistics and normalized values."""
    values: Values = {}
    sheet["A1"] = f"{layer}: {IMAGES} images of {CHANNELS} channels, each {SIDE}×{SIDE}"
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A2"], sheet["B2"] = "eps", EPS
    sheet["B2"].number_format = "0.00000"
    _headings(sheet, FIRST_ROW, "The batch (change a number, and all below follows)")
    for (n, c, i, j), value in np.ndenumerate(batch):
        cell = sheet.cell(*_place(FIRST_ROW, n, c, i, j), int(value))
        _style(cell, i, j)
    for number, method in enumerate(METHODS.values(), start=1):
        values |= _method_block(sheet, method, batch, FIRST_ROW + number * BLOCK_ROWS)
    sheet.column_dimensions["A"].width = 12
    for offset, width in enumerate((18, 12, 12)):
        sheet.column_dimensions[get_column_letter(STATISTICS_COLUMN + offset)].width = width
    sheet.freeze_panes = "B3"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)  # printed: one page
    return values


def _method_block(sheet: Worksheet, method: Method, batch: np.ndarray, first_row: int) -> Values:
    numbers, values = set_numbers(method), {}
    means, variances, normalized = apply_method(batch, method)
    _headings(sheet, first_row, f"{method.name}: normalized")
    for offset, heading in enumerate(("averaged together", "mean", "variance")):
        sheet.cell(first_row - 1, STATISTICS_COLUMN + offset, heading).font = BOLD
    for number, name in enumerate(method.sets()):
        # Every set of every method is a rectangle of the grid: its first to its last cell.
        cells = np.argwhere(numbers == number)
        first, last = (_address(*_place(FIRST_ROW, *cell)) for cell in (cells[0], cells[-1]))
        row = first_row + number
        label = sheet.cell(row, STATISTICS_COLUMN, name)
        label.fill = PatternFill("solid", start_color=TINTS[number])
        calls = (("AVERAGE", means), ("VARP", variances))
        for column, (call, of_sets) in enumerate(calls, start=STATISTICS_COLUMN + 1):
            cell = sheet.cell(row, column, f"={call}({first}:{last})")
            cell.number_format, values[cell.coordinate] = "0.0000", of_sets[number]
    for (n, c, i, j), number in np.ndenumerate(numbers):
        value = _address(*_place(FIRST_ROW, n, c, i, j))
        mean = _address(first_row + number, STATISTICS_COLUMN + 1, fixed=True)
        variance = _address(first_row + number, STATISTICS_COLUMN + 2, fixed=True)
        cell = sheet.cell(
            *_place(first_row, n, c, i, j), f"=({value}-{mean})/SQRT({variance}+{EPS_CELL})"
        )
        cell.number_format, values[cell.coordinate] = "0.000", normalized[n, c, i, j]
        _style(cell, i, j, TINTS[number])
    return values


def example_workbook() -> bytes:
    """The .xlsx file: a sheet per layer. The values are for viewers that do not calculate."""
    book, values, content = Workbook(), {}, io.BytesIO()
    book.remove(book.active)
    for number, (layer, batch) in enumerate(example_batches().items(), start=1):
        sheet = book.create_sheet(layer)
        values[f"xl/worksheets/sheet{number}.xml"] = _layer_sheet(sheet, layer, batch)
    book.properties.title = "Batch, Layer and Group Normalization on a worked example"
    book.properties.creator = "normstudy"
    book.properties.created = datetime(2000, 1, 1)
    book.calculation.fullCalcOnLoad = True
    book.save(content)
    return _with_values(content, values)


def _with_values(content: io.BytesIO, values: dict[str, Values]) -> bytes:
    """The file with the values of its formulas, which openpyxl leaves out."""
    filled = io.BytesIO()
    with ZipFile(content) as given, ZipFile(filled, "w", ZIP_DEFLATED) as made:
        for name in given.namelist():
            part = given.read(name)
            if name in values:
                sheet = ET.fromstring(part)
                for cell in sheet.iterfind(f".//{{{MAIN}}}c[{{{MAIN}}}f]"):
                    _, stored = cell  # the formula, and an empty element
                    stored.text = repr(float(values[name][cell.attrib["r"]]))
                ET.register_namespace("", MAIN)  # which only one format at a time can be
                part = ET.tostring(sheet)
            made.writestr(ZipInfo(name), part, ZIP_DEFLATED)
    return filled.getvalue()
