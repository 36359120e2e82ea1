"""What every figure of the report shares: its looks, its frame and its words."""

import io
import math
import textwrap
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import matplotlib
import numpy as np
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator, NullFormatter, NullLocator

from .. import marks
from ..pictures import brief

# Okabe & Ito's colours for every kind of colour vision, without the yellow that white swallows.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9", "#E69F00")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h")  # 7 and 11: 77 distinct pairs
GREY = "#595959"
DISTINCT = len(COLOURS)  # variants that one panel can tell apart
WIDTH = 7.2  # inches, of a figure on a screen or on paper
NARROW = 3.6  # of its drawing for phones, in which the text keeps its size

STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e3e3e3",
    "grid.linewidth": 0.7,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.linewidth": 1.6,
    "lines.markersize": 4.5,
    "text.parse_math": False,  # a dollar sign in a label is a dollar sign
    "svg.fonttype": "path",  # glyphs as outlines: the same picture whatever fonts the reader has
    "svg.hashsalt": "normstudy",  # the same ids, hence the same bytes, each time
}


@dataclass(frozen=True)
class Plot:
    """A figure with what must go with it: a file name, alt text and a caption."""

    name: str  # of its files, without extension
    draw: Callable[[float], Figure]  # the figure at a width in inches: WIDTH or NARROW
    alt: str  # the numbers shown, in a sentence or two
    caption: str
    table: str  # the file that it shows, relative to the results folder
    function: str  # what drew it, as <module>.<function> of normstudy.report
    # Of a figure that shows images: their names, with uint8 (height, width). The page has them
    # as they are, in any width and on dark paper, instead of the drawing.
    pictures: tuple[tuple[str, np.ndarray], ...] = ()

    @cached_property
    def figure(self) -> Figure:
        """The figure for a screen or paper."""
        return self._drawn(WIDTH)

    @cached_property
    def narrow(self) -> Figure:
        """The figure for a phone: the same content in half the width."""
        return self._drawn(NARROW)

    def _drawn(self, width: float) -> Figure:
        """The figure with its parts in their places: laid out once, not for each file again."""
        with style():
            figure = self.draw(width)
            if layout := figure.get_layout_engine():
                layout.execute(figure)
            figure.set_layout_engine(None)
        return figure


@dataclass(frozen=True)
class Look:
    """How a variant is drawn wherever it appears."""

    colour: str
    marker: str


def looks(variants: Iterable[str]) -> dict[str, Look]:
    """variant → its look, by the order of the variants: the same in every figure."""
    return {
        variant: Look(COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)])
        for i, variant in enumerate(variants)
    }


def plain(text: str, width: int | None = None) -> str:
    """A user's string as matplotlib text: a leading underscore would hide it from a legend.

    Wrapped to lines of `width` characters if given.
    """
    text = textwrap.fill(text, width) if width else text
    return f" {text}" if text.startswith("_") else text


def text_width(text: str, size: float) -> float:
    """Inches that the widest line of a text of `size` points takes."""
    font = FontProperties(family=STYLE["font.family"], size=size)
    lines = text.split("\n")
    return max(text_to_path.get_text_width_height_descent(s, font, False)[0] for s in lines) / 72


def wrapped(text: str, inches: float, size: float) -> str:
    """A user's string as `plain` makes it, in lines that are no wider than `inches`."""
    characters = max(1, int(len(text) * min(1, 1.2 * inches / text_width(text, size))))
    while characters > 1 and text_width(plain(text, characters), size) > inches:
        characters -= 1
    return plain(text, characters)


