"""From plots, tables and sentences to pieces of the page; parts.html.j2 escapes every string."""

import base64
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import HTML
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..records.files import replacing
from ..records.tables import STUDY_TABLES
from .explorer import explorer
from .figures.plot import Plot, rendered
from .figures.worked_example import averaging_sets
from .pictures import bitmap
from .study import Study
from .tables.table import Table
from .text import context
from .worked_example import worked_example

ONE = r"[+−±]?\d[\d,]*(\.\d+)?"
NUMBER = re.compile(rf"(< )?{ONE}( [±+] [\d.]+| (to|of) {ONE})?\+?|–|")
PIXELS_PER_INCH = 100  # of a figure on the page
FEWEST_TO_SORT = 3  # rows of a table
FEWEST_FOR_CARDS = 4  # columns of a table whose rows become cards on a phone,
FEWEST_FOR_WIDE = 10  # with a group's, and wherever there is less room than beside the contents
LONG = 20  # characters, beyond which a cell may take several lines
# The tables of the results folder that the page contains whole, for readers to save.
KEPT = {f"{name}.csv": table.content for name, table in STUDY_TABLES.items()}


class Pieces:
    """Makes pieces of a page, of whatever study. What has nothing to show is None."""

    def __init__(self, template: str | Path):
        """
        Args:
            template: the folder of the page's templates.
        """
        self._environment = Environment(
            loader=FileSystemLoader(template), autoescape=True, undefined=StrictUndefined
        )
        self._environment.filters |= {"words": _words, "cell": _cell}
        self._parts = self._macros("parts")

    def _macros(self, name: str) -> Any:
        """The macros of a template as attributes, each of which makes a piece."""
        return self._environment.get_template(f"{name}.html.j2").module

    def heading(self, level: int, words: str) -> HTML:
        """A heading of level 1 to 6."""
        return _html(self._parts.heading(level, words))

    def section(self, level: int, words: str, *pieces: HTML | None, intro: str = "") -> HTML | None:
        """Pieces under a heading, after a sentence if given; None if there are no pieces."""
        body = self.join(*pieces)
        return body and self.join(self.heading(level, words), self.text(intro), body)

    def text(self, *paragraphs: str, kind: str | None = None) -> HTML | None:
        """A paragraph for each text that is not empty, of a class if given."""
        return _html_if_any(self._parts.paragraphs([text for text in paragraphs if text], kind))

    def items(self, texts: Iterable[str]) -> HTML | None:
        """A list with a point for each text; a single one is a paragraph."""
        texts = [text for text in texts if text]
        return _html(self._parts.items(texts)) if len(texts) > 1 else self.text(*texts)

    def terms(self, meanings: dict[str, str]) -> HTML | None:
        """Terms with their meanings."""
        return _html(self._parts.terms(meanings.items())) if meanings else None

    def command(self, line: str) -> HTML | None:
        """A command as it is typed."""
        return _html(self._parts.command(line)) if line else None

    def link(self, words: tuple[str, str, str, str] | None) -> HTML | None:
        """A sentence with a link in it: what is before, its name, its address, what is after."""
        return _html(self._parts.link(*words)) if words else None

    def fold(self, summary: str, *pieces: HTML | None) -> HTML | None:
        """Pieces that are shown when asked for."""
        body = self.join(*pieces)
        return _html(self._parts.fold(summary, body)) if body else None

    def join(self, *pieces: HTML | None) -> HTML | None:
        """Several pieces one below the other."""
        return _html_if_any("\n".join(piece.data for piece in pieces if piece is not None))

    def drawn(self, plot: Plot) -> HTML:
        """The plot with its caption, embedded only: no files are written."""
        picture = _picture(plot, rendered(plot.figure, "svg"))
        return _html(self._parts.drawing(picture, plot.caption))

    def files(self) -> HTML:
        """The tables that the page contains whole."""
        return _html(self._parts.files(KEPT.items()))

    def table(self, table: Table | None) -> HTML | None:
        """A table with its caption; columns of numbers are set right."""
        if table is None:
            return None
        cells = table.cells.drop(columns=table.group or [])
        kinds = [_kind(cells[column], column in table.names) for column in cells]
        groups = table.cells[table.group] if table.group else [""] * len(cells)
        cards = len(kinds) >= FEWEST_FOR_CARDS
        names = [_column(column) if cards else None for column in cells]
        rows = [list(zip(row, kinds, names, strict=True)) for row in cells.itertuples(index=False)]
        grouped = groupby(zip(groups, rows, strict=True), key=lambda pair: pair[0])
        made = self._parts.table(
            head=list(_head(cells.columns, kinds)),
            bodies=[(group, [row for _, row in own]) for group, own in grouped],
            columns=len(kinds),
            caption=table.caption,
            source=table.source,
            label=table.caption.partition(".")[0],
            classes=["sortable"] * (table.sortable and len(cells) >= FEWEST_TO_SORT)
            + ["cards"] * cards
            + ["wide"] * (table.cells.shape[1] >= FEWEST_FOR_WIDE),
            kept=table.source in KEPT,
        )
        return _html(made)


