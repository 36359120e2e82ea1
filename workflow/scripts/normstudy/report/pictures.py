"""Pictures as small files: images of the data, and matplotlib's drawings."""

import io
import re
from functools import cache

import numpy as np
from PIL import Image


def bitmap(pixels: np.ndarray) -> bytes:
    """A PNG of grey pixels, uint8 (height, width)."""
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG", optimize=True)
    return content.getvalue()


# What nobody sees or refers to: remarks, and ids that matplotlib numbers.
_UNSEEN = re.compile(rb"<metadata>.*?</metadata>|<!--.*?-->| id=\"[a-z0-9.]+_\d+\"", re.DOTALL)
_LONG_NUMBER = re.compile(rb"(?<!scale\()-?\d+\.\d{3,}")  # but for the scale of glyphs
_PATH = re.compile(rb"(?<= d=\")[^\"]+")
_AROUND_COMMAND = re.compile(rb"\s*([MLQCz])\s*")
_GLYPH = re.compile(rb" d=\"([^\"]+)\" transform=\"scale\(0\.015625\)\"")
_COARSER = 16  # a glyph's grid than matplotlib's: 1/40 of a point in letters of 10 points
_MARKERS = re.compile(rb"<g([^>]*)>((?:<use [^>]* style=\"([^\"]*)\"/>)+)</g>")
_LETTER = re.compile(rb'<use xlink:href="(#g[^"]+)"(?: transform="translate\((\S+) 0\)")?/>')
_COORDINATES = {b"M": 2, b"L": 2, b"Q": 4, b"C": 6}  # that follow a path's command


def brief(svg: bytes) -> bytes:
    """An SVG of matplotlib's that looks the same in half the bytes.

    Coordinates are hundredths of a point, outlines of letters relative and on a coarser grid;
    the markers of a line have their style in common.
    """
    svg = _UNSEEN.sub(b"", svg)
    svg = _GLYPH.sub(lambda found: b' d="%b" transform="scale(.25)"' % _glyph(found[1]), svg)
    svg = _LONG_NUMBER.sub(lambda found: (b"%.2f" % float(found[0])).rstrip(b"0").rstrip(b"."), svg)
    svg = _PATH.sub(lambda found: _AROUND_COMMAND.sub(rb"\1", found[0]), svg)
    svg = re.sub(rb">\s+<", b"><", svg).replace(b"DejaVuSans-", b"g").replace(b" />", b"/>")
    svg = _LETTER.sub(_letter, svg)
    return _MARKERS.sub(_style_in_common, svg)


@cache
def _glyph(path: bytes) -> bytes:
    """The outline of a glyph with relative coordinates, in steps of _COARSER."""
    words, command = [], b""
    here = start = (0, 0)
    numbers: list[int] = []
    for token in re.findall(rb"[MLQCz]|-?[\d.]+", path):
        if token == b"z":
            words.append(b"z")
            here = start
        elif token.isalpha():
            command = token
        else:
            numbers.append(round(float(token) / _COARSER))
            if len(numbers) < _COORDINATES[command]:
                continue
            if command == b"M":  # absolute: an outline starts where it should
                words.append(b"M" + _joined(numbers))
                start = (numbers[0], numbers[1])
            else:
                moved = [value - here[place % 2] for place, value in enumerate(numbers)]
                words.append(command.lower() + _joined(moved))
            here, numbers = (numbers[-2], numbers[-1]), []
    return b"".join(words)


def _joined(numbers: list[int]) -> bytes:
    """Numbers with blanks where no minus parts them."""
    return b" ".join(b"%d" % number for number in numbers).replace(b" -", b"-")


def _letter(found: re.Match) -> bytes:
    """A letter at its place in a line of text, in hundredths of the text's size."""
    place = b' x="%.1f"' % float(found[2]) if found[2] else b""
    return b'<use href="%b"%b/>' % (found[1], place)


def _style_in_common(found: re.Match) -> bytes:
    attributes, uses, style = found[1], found[2], b' style="%b"' % found[3]
    if b"style=" in attributes or uses.count(style) < uses.count(b"<use "):
        return found[0]
    return b"<g%b%b>%b</g>" % (attributes, style, uses.replace(style, b""))
