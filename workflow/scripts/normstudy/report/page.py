"""From plots, tables and sentences to the report's HTML. Every string is escaped here."""

import base64
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

from IPython.display import HTML

from ..files import replacing
from . import replicated
from .plot import Plot, rendered
from .study import Study
from .tables import Table

NUMBER = re.compile(r"[+−±]?\d[\d,]*(\.\d+)?( [±+] [\d.]+)?|–")
PIXELS_PER_INCH = 100  # of a figure on the page
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
    """A list with a point for each text."""
    points = "".join(f"<li>{_words(one)}</li>" for one in texts if one)
    return _html(points and f"<ul>{points}</ul>")


def command(line: str) -> HTML | None:
    """A command as it is typed."""
    return _html(line and f'<pre tabindex="0"><code>{escape(line)}</code></pre>')


def show(plot: Plot, folder: str | Path) -> HTML:
    """Save the plot as <folder>/figures/<name>.png and .svg, and put it on the page.

    The page holds the smaller of the two files.
    """
    files = {extension: rendered(plot.figure, extension) for extension in ("png", "svg")}
    for extension, content in files.items():
        with replacing(Path(folder) / "figures" / f"{plot.name}.{extension}") as temporary:
            temporary.write_bytes(content)
    kind = min(files, key=lambda extension: len(files[extension]))
    width, height = (round(inches * PIXELS_PER_INCH) for inches in plot.figure.get_size_inches())
    image = _image(files[kind], "svg+xml" if kind == "svg" else "png", plot.alt, width, height)
    source = f"{_file_link(plot.table)}, drawn by <code>{escape(plot.function)}</code>"
    return HTML(_figure(image, plot.caption, source))


def picture(path: str | Path, folder: str | Path, alt: str, caption: str) -> HTML:
    """A PNG of the results as it is, on the page."""
    content = Path(path).read_bytes()
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))  # PNG's header
    source = _file_link(Path(path).relative_to(folder).as_posix())
    return HTML(_figure(_image(content, "png", alt, width // 2, height // 2), caption, source))


def table(table: Table | None) -> HTML | None:
    """A table with its caption; columns of numbers are set right."""
    if table is None:
        return None
    cells = table.cells.drop(columns=table.group or [])
    kinds = [_kind(cells[column], column in table.names) for column in cells]
    head = "".join(
        f'<th scope="col"{kind}>{_words(str(column))}</th>'
        for column, kind in zip(cells, kinds, strict=True)
    )
    groups = table.cells[table.group] if table.group else [""] * len(cells)
    bodies: list[str] = []
    previous = None
    for group, row in zip(groups, cells.itertuples(index=False), strict=True):
        if group != previous:
            heading = (
                f'<tr><th colspan="{len(kinds)}" scope="rowgroup">{_words(group)}</th></tr>'
                if table.group
                else ""
            )
            bodies.append(heading)
            previous = group
        first, *others = row
        bodies[-1] += f'<tr><th scope="row">{_words(first)}</th>' + "".join(
            f"<td{kind}>{_cell(cell)}</td>" for cell, kind in zip(others, kinds[1:], strict=True)
        )
        bodies[-1] += "</tr>"
    source = f' <span class="source">{_file_link(table.source)}</span>' if table.source else ""
    label = escape(table.caption.partition(".")[0], quote=True)
    return HTML(
        f'<div class="table" role="region" tabindex="0" aria-label="Table: {label}"><table>'
        f"<caption><span>{_words(table.caption)}{source}</span></caption>"
        f"<thead><tr>{head}</tr></thead>"
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
    if not names and all(NUMBER.fullmatch(cell) for cell in cells):
        return ' class="number"'
    return ' class="long"' if max(map(len, cells), default=0) > LONG else ""


def _file_link(name: str) -> str:
    """A link to a file beside the page; the bare name where it stands for several files."""
    if "<" in name:
        return f"<code>{escape(name)}</code>"
    return f'<a href="{escape(name, quote=True)}">{escape(name)}</a>'


def _image(content: bytes, kind: str, alt: str, width: int, height: int) -> str:
    data = base64.b64encode(content).decode("ascii")
    return (
        f'<img src="data:image/{kind};base64,{data}" alt="{escape(alt, quote=True)}"'
        f' width="{width}" height="{height}">'
    )


def _figure(image: str, caption: str, source: str) -> str:
    return (
        f'<figure>{image}<figcaption>{_words(caption)} <span class="source">{source}</span>'
        "</figcaption></figure>"
    )