class Page(Pieces):
    """Makes the pieces of one study's page, its saved figures among them."""

    def __init__(self, study: Study, template: str | Path):
        """
        Args:
            study: whose figures and tables are shown.
            template: the folder of the page's templates.
        """
        super().__init__(template)
        self._study = study

    def show(self, *plots: Plot | None) -> HTML | None:
        """Save each plot as <results>/figures/<name>.png and .svg, and put it on the page.

        The page holds charts as drawings, for screens and again for phones, and images as they
        are.
        """
        return self.join(*(self._shown(plot) for plot in plots if plot))

    def _shown(self, plot: Plot) -> HTML:
        study, name = self._study, f"figures/{plot.name}"
        files = {extension: rendered(plot.figure, extension) for extension in ("png", "svg")}
        for extension, content in files.items():
            with replacing(study.folder / f"{name}.{extension}") as temporary:
                temporary.write_bytes(content)
        about = {
            "name": plot.name,
            "caption": plot.caption,
            "table": plot.table,
            "function": f"normstudy.report.{plot.function}",
            "files": [f"{name}.{extension}" for extension in files],
            "remake": study.remake(f"{name}.svg"),
        }
        if plot.pictures:
            tiles = [
                _tile(pixels, f"{words}, and below it as the network sees it", words)
                for words, pixels in plot.pictures
            ]
            return _html(self._parts.sheet(tiles, kind="columns", **about))
        picture = _picture(plot, files["svg"])
        kinds = ["chart"] + ["tall"] * (picture["height"] > picture["width"])
        return _html(self._parts.figure(picture, kinds, formats=["svg", "png"], **about))

    def matrix(self, variant: str, pictures: np.ndarray) -> HTML:
        """A variant's first errors with the first seed, those of the picture beside the page.

        Args:
            pictures: the test images, uint8 (N, 28, 28).
        """
        study, seed = self._study, self._study.seeds[0]
        run = study.run_folder(variant, seed).relative_to(study.folder).as_posix()
        errors = study.errors(variant, seed).head(study.config["misclassified"]["count"])
        classes = study.facts.classes
        tiles = [
            _tile(
                pictures[row.index],
                f"Test image no. {row.index}",
                f"predicted {classes[row.prediction]}",
                f"actual {classes[row.label]}{' †' * row.disputed}",
                f"{100 * row.confidence:.1f} % · no. {row.index}",
            )
            for row in errors.itertuples(index=False, name="Error")
        ]
        matrix = self._parts.sheet(
            tiles,
            kind="matrix",
            name=f"misclassified-{variant}",
            caption=context.misclassified(study, variant),
            table=f"{run}/misclassified.csv",
            function="normstudy.evaluation.matrix.misclassified_matrix",
            files=[f"{run}/misclassified.png"],
            remake=study.remake(f"{run}/misclassified.png"),
        )
        return _html(matrix)

    def errors_explorer(self, pictures: np.ndarray) -> HTML | None:
        """Every misclassified image, to choose from; None where there is none.

        Args:
            pictures: the test images, uint8 (N, 28, 28).
        """
        found = explorer(self._study, pictures)
        return _html(self._macros("explorer").explorer(found)) if found else None

    def worked_example(self, batches: dict[str, np.ndarray]) -> HTML:
        """The worked example to touch, with its figures for print and readers without script.

        Args:
            batches: layer → whole numbers (image, channel, row, column).
        """
        grids = self.show(*(averaging_sets(*layer) for layer in batches.items()))
        made = self._macros("worked_example").worked_example(worked_example(batches), grids)
        return _html(made)


