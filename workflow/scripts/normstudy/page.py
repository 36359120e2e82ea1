"""From plots, tables and sentences to the report's HTML. Every string is escaped here."""

import base64
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

from IPython.display import HTML

from .files import replacing
from .plot import Plot, rendered
from .tables import Table

NUMBER = re.compile(r"[+−±]?\d[\d,]*(\.\d+)?( ± [\d.]+)?|–")
PIXELS_PER_INCH = 100  # of a figure on the page


def heading(level: int, words: str) -> HTML:
    """A heading of level 1 to 6."""
    return HTML(f"<h{level}>{escape(words)}</h{level}>")


def text(*paragraphs: str) -> HTML | None:
    """A paragraph for each text that is not empty."""
    return _html("".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs if paragraph))


def items(texts: Iterable[str]) -> HTML | None:
    """A list with a point for each text."""
    points = "".join(f"<li>{escape(one)}</li>" for one in texts if one)
    return _html(points and f"<ul>{points}</ul>")


def findings(pairs: Iterable[tuple[str, str]]) -> HTML | None:
    """Each claim with what was found about it beneath."""
    body = "".join(
        f"<dt>{escape(claim)}</dt><dd>{escape(finding)}</dd>" for claim, finding in pairs
    )
    return _html(body and f'<dl class="claims">{body}</dl>')


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
    numeric = [
        cells[column].map(lambda cell: bool(NUMBER.fullmatch(cell))).all() for column in cells
    ]
    head = "".join(
        f'<th scope="col"{_right(right)}>{escape(str(column))}</th>'
        for column, right in zip(cells, numeric, strict=True)
    )
    groups = table.cells[table.group] if table.group else [""] * len(cells)
    bodies: list[str] = []
    previous = None
    for group, row in zip(groups, cells.itertuples(index=False), strict=True):
        if group != previous:
            heading = (
                f'<tr><th colspan="{len(numeric)}" scope="rowgroup">{escape(group)}</th></tr>'
                if table.group
                else ""
            )
            bodies.append(heading)
            previous = group
        first, *others = row
        bodies[-1] += f'<tr><th scope="row">{escape(first)}</th>' + "".join(
            f"<td{_right(right)}>{escape(cell)}</td>"
            for cell, right in zip(others, numeric[1:], strict=True)
        )
        bodies[-1] += "</tr>"
    source = f' <span class="source">{_file_link(table.source)}</span>' if table.source else ""
    label = escape(table.caption.partition(".")[0], quote=True)
    return HTML(
        f'<div class="table" role="region" tabindex="0" aria-label="Table: {label}"><table>'
        f"<caption>{escape(table.caption)}{source}</caption>"
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


def _right(right: bool) -> str:
    return ' class="number"' if right else ""


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
        f'<figure>{image}<figcaption>{escape(caption)} <span class="source">{source}</span>'
        "</figcaption></figure>"
    )
