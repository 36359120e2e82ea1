"""How a notebook shows figures: a picture with alt text for every viewer, a drawing for the page.

Notebook viewers read the standard forms, PNG and HTML. The page reads the form of its own type:
an SVG whose points tell their values and whose lines can be switched off.
"""

import re
from base64 import b64encode
from html import escape
from itertools import count
from pathlib import Path

from IPython.core.getipython import get_ipython
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..evaluation.pictures import png, use_style
from .figures.plot import Plot
from .marks import svg
from .page import PAGE

DPI = 150
PIXELS = 100  # per inch, of a figure in a viewer
SLIDE = 1080  # pixels, the height of a slide of 16:9
LOW = 4.05  # inches, of a slide whose type of 10 points has the size of 18.5 on a screen of 13.3
_numbers = count(1)
_slides: list[Path] = []  # the folder, if slides are asked for


def show(*pieces: object) -> None:
    """Display each that is not None."""
    for piece in pieces:
        if piece is not None:
            display(piece)


def use_report_style(slides: str | Path | None = None) -> None:
    """Have a notebook draw in the report's style, with alt text, and with drawings for the page.

    The page knows a figure by its name: `plt.subplots(num="test_loss")`.

    Args:
        slides: a folder, to save every figure that is shown for a lecture, too.
    """
    _slides[:] = [Path(slides)] if slides else []
    shell = get_ipython()
    if shell is not None and shell.display_formatter is not None:
        shell.run_line_magic("matplotlib", "inline")
        for formatter in shell.display_formatter.formatters.values():
            formatter.pop(Figure, None)  # the magic's, which would win over ours
        bundles = shell.display_formatter.mimebundle_formatter
        bundles.for_type(Figure, figure_bundle)
        bundles.for_type(Plot, plot_bundle)
    use_style()  # the last: the magic changes the style


def plot_bundle(plot: Plot, include=None, exclude=None) -> tuple[dict, dict]:
    """A plot of the package as `figure_bundle` gives it, with its own alt text and caption."""
    about = {"name": plot.name, "alt": plot.alt, "caption": plot.caption, "table": plot.table}
    return figure_bundle(plot.figure, **about)


def figure_bundle(figure: Figure, include=None, exclude=None, **about) -> tuple[dict, dict]:
    """A figure's forms and their metadata, by MIME type.

    Args:
        figure: drawn by anyone.
        about: name, alt, caption and table, where they are known.
    """
    name = re.sub(r"\W+", "-", str(figure.get_label())) or f"drawing-{next(_numbers)}"
    about = {"name": name, "alt": alt_text(figure), "caption": "", "table": "", **about}
    if engine := figure.get_layout_engine():  # once, not again for each form
        engine.execute(figure)
        figure.set_layout_engine(None)  # "none" would have it drawn twice for each form
    picture = b64encode(png(figure, DPI)).decode("ascii")
    width = round(PIXELS * figure.get_figwidth())
    html = (
        f'<img src="data:image/png;base64,{picture}" alt="{escape(about["alt"])}" width="{width}">'
    )
    if about["caption"]:
        html += f"<p>{escape(about['caption'])}</p>"
    forms = {
        PAGE: svg(figure, about["name"], about["alt"]),
        "text/html": html,  # before PNG for viewers that know both: it has the alt text
        "image/png": picture,
        "text/plain": about["alt"],
    }
    for folder in _slides:
        save_slide(figure, folder, about["name"], about["alt"])
    return forms, {PAGE: about, "image/png": {"alt": about["alt"], "width": width}}


def save_slide(figure: Figure, folder: Path, name: str, alt: str = "") -> None:
    """Save a figure as <folder>/<name>.png and .svg: 16:9, large type, transparent.

    Its lines have less height than on the page; what is too tall for that keeps more, in smaller
    type.
    """
    width, tall = figure.get_size_inches()
    height = LOW if tall < 1.4 * LOW else 0.8 * tall
    figure.set_size_inches(height * 16 / 9, height)
    figure.set_layout_engine("constrained")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.png").write_bytes(png(figure, SLIDE / height, transparent=True))
    drawing = svg(figure, name, alt, transparent=True)
    (folder / f"{name}.svg").write_text(drawing, encoding="utf-8")
    figure.set_size_inches(width, tall)


def alt_text(figure: Figure) -> str:
    """What a figure shows in words: titles, axes, and each named line's first and last value."""
    parts = [figure.get_suptitle(), figure.get_supylabel(), *map(_panel, figure.axes)]
    return " ".join(f"{part.rstrip('.')}." for part in parts if part).replace("\n", ", ")


def _panel(axes: Axes) -> str:
    """What one panel shows."""
    words = axes.get_title(loc="left") or axes.get_title()
    lines = []
    for line in axes.lines:
        values = line.get_ydata()
        if len(values) and not line.get_label().startswith("_"):
            first, last = (
                axes.fmt_ydata(v) if axes.fmt_ydata else f"{v:.4g}" for v in (values[0], values[-1])
            )
            course = f"{last} (from {first})" if len(values) > 1 else last
            lines.append(f"{line.get_label()} {course}")
    if not lines:
        return words
    axis = " by ".join(filter(None, (axes.get_ylabel(), axes.get_xlabel())))
    course = ": ".join(filter(None, (axis, ", ".join(lines))))
    return ". ".join(filter(None, (words, course)))
