"""From tables, sentences and figures to pieces of the page; parts.html.j2 escapes every string."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..records.tables import STUDY_TABLES
from .explorer import Explorer
from .study import Study
from .tables.table import Table
from .text.template import FILTERS, GLOBALS
from .worked_example import worked_example

# An installed package has it beside this module, a copy of the project in its own folder.
HERE = Path(__file__).resolve()
TEMPLATE = HERE.with_name("template")
TEMPLATE = TEMPLATE if TEMPLATE.exists() else HERE.parents[4] / "report" / "template"
ONE = r"[+−±]?\d[\d,]*(\.\d+)?"
NUMBER = re.compile(rf"(<\s)?{ONE}( [±+] [\d.]+| (to|of) {ONE})?\+?|–|")
PAGE = "application/vnd.normstudy.figure"  # an SVG; its metadata say what the page needs to know
FEWEST_TO_SORT = 3  # rows of a table
FEWEST_FOR_CARDS = 4  # columns of a table whose rows become cards on a phone; of texts, 3
FEWEST_FOR_WIDE = 9  # and, with a group's, also where there is a little more room
LONG = 20  # characters, beyond which a cell may take several lines
# The tables of the results folder that the page contains whole, for readers to save.
KEPT = [f"{name}.csv" for name in STUDY_TABLES]


@dataclass(frozen=True)
class HTML:
    """What notebooks show as HTML: IPython's class of that name, without IPython."""

    data: str = field(repr=False)

    def _repr_html_(self) -> str:
        return self.data


class Page:
    """Makes the pieces of a page. What has nothing to show is None."""

    def __init__(self, template: str | Path = TEMPLATE):
        """
        Args:
            template: the folder of the page's templates.
        """
        self._environment = Environment(
            loader=FileSystemLoader(template), autoescape=True, undefined=StrictUndefined
        )
        self._environment.filters |= {"words": _words, "cell": _cell} | FILTERS
        self._environment.globals |= GLOBALS
        self._parts = self._macros("parts")

    def _macros(self, name: str) -> Any:
        """The macros of a template as attributes, each of which makes a piece."""
        return self._environment.get_template(f"{name}.html.j2").module

    def heading(self, level: int, words: str) -> HTML:
        """A heading of level 1 to 6."""
        return _html(self._parts.heading(level, words))

    def section(self, level: int, words: str, *pieces: object, intro: str = "") -> list[object]:
        """A heading, a sentence if given, and the pieces; nothing if none has anything to show."""
        if all(piece is None for piece in pieces):
            return []
        return [self.heading(level, words), self.text(intro), *pieces]

    def text(self, *paragraphs: str) -> HTML | None:
        """A paragraph for each text that is not empty."""
        return _html_if_any(self._parts.paragraphs([text for text in paragraphs if text]))

    def say(self, what: str, study: Study) -> HTML | None:
        """What text.html.j2 says of a study; None if that is nothing.

        Args:
            what: the name of a macro.
        """
        return _html_if_any(_words(getattr(self._macros("text"), what)(study)))

    def fold(self, summary: str, *pieces: HTML | None) -> HTML | None:
        """Pieces that are shown when asked for."""
        body = "\n".join(piece.data for piece in pieces if piece is not None)
        return _html(self._parts.fold(summary, Markup(body))) if body else None

    def figure(self, output: dict, cell: dict) -> str:
        """The HTML of a figure that a cell of the notebook shows, with the cell's code.

        Args:
            output: with the forms and metadata that `display.figure_bundle` gives.
        """
        about = output["metadata"][PAGE]
        made = self._parts.figure(
            drawing=Markup(output["data"][PAGE]),
            code=cell["source"],
            folded="fold-figures" in cell["metadata"].get("tags", []),
            **about,
        )
        return str(made)

    def document(self, name: str, **pieces: object) -> str:
        """A template filled in: a whole page."""
        return self._environment.get_template(f"{name}.html.j2").render(pieces)

    def explorer(self, data: Explorer | None) -> HTML | None:
        """Every misclassified image, to choose from; None where there is none."""
        return _html(self._macros("explorer").explorer(data)) if data else None

    def worked_example(self, batches: dict[str, np.ndarray]) -> HTML:
        """The worked example to touch; without its script, the figures after it say the same.

        Args:
            batches: layer → whole numbers (image, channel, row, column).
        """
        return _html(self._macros("worked_example").worked_example(worked_example(batches)))

    def table(self, table: Table | None) -> HTML | None:
        """A table with its caption; columns of numbers are set right."""
        if table is None:
            return None
        cells = table.cells.drop(columns=table.group or [])
        kinds = [_kind(cells[column], column in table.names) for column in cells]
        groups = table.cells[table.group] if table.group else [""] * len(cells)
        cards = len(kinds) >= FEWEST_FOR_CARDS or kinds.count("long") == 3
        names = [_column(column) for column in cells]
        shown = names if cards else [None] * len(names)
        rows = [list(zip(row, kinds, shown, strict=True)) for row in cells.itertuples(index=False)]
        grouped = groupby(zip(groups, rows, strict=True), key=lambda pair: pair[0])
        made = self._parts.table(
            head=list(_head(cells.columns, kinds)),
            bodies=[(group, [row for _, row in own]) for group, own in grouped],
            names=names,
            caption=table.caption,
            source=table.source,
            label=table.caption.partition(".")[0],
            classes=["sortable"] * (table.sortable and len(cells) >= FEWEST_TO_SORT)
            + ["cards"] * cards
            + ["wide"] * (table.cells.shape[1] >= FEWEST_FOR_WIDE),
            kept=table.source in KEPT,
        )
        return _html(made)


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
