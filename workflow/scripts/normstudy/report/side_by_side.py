"""Studies side by side on one page: verdicts, results, what differs in their configs, curves."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from ..evaluation import pictures
from .display import alt_text
from .figures.plot import WIDTH, series_styles
from .marks import svg
from .page import Page
from .study import Study
from .tables.results import spreads
from .tables.table import ABSENT, Table
from .tables.verdicts import MARKS
from .text.amounts import says
from .text.wording import plain, span

# What is measured -> the metric, its digits
MEASURED = (
    ("Test accuracy, %", "test_accuracy", 2),
    ("Test loss, nats per image", "test_loss", 4),
)


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
        folder: [one.get(key, ABSENT) for key in differing]
        for folder, one in zip(_folders(studies), settings, strict=True)
    }
    return Table(pd.DataFrame(cells), "What differs in the configs.", names=tuple(cells))


def outcomes(studies: Sequence[Study]) -> Table | None:
    """Every claim's verdict in each study; None without claims."""
    claims: dict[str, dict[str, str]] = {}
    for study in studies:
        sentences = says(study.config)
        for row in study.claims.itertuples():
            said = claims.setdefault(sentences[row.claim], {})
            said[study.folder.as_posix()] = f"{MARKS[row.verdict]} {row.verdict}"
    rows = [{"Claim": claim} | said for claim, said in claims.items()]
    cells = pd.DataFrame(rows).reindex(columns=["Claim", *_folders(studies)]).fillna(ABSENT)
    return Table(cells, "The verdict on each claim.") if rows else None


def results(studies: Sequence[Study]) -> Table:
    """Every model's test accuracy and loss in each study."""
    cells = {}
    for name, metric, digits in MEASURED:
        for study in studies:
            spread = spreads(study, metric, digits)
            cells[name, study.folder.as_posix()] = dict(
                zip(study.labels.values(), spread, strict=True)
            )
    table = pd.DataFrame(cells).fillna(ABSENT).rename_axis("Model").reset_index()
    counts = [f"{span(study.seed_counts)} in {study.folder.as_posix()}" for study in studies]
    caption = f"Mean after the last epoch, ± standard deviation over seeds: {', '.join(counts)}."
    return Table(table, caption, sortable=True)


def _folders(studies: Sequence[Study]) -> list[str]:
    return [study.folder.as_posix() for study in studies]


def side_by_side(studies: Sequence[Study], template: str | Path) -> str:
    """A self-contained HTML page about the studies: verdicts, results, configs, curves.

    Args:
        studies: two or more, in the order in which they are shown.
        template: the folder of the report's templates.
    """
    page, folders, differing = Page(template), _folders(studies), differences(studies)
    shown = {
        "Claims": page.table(outcomes(studies)),
        "Results": page.table(results(studies)),
        "Config": page.text("The configs are the same.")
        if differing.cells.empty
        else page.table(differing),
    }
    return page.document(
        "compare",
        title=" and ".join(folders),
        tables={name: Markup(piece.data) for name, piece in shown.items() if piece},
        curves={
            name: {
                folder: _curves(study, metric, name, digits, f"{metric}-{number}")
                for number, (folder, study) in enumerate(zip(folders, studies, strict=True))
            }
            for name, metric, digits in MEASURED
        },
    )


@pictures.style()
def _curves(study: Study, metric: str, name: str, digits: int, drawing: str) -> str:
    """A metric's mean over the seeds of each variant, by epoch, as a drawing of that name."""
    figure = Figure(figsize=(WIDTH, 4), layout="constrained")
    axes = figure.subplots()
    axes.set(xlabel="epoch", ylabel=name)
    axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    axes.fmt_ydata = f"{{:.{digits}f}}".format
    table = study.curves[study.curves["metric"] == metric]
    for variant, look in series_styles(study.labels).items():
        curve, label = table[table["variant"] == variant], plain(study.labels[variant])
        style = {"color": look.colour, "marker": look.marker}
        axes.plot(curve["epoch"], curve["mean"], label=label, **style)
    axes.legend()
    return svg(figure, drawing, alt_text(figure))
