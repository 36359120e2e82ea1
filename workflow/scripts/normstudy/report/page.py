"""From plots, tables and sentences to the report's HTML. Every string is escaped here."""

import base64
import re
from collections.abc import Iterable
from html import escape
from itertools import groupby

import pandas as pd
from IPython.display import HTML
from matplotlib.figure import Figure

from ..records.files import replacing
from . import original as replicated
from .figures.plot import Plot, rendered
from .marks import tells_values
from .study import Study
from .tables.table import Table
from .text import context

ONE = r"[+−±]?\d[\d,]*(\.\d+)?"
NUMBER = re.compile(rf"(< )?{ONE}( [±+] [\d.]+| (to|of) {ONE})?\+?|–|")
PIXELS_PER_INCH = 100  # of a figure on the page
PHONE = "(max-width: 34rem)"  # where the narrow drawings are shown
DOTS_OF_PHOTOGRAPHS = 120  # an inch: theirs are large pixels anyway
FEWEST_TO_SORT = 3  # rows of a table
LONG = 20  # characters, beyond which a cell may take several lines


def heading(level: int, words: str) -> HTML:
    """A heading of level 1 to 6."""
    return HTML(f"<h{level}>{escape(words)}</h{level}>")


def text(*paragraphs: str) -> HTML | None:
    """A paragraph for each text that is not empty."""
    return _html("".join(f"<p>{_words(paragraph)}</p>" for paragraph in paragraphs if paragraph))


def source_note(study: Study) -> HTML | None:
    """Where the replicated study is to be found; nothing where none of its numbers is shown."""
    if study.summary["reference"].isna().all():
        return None
    link = f'<a href="{escape(replicated.URL, quote=True)}">{escape(replicated.NAME)}</a>'
    return HTML(f"<p>The replicated study is {link} by {escape(replicated.AUTHORS)}.</p>")


def items(texts: Iterable[str]) -> HTML | None:
    """A list with a point for each text; a single one is a paragraph."""
    texts = [one for one in texts if one]
    if len(texts) == 1:
        return text(*texts)
    points = "".join(f"<li>{_words(one)}</li>" for one in texts)
    return _html(points and f"<ul>{points}</ul>")


def command(line: str) -> HTML | None:
    """A command as it is typed."""
    return _html(line and f'<pre tabindex="0"><code>{escape(line)}</code></pre>')


def show(plot: Plot, study: Study) -> HTML:
    """Save the plot as <results>/figures/<name>.png and .svg, and put it on the page.

    The page holds it drawn for screens and again for phones: as SVG where this tells values,
    else in the format that is smaller.
    """
    files = {extension: rendered(plot.figure, extension) for extension in ("png", "svg")}
    name = f"figures/{plot.name}"
    for extension, content in files.items():
        with replacing(study.folder / f"{name}.{extension}") as temporary:
            temporary.write_bytes(content)
    width, height = (round(inches * PIXELS_PER_INCH) for inches in plot.figure.get_size_inches())
    kind = "svg" if tells_values(plot.figure) else min(files, key=lambda name: len(files[name]))
    phone = _data(kind, rendered(plot.narrow, kind))
    image = _image(_data(kind, files[kind]), phone, plot.alt, width, height)
    source = _source(
        plot.table,
        f"normstudy.report.{plot.function}",
        [f"{name}.svg", f"{name}.png"],
        study.remake(f"{name}.svg"),
    )
    kinds = ["chart"] * (not plot.photographs) + ["tall"] * (height > width)
    return HTML(_figure(image, plot.caption, source, " ".join(kinds)))


def drawn(plot: Plot) -> HTML:
    """The plot with its caption, embedded only: no files are written."""
    width, height = (round(inches * PIXELS_PER_INCH) for inches in plot.figure.get_size_inches())
    wide, phone = (_data("svg", rendered(one, "svg")) for one in (plot.figure, plot.narrow))
    return HTML(_figure(_image(wide, phone, plot.alt, width, height), plot.caption, "", "chart"))


