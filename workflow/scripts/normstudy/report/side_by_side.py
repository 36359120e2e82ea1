"""Studies side by side on one page: what differs in their configs, their tables, their curves."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from ..evaluation import pictures
from .display import figure_bundle
from .figures.plot import WIDTH, looks, plain
from .page import Page
from .study import Study
from .tables.results import comparison
from .tables.table import ABSENT, Table
from .tables.verdicts import verdicts


def flattened(config: object, key: str = "") -> dict[str, str]:
    """Every setting of a nested config by its dotted key, as text; claims by their id."""
    if isinstance(config, list) and all(isinstance(one, Mapping) and "id" in one for one in config):
        config = {one["id"]: one for one in config}
    if not isinstance(config, Mapping):
        return {key: str(config)}
    return {
        name: value
        for part, below in config.items()
        for name, value in flattened(below, f"{key}.{part}" if key else str(part)).items()
    }


def differences(studies: Sequence[Study]) -> Table:
    """The keys of which the studies' configs differ, with the value of each study."""
    settings = [flattened(study.config) for study in studies]
    keys = dict.fromkeys(key for one in settings for key in one)
    differing = [key for key in keys if len({one.get(key) for one in settings}) > 1]
    cells = {"Key": differing} | {
        study.folder.as_posix(): [one.get(key, ABSENT) for key in differing]
        for study, one in zip(studies, settings, strict=True)
    }
    return Table(pd.DataFrame(cells), "What differs in the configs", names=tuple(cells))


def side_by_side(studies: Sequence[Study], style: str, template: str | Path) -> str:
    """A self-contained HTML page about the studies, each part of one beside that of the others.

    Args:
        studies: two or more, in the order in which they are shown.
        style: the report's style sheet.
        template: the folder of the report's templates.
    """
    page = Page(template)

    def table(made: Table | None) -> str:
        """Without the link to its file, which lies in another folder than this page."""
        shown = page.table(made and replace(made, source=""))
        return shown.data if shown else "<p>None in this study.</p>"

    parts = {
        "Summary": lambda study: table(comparison(study)),
        "Accuracy": lambda study: _curves(study, "test_accuracy", "test accuracy, %", 2),
        "Loss": lambda study: _curves(study, "test_loss", "test loss, nats per image", 4),
        "Verdicts": lambda study: table(verdicts(study)),
    }
    title = " and ".join(study.folder.as_posix() for study in studies)
    body = f"<h1>{escape(title)}, side by side</h1><h2>Config</h2>"
    differing = differences(studies)
    made = None if differing.cells.empty else page.table(differing)
    body += made.data if made else "<p>The configs are the same.</p>"
    for heading, part in parts.items():
        body += f'<h2>{heading}</h2><div class="beside">'
        for study in studies:
            body += f"<section><h3>{escape(study.folder.as_posix())}</h3>{part(study)}</section>"
        body += "</div>"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}{LAYOUT}</style></head>"
        f"<body><main>{body}</main></body></html>\n"
    )


@pictures.style()
def _curves(study: Study, metric: str, name: str, digits: int) -> str:
    """A metric's mean over the seeds of each variant, by epoch, as an image."""
    figure = Figure(figsize=(WIDTH, 4), layout="constrained")
    axes = figure.subplots()
    axes.set(xlabel="epoch", ylabel=name)
    axes.fmt_ydata = f"{{:.{digits}f}}".format
    table = study.curves[study.curves["metric"] == metric]
    for variant, look in looks(study.labels).items():
        curve, label = table[table["variant"] == variant], plain(study.labels[variant])
        style = {"color": look.colour, "marker": look.marker}
        axes.plot(curve["epoch"], curve["mean"], label=label, **style)
    axes.legend()
    return figure_bundle(figure)[0]["text/html"]


LAYOUT = """
main { max-width: none; padding: 1rem; }
.beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); gap: 2rem; }
.beside > section { min-width: 0; }
.beside img { max-width: 100%; height: auto; }
"""  # noqa: E501