def _picture(plot: Plot, wide: bytes) -> dict:
    """A plot's drawing for a screen or paper, the SVG `wide`, and the one for a phone."""
    width, height = (round(side * PIXELS_PER_INCH) for side in plot.figure.get_size_inches())
    narrow = _data("svg", rendered(plot.narrow, "svg"))
    found = {"wide": _data("svg", wide), "narrow": narrow, "alt": plot.alt}
    return found | {"width": width, "height": height}


def _tile(pixels: np.ndarray, alt: str, *words: str) -> dict:
    """A picture with its words, for the sheets of the page."""
    height, width = pixels.shape
    picture = _data("png", bitmap(pixels))
    return {"picture": picture, "width": width, "height": height, "alt": alt, "words": words}


def _html(body: str) -> HTML:
    """The body for display."""
    return HTML(str(body))  # not Markup, which escapes what is added to it


def _html_if_any(body: str) -> HTML | None:
    """The body for display; None, which a notebook does not show, if it is empty."""
    return _html(body) if body else None


def _words(words: str) -> str:
    """The text with a number kept on one line with its per cent sign and its ±."""
    return (
        str(words)
        .replace(" %", "\u00a0%")
        .replace(" ± ", "\u00a0±\u00a0")
        .replace("no. ", "no.\u00a0")
    )


def _cell(words: str) -> str:
    """As `_words`, but a number may part from its ± where the column is narrow."""
    return _words(words).replace("\u00a0±", " ±")


def _column(name: str | tuple[str, str]) -> str:
    """A column's name in one; of two levels as "Test accuracy, %: this run"."""
    return name if isinstance(name, str) else ": ".join(filter(None, name))


def _kind(cells: Iterable[str], names: bool) -> str | None:
    """The class of a column's cells: numbers are set right, long texts may wrap."""
    if not names and any(cells) and all(NUMBER.fullmatch(cell) for cell in cells):
        return "number"
    return "long" if max(map(len, cells), default=0) > LONG else None


def _head(columns: pd.Index, kinds: list[str | None]) -> Iterator[list[dict]]:
    """A table's head: one row of cells, or two where the names of columns have two levels."""
    blank = dict.fromkeys(("kind", "colspan", "rowspan", "column"))
    numbered = [{"kind": kind, "column": place} for place, kind in enumerate(kinds)]
    if columns.nlevels == 1:
        yield [
            blank | {"scope": "col", "words": name, "kind": kind}
            for name, kind in zip(columns, kinds, strict=True)
        ]
        return
    above, below = [], []
    for group, own in groupby(zip(columns, numbered, strict=True), key=lambda m: m[0][0]):
        members = list(own)
        if members[0][0][1]:
            above.append(blank | {"scope": "colgroup", "words": group, "colspan": len(members)})
        for (_, name), cell in members:
            cell = blank | cell | {"scope": "col"}
            if name:
                below.append(cell | {"words": name})
            else:
                above.append(cell | {"words": group, "rowspan": 2})
    yield above
    yield below


def _data(extension: str, content: bytes) -> str:
    """The file as a data URL."""
    kind = "svg+xml" if extension == "svg" else extension
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"
