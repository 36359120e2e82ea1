"""A figure as SVG that tells what its lines and points stand for.

Each point carries its value as a `<title>`, which browsers show where the pointer rests, and each
line and band says which series it belongs to (`data-series`). The page's script reads both: it
tells values on hover, focus and touch, and switches series off.

A line with a legend entry needs nothing: its label is its series, its points tell their x and y.
A band, or a line's copy in an inset, belongs to the series that its `gid` names. `mark` says
anything else.
"""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..evaluation.pictures import style

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
LONG = re.compile(r"-?\d+\.\d{3,}")  # a number
ALONG = re.compile(r"translate\(([\d.]+) 0\)")  # from a glyph to the next, of 1/6400 of its size
PIXELS = 100 / 72  # on the page, of a point


def mark(
    artists: Artist | Iterable[Artist], series: str | Sequence[str], values: Sequence[str] = ()
) -> None:
    """Say what one or several artists stand for.

    Args:
        artists: what matplotlib's drawing functions return.
        series: the names that a reader knows it by, such as ("Group Normalization", "runs"):
            it is hidden when one of them is switched off.
        values: of a line with markers, what to tell of each of its points.
    """
    names = series if isinstance(series, str) else "\n".join(series)
    for artist in (artists,) if isinstance(artists, Artist) else artists:
        artist.set_gid(names)
        artist.normstudy_values = list(values)


@style()
def svg(figure: Figure, name: str = "figure", alt: str = "", transparent: bool = False) -> str:
    """The figure as an SVG, for a file or for an HTML page as it is.

    Args:
        name: begins its ids, so that those of two figures on a page differ.
        alt: what it shows, for those who do not see it.

    Raises:
        ValueError: a line has not as many points as values.
    """
    marked = {f"mark{n}": (a, a.get_gid()) for n, a in enumerate(figure.findobj(_is_marked))}
    for place, (artist, _) in marked.items():
        artist.set_gid(place)
    content = io.StringIO()
    unsaid = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    colours = {"transparent": True} if transparent else {"facecolor": "white"}
    figure.savefig(content, format="svg", metadata=unsaid, **colours)
    root = ET.fromstring(content.getvalue())
    for element in root.iter():
        element.tail = None  # matplotlib's indentation
        if len(element):
            element.text = None
        artist, names = marked.get(element.get("id", ""), (None, None))
        if artist is not None:
            artist.set_gid(names)
            element.set("data-series", names or artist.get_label())
            if isinstance(artist, Line2D):
                _tell(element, artist, figure)
    _shorten(root, name)
    for rules in root.findall(f"{{{SVG}}}defs[{{{SVG}}}style]"):
        root.remove(rules)  # on a page it would be everybody's
    width, height = (round(72 * inches * PIXELS) for inches in figure.get_size_inches())
    root.attrib |= {"width": f"{width}", "height": f"{height}", "role": "img", "aria-label": alt}
    root.set("style", "stroke-linejoin: round; stroke-linecap: butt")
    # Only one format at a time is without a prefix: whoever writes XML says which.
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", XLINK)
    return ET.tostring(root, encoding="unicode")


def _is_marked(artist: Artist) -> bool:
    """Whether it has a gid or is a line that a legend names."""
    if artist.get_gid() or not isinstance(artist, Line2D) or artist.axes is None:
        return bool(artist.get_gid())
    named = not artist.get_label().startswith("_")
    return named and artist in artist.axes.lines and len(artist.get_xdata()) > 0


def _tell(element: ET.Element, line: Line2D, figure: Figure) -> None:
    """Give each marker inside the axes its value as a title."""
    values = getattr(line, "normstudy_values", None)
    points = line.get_transform().transform(line.get_xydata())
    if values is None:
        values = [_told(line, figure, *point) for point in line.get_xydata()]
    if values and len(values) != len(points):
        raise ValueError(f"{line}: {len(values)} values for {len(points)} points")
    size = 72 / figure.dpi
    inside = line.axes.bbox.padded(2)
    for drawn in element.findall(f".//{{{SVG}}}use") if values else ():
        x, y = (float(drawn.get(name, 0)) / size for name in "xy")
        here = x, figure.bbox.height - y
        if inside.contains(*here):
            nearest = np.nanargmin(np.hypot(*(points - here).T))
            ET.SubElement(drawn, f"{{{SVG}}}title").text = values[nearest]


def _told(line: Line2D, figure: Figure, x: float, y: float) -> str:
    """What a point says if nobody says otherwise: its line, its x and its y."""
    axes = line.axes
    name = line.get_gid() if line.get_label().startswith("_") else line.get_label()
    panels = (axes, *figure.axes)  # an inset has no name of its x, nor a panel above another
    at = next((panel.get_xlabel() for panel in panels if panel.get_xlabel()), "x")
    return f"{name}, {at} {x:g}: {axes.fmt_ydata(y) if axes.fmt_ydata else f'{y:.4g}'}"


def _shorten(root: ET.Element, name: str) -> None:
    """Make ids short and the figure's own, numbers of two decimals: half the bytes."""
    parents = {child: parent for parent in root.iter() for child in parent}
    referred = [e.get("id") for e in root.iter() if e.get("id") and e.tag != f"{{{SVG}}}g"]
    ids = {found: f"{name}-{number}" for number, found in enumerate(dict.fromkeys(referred))}
    for element in root.iter():
        for key, value in element.attrib.items():
            if key in ("d", "x", "y"):
                element.set(key, LONG.sub(lambda number: f"{float(number[0]):.2f}", value))
            elif key == f"{{{XLINK}}}href" and value.startswith("#"):
                element.set(key, f"#{ids[value[1:]]}")
            elif value.startswith("url(#"):
                element.set(key, f"url(#{ids[value[5:-1]]})")
        if element.get("id"):
            if element.tag == f"{{{SVG}}}g":
                del element.attrib["id"]  # matplotlib's numbers, which nothing refers to
            else:
                element.set("id", ids[element.attrib["id"]])
        if element.tag == f"{{{SVG}}}use":
            if glyph := ALONG.fullmatch(element.get("transform", "")):
                del element.attrib["transform"]
                element.set("x", f"{float(glyph[1]):.0f}")
            elif style := element.attrib.pop("style", ""):  # of every marker of a line
                parents[element].set("style", style)
