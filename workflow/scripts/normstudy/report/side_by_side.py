"""Studies side by side on one page: what differs in their configs, their tables, their curves."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

import pandas as pd

from .figures.curves import accuracy, loss
from .page import Pieces
from .study import Study
from .tables.results import comparison, verdicts
from .tables.table import ABSENT, Table


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
    page = Pieces(template)
    parts = {
        "Summary": lambda study: page.table(_unlinked(comparison(study))),
        "Accuracy": lambda study: page.drawn(accuracy(study.curves, study.labels)),
        "Loss": lambda study: page.drawn(loss(study.curves, study.labels)),
        "Verdicts": lambda study: page.table(_unlinked(verdicts(study))),
    }
    title = " and ".join(study.folder.as_posix() for study in studies)
    body = f"<h1>{escape(title)}, side by side</h1><h2>Config</h2>"
    differing = differences(studies)
    made = None if differing.cells.empty else page.table(differing)
    body += made.data if made else "<p>The configs are the same.</p>"
    for heading, part in parts.items():
        body += f'<h2>{heading}</h2><div class="beside">'
        for study in studies:
            content = part(study)
            said = content.data if content else "<p>None in this study.</p>"
            body += f"<section><h3>{escape(study.folder.as_posix())}</h3>{said}</section>"
        body += "</div>"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}{LAYOUT}</style></head>"
        f"<body><main>{body}</main></body></html>\n"
    )


def _unlinked(table: Table | None) -> Table | None:
    """The table without the link to its file, which lies in another folder than this page."""
    return table and replace(table, source="")


LAYOUT = """
main { max-width: none; padding: 1rem; }
.beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); gap: 2rem; }
.beside > section { min-width: 0; }
.beside img { max-width: 100%; height: auto; }
"""  # noqa: E501