@contextmanager
def style():
    """The report's style, for making and for saving figures."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # whatever a reader's matplotlibrc says, the picture is the same
        matplotlib.rcParams.update(STYLE)
        yield


def rendered(figure: Figure, extension: str, dots: int = 200) -> bytes:
    """The figure as the bytes of a "png" (of so many dots an inch) or "svg" file.

    The bytes name neither date nor software: the same figure gives the same file. An SVG holds
    the values and the names of what was marked (`marks.mark`).
    """
    buffer = io.BytesIO()
    metadata = {"Software": None} if extension == "png" else {"Date": None, "Creator": None}
    with style():
        marks.named(figure).savefig(
            buffer, format=extension, dpi=dots, metadata=metadata, facecolor="white"
        )
    content = buffer.getvalue()
    return marks.annotated(brief(content), figure) if extension == "svg" else content


def place_ticks(
    axis, low: float, high: float, candidates: Iterable[float], position=float, apart: float = 0.085
) -> None:
    """Ticks at round values between `low` and `high` on a stretched axis, without crowding.

    Args:
        axis: a matplotlib axis (ax.xaxis or ax.yaxis).
        low, high: the values the axis spans.
        candidates: the round values, the most wanted first.
        position: value → place along the axis, in any unit.
        apart: of the axis, the least that lies between two ticks.
    """
    span = abs(position(high) - position(low))
    chosen: list[float] = []
    for value in candidates:
        if low <= value <= high and all(
            abs(position(value) - position(other)) > apart * span for other in chosen
        ):
            chosen.append(value)
    digits = None
    if len(chosen) < 3:
        linear = MaxNLocator(nbins=6, steps=[1, 2, 5, 10]).tick_values(low, high)
        digits = max(0, -math.floor(math.log10(max(linear[1] - linear[0], 1e-6)) + 1e-9))
        chosen = [value for value in linear if low <= value <= high] or [low]
    chosen = sorted(float(value) for value in chosen)
    words = [f"{round(v, 6):g}" if digits is None else f"{v:.{digits}f}" for v in chosen]
    axis.set_major_locator(FixedLocator(chosen))
    axis.set_major_formatter(FixedFormatter(words))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())


def title(figure: Figure, words: str, width: float) -> None:
    """The figure's title, over as many lines as its width calls for."""
    figure.suptitle(
        words if "\n" in words else plain(words, round(10 * width)),
        x=0.01,
        ha="left",
        fontsize=12,
        fontweight="bold",
    )


def ink(colour: str, contrast: float = 4.5) -> str:
    """The colour, darkened until text in it can be read on white (WCAG's contrast of 4.5)."""
    rgb = np.array(to_rgb(colour))
    while 1.05 / (_luminance(rgb) + 0.05) < contrast:
        rgb = rgb * 0.97
    return to_hex(rgb)


def _luminance(rgb: np.ndarray) -> float:
    """Relative luminance of an sRGB colour, 0 to 1 (WCAG 2.2)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def light(colour: str) -> str:
    """A tint of the colour, for what stands in the background."""
    return to_hex(1 - 0.5 * (1 - np.array(to_rgb(colour))))


def spread_out(
    wanted: Sequence[float], sizes: Sequence[float], low: float = 0, high: float = 1
) -> list[float]:
    """Places for labels along a line, as near to the wanted ones as they go without overlapping.

    The least squares solution: isotonic regression, by pooling neighbours that are too close.

    Args:
        wanted: where each label's middle would best be.
        sizes: how much room each takes, in the same unit.
        low, high: what they all have to stay between, if they fit.
    """
    if not len(wanted):
        return []
    order = np.argsort(wanted, kind="stable")
    room = np.asarray(sizes, float)[order]
    offsets = np.concatenate([[0], np.cumsum((room[:-1] + room[1:]) / 2)])
    pools: list[tuple[float, int]] = []  # mean, how many labels
    for target in np.asarray(wanted, float)[order] - offsets:
        pools.append((target, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, m), (b, n) = pools[-2:]
            pools[-2:] = [((m * a + n * b) / (m + n), m + n)]
    placed = np.concatenate([np.full(n, mean) for mean, n in pools])
    placed = np.clip(placed, low + room[0] / 2, high - room[-1] / 2 - offsets[-1]) + offsets
    places = np.empty(len(order))
    places[order] = placed
    return places.tolist()


def name_rows(axes, names: Iterable[str], width: float) -> None:
    """Name the rows 0, 1, … of a chart: at its left or, where it is narrow, above each row."""
    names = list(names)
    narrow = width < WIDTH
    axes.set_ylim(len(names) - 0.45, -0.95 if narrow else -0.55)  # the first on top
    axes.grid(axis="y", visible=False)
    if not narrow:
        axes.set_yticks(range(len(names)), [plain(name, 32) for name in names])
        return
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    for row, name in enumerate(names):
        axes.text(0, row - 0.36, plain(name, 44), transform=axes.get_yaxis_transform(), va="bottom")


def epoch_axis(axis, epochs: int, most: int = 20, first: int = 1) -> None:
    """An x axis of whole epochs from `first` on, with about `most` ticks at most."""
    if first > 1:
        axis.set_xlim(first - 0.3, epochs + 0.3)
        axis.set_xticks(range(first, epochs + 1))
        axis.set_xlabel("epoch")
        return
    step = next(
        s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000) if epochs / s <= most
    )
    ticks = [1, *(m for m in range(step, epochs + 1, step) if m - 1 > step / 2)]
    margin = max(0.3, 0.015 * epochs)
    axis.set_xlim(1 - margin, epochs + margin)
    axis.set_xticks(ticks, [str(tick) for tick in ticks])
    axis.set_xlabel("epoch")
