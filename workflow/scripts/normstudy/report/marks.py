"""What a drawn line or point stands for, written into the figure's SVG.

Each point carries its value as a `<title>`, which browsers show where the pointer rests, and each
line, band and label says which series it belongs to (`data-series`). The page's script reads both:
it tells values on hover, focus and touch, and switches series off.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence

from matplotlib.artist import Artist
from matplotlib.figure import Figure

SVG = "http://www.w3.org/2000/svg"
for _prefix, _address in (("", SVG), ("xlink", "http://www.w3.org/1999/xlink")):
    ET.register_namespace(_prefix, _address)


def mark(
    artists: Artist | Iterable[Artist], series: str | Sequence[str], values: Sequence[str] = ()
) -> None:
    """Say what one or several artists stand for.

    Args:
        artists: what matplotlib's drawing functions return.
        series: the names that a reader knows it by, such as ("Group Normalization", "test"):
            it is hidden when one of them is switched off.
        values: of a line with markers, what to tell of each of its points.
    """
    names = (series,) if isinstance(series, str) else tuple(series)
    for artist in (artists,) if isinstance(artists, Artist) else artists:
        artist.normstudy_mark = (names, tuple(values))


def annotated(svg: bytes, figure: Figure) -> bytes:
    """A figure's SVG with the marks of its artists, found by the ids that `named` gave them.

    Raises:
        ValueError: a line has not as many points as values.
    """
    marked = _marked(figure)
    if not marked:
        return svg
    root = ET.fromstring(svg)
    for element in root.iter():
        artist = marked.get(element.get("id", ""))
        if artist is None:
            continue
        names, values = artist.normstudy_mark
        del element.attrib["id"]
        element.set("data-series", "\n".join(names))
        if values:
            points = element.findall(f".//{{{SVG}}}use")
            for point, value in zip(points, values, strict=True):
                ET.SubElement(point, f"{{{SVG}}}title").text = value
    return ET.tostring(root, encoding="utf-8", xml_declaration=True).replace(b" />", b"/>")


def named(figure: Figure) -> Figure:
    """The figure, its marked artists with ids for their place in the SVG."""
    for name, artist in _marked(figure).items():
        artist.set_gid(name)
    return figure


def _marked(figure: Figure) -> dict[str, Artist]:
    found = figure.findobj(lambda artist: hasattr(artist, "normstudy_mark"))
    return {f"mark-{number}": artist for number, artist in enumerate(found)}
