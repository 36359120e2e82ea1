"""What every figure of the report shares: its looks, its frame and its words."""

from collections.abc import Iterable
from dataclasses import dataclass

from matplotlib.figure import Figure

from ..marks import svg
from ..text.wording import plain

# Okabe & Ito's colours for every kind of colour vision, without the yellow that white swallows.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9", "#E69F00")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h")  # 7 and 11: 77 distinct pairs
GREY = "#595959"
WIDTH = 7.2  # inches, of a figure on a screen or on paper
FAR = 5.0  # points below the best, beyond which a run would flatten the others


@dataclass(frozen=True)
class Plot:
    """A figure with what must go with it: a file name, alt text and a caption."""

    name: str  # of its files, without extension
    figure: Figure
    alt: str  # the numbers shown, in a sentence or two
    caption: str
    table: str  # the file that it shows, relative to the results folder

    def svg(self) -> str:
        """The figure as a drawing that tells its values."""
        return svg(self.figure, self.name, self.alt)


@dataclass(frozen=True)
class SeriesStyle:
    """How a variant is drawn wherever it appears."""

    colour: str
    marker: str


def series_styles(variants: Iterable[str]) -> dict[str, SeriesStyle]:
    """variant → its look, by the order of the variants: the same in every figure."""
    return {
        variant: SeriesStyle(COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)])
        for i, variant in enumerate(variants)
    }


def far_below(accuracies: Iterable[float]) -> float:
    """The accuracy in percent below which a run that failed would flatten the others.

    It is FAR points, or twice the best one's errors if that is more, below the best.
    """
    best = max(accuracies)
    return best - max(FAR, 2 * (100 - best))


def name_rows(axes, names: Iterable[str]) -> None:
    """Name the rows 0, 1, … of a chart at its left, the first on top."""
    names = [plain(name, 32) for name in names]
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.45, -0.55)
    axes.grid(axis="y", visible=False)