def matrix(study: Study, variant: str, narrow: Figure) -> HTML:
    """The picture of a variant's errors with the first seed, as rule misclassified drew it.

    Args:
        narrow: the same images for a phone.
    """
    run = study.run_folder(variant, study.seeds[0]).relative_to(study.folder).as_posix()
    content = (study.folder / run / "misclassified.png").read_bytes()
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))  # PNG's header
    alt, caption = context.misclassified(study, variant)
    phone = _data("png", rendered(narrow, "png", DOTS_OF_PHOTOGRAPHS))
    image = _image(_data("png", content), phone, alt, width // 2, height // 2)
    source = _source(
        f"{run}/misclassified.csv",
        "normstudy.evaluation.matrix.misclassified_matrix",
        [f"{run}/misclassified.png"],
        study.remake(f"{run}/misclassified.png"),
    )
    return HTML(_figure(image, caption, source, ""))


def table(table: Table | None) -> HTML | None:
    """A table with its caption; columns of numbers are set right."""
    if table is None:
        return None
    cells = table.cells.drop(columns=table.group or [])
    kinds = [_kind(cells[column], column in table.names) for column in cells]
    head = _head(cells.columns, kinds)
    groups = table.cells[table.group] if table.group else [""] * len(cells)
    bodies: list[str] = []
    previous = None
    for group, row in zip(groups, cells.itertuples(index=False), strict=True):
        if group != previous:
            words = f'<th colspan="{len(kinds)}" scope="rowgroup"><span>{_words(group)}</span></th>'
            heading = f"<tr>{words}</tr>" if table.group else ""
            bodies.append(heading)
            previous = group
        first, *others = row
        bodies[-1] += f'<tr><th scope="row">{_words(first)}</th>' + "".join(
            f"<td{kind}>{_cell(cell)}</td>" for cell, kind in zip(others, kinds[1:], strict=True)
        )
        bodies[-1] += "</tr>"
    source = f' <span class="source">{_file_link(table.source)}</span>' if table.source else ""
    label = escape(table.caption.partition(".")[0], quote=True)
    sortable = ' class="sortable"' if table.sortable and len(cells) >= FEWEST_TO_SORT else ""
    return HTML(
        f'<div class="table" role="region" tabindex="0" aria-label="Table: {label}">'
        f"<table{sortable}>"
        f"<caption><span>{_words(table.caption)}{source}</span></caption>"
        f"<thead>{head}</thead>"
        + "".join(f"<tbody>{body}</tbody>" for body in bodies)
        + "</table></div>"
    )


def join(parts: Iterable[HTML | None]) -> HTML | None:
    """Several things one below the other."""
    return _html("".join(part.data for part in parts if part is not None))


def _html(body: str) -> HTML | None:
    """The body for display; None, which a notebook does not show, if it is empty."""
    return HTML(body) if body else None


def _words(words: str) -> str:
    """Escaped, with a number kept on one line with its per cent sign and its ±."""
    return (
        escape(words)
        .replace(" %", "\u00a0%")
        .replace(" ± ", "\u00a0±\u00a0")
        .replace("no. ", "no.\u00a0")
    )


def _cell(words: str) -> str:
    """As `_words`, but a number may part from its ± where the column is narrow."""
    return _words(words).replace("\u00a0±", " ±")


def _kind(cells: Iterable[str], names: bool) -> str:
    """The class of a column's cells: numbers are set right, long texts may wrap."""
    if not names and any(cells) and all(NUMBER.fullmatch(cell) for cell in cells):
        return ' class="number"'
    return ' class="long"' if max(map(len, cells), default=0) > LONG else ""


def _file_link(name: str) -> str:
    """A link to a file beside the page; the bare name where it stands for several files."""
    if "<" in name:
        return f"<code>{escape(name)}</code>"
    return f'<a href="{escape(name, quote=True)}">{escape(name)}</a>'


def _head(columns: pd.Index, kinds: list[str]) -> str:
    """A table's head: one row, or two where the names of columns have two levels."""
    if columns.nlevels == 1:
        cells = zip(columns, kinds, strict=True)
        names = "".join(f'<th scope="col"{kind}>{_words(str(name))}</th>' for name, kind in cells)
        return f"<tr>{names}</tr>"
    above, below = [], []
    numbered = [(*name, kind, i) for i, (name, kind) in enumerate(zip(columns, kinds, strict=True))]
    for group, members in groupby(numbered, key=lambda member: member[0]):
        members = list(members)
        if members[0][1]:
            words = _words(group)
            above.append(f'<th scope="colgroup" colspan="{len(members)}">{words}</th>')
        for _, name, kind, place in members:
            cell = f'<th scope="col" data-column="{place}"{kind}'
            if name:
                below.append(f"{cell}>{_words(name)}</th>")
            else:
                above.append(f'{cell} rowspan="2">{_words(group)}</th>')
    return f"<tr>{''.join(above)}</tr><tr>{''.join(below)}</tr>"


def _data(extension: str, content: bytes) -> str:
    """The file as a data URL."""
    kind = "svg+xml" if extension == "svg" else extension
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _image(wide: str, narrow: str, alt: str, width: int, height: int) -> str:
    return (
        f'<picture><source media="{PHONE}" srcset="{narrow}">'
        f'<img src="{wide}" alt="{escape(alt, quote=True)}" width="{width}" height="{height}">'
        "</picture>"
    )


def _source(table: str, function: str, files: list[str], command: str) -> str:
    """What a figure is made from and by what, its files, and the command that remakes it."""
    links = " and ".join(
        f'<a href="{escape(name, quote=True)}">{name.rpartition(".")[2].upper()}</a>'
        for name in files
    )
    return (
        '<details class="source"><summary>Source</summary>'
        f"<p>From {_file_link(table)} by <code>{escape(function)}</code>. File: {links}."
        f' To make it again:</p><pre tabindex="0"><code>{escape(command)}</code></pre></details>'
    )


def _figure(image: str, caption: str, source: str, kind: str) -> str:
    kind = f' class="{kind}"' if kind else ""
    return f"<figure{kind}>{image}<figcaption>{_words(caption)} {source}</figcaption></figure>"
