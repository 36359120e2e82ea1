"""Published studies as pages: docs/<study>.md, whose tables and pictures are made of its runs.

The README shows what came out, if it has a place for that.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import yaml

from ..config.check import check, load_schema
from ..errors import StudyError
from ..records.files import replacing
from ..records.read_tables import read_table
from ..records.tables import LABEL_ISSUES, REFERENCE_RUN
from ..report.figures.groups import accuracy_against_groups
from ..report.figures.plot import Plot, rendered
from ..report.figures.varied import accuracy_against_batch_size, accuracy_against_learning_rate
from ..report.figures.verdicts import forests
from ..report.study import Study
from ..report.text.claims import claims_in_brief
from ..report.text.method import looks
from ..report.text.verdicts import judgement, verdict_table
from ..report.text.wording import fixed, listing
from .judge import judged_study
from .store import Evidence, read

BEGIN, END = "<!-- made by `make evidence`: do not edit -->", "<!-- end -->"
README_BEGIN = "<!-- {name}, made by `make evidence`: do not edit -->"
LEFT_OUT = ["P(A\u00a0>\u00a0B)", "seeds reversed", "sign-flip p"]  # of the report's table
# Column → metric and digits
MEANS = {
    "test accuracy, %": ("test_accuracy", 3),
    "train accuracy, running, %": ("train_accuracy", 3),
    "train accuracy, evaluated, %": ("train_accuracy_evaluated", 3),
    "running train − test, points": ("gap", 3),
}


def study_config(project: Path, name: str) -> dict:
    """The config of workflow/studies/<name>.yaml over config.yaml, checked.

    Raises:
        StudyError: there is no such study.
    """
    workflow = project / "workflow"
    study = workflow / "studies" / f"{name}.yaml"
    if not study.exists():
        raise StudyError(f"{study} does not exist: a published study has its config there")
    config = yaml.safe_load((project / "config.yaml").read_text(encoding="utf-8"))
    overlay = yaml.safe_load(study.read_text(encoding="utf-8"))
    return check(_updated(config, overlay), load_schema(workflow / "schemas/config.schema.yaml"))


def _updated(config: dict, overlay: dict) -> dict:
    """`config` with the values of `overlay`, dictionaries merged key by key, as Snakemake does."""
    merged = dict(config)
    for key, value in overlay.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _updated(merged[key], value) if both else value
    return merged


def published_study(project: Path, name: str, evidence: Evidence, date: str = "") -> Study:
    """A study's evidence, judged by the code and the config of today.

    Args:
        date: of the looks that are taken now.

    Raises:
        StudyError: it has no config in workflow/studies, or one for other runs.
    """
    resources = project / "workflow" / "resources"
    return judged_study(
        evidence,
        study_config(project, name),
        read_table(resources / "mnist_reference_run.csv", REFERENCE_RUN),
        read_table(resources / "mnist_label_issues.csv", LABEL_ISSUES),
        date,
    )


def pictures(study: Study) -> Iterator[Plot]:
    """The figures of a published study, the forest of its claims first."""
    yield from forests(study.differences, study.comparisons, study.config)
    found = (
        accuracy_against_batch_size(study.runs, study.summary, study.config),
        accuracy_against_learning_rate(study.runs, study.summary, study.config),
        accuracy_against_groups(study),
    )
    yield from filter(None, found)


def page_block(study: Study, name: str) -> str:
    """The part of docs/<name>.md that is made of the runs."""
    parts = [_runs(study), _table(_means(study))]
    if len(study.comparisons):
        parts.append(f"**{judgement(study.claims, study.config)}**")
        table = verdict_table(study.comparisons, study.claims, study.config)
        previous = table["claim"].shift()
        table["claim"] = table["claim"].where(table["claim"] != previous, "")
        parts.append(_table(table.drop(columns=LEFT_OUT, errors="ignore")))
    parts += [
        f"![{plot.alt}]({name}-{plot.name}.svg)\n\n{plot.caption}" for plot in pictures(study)
    ]
    return "\n\n".join(parts)


def _runs(study: Study) -> str:
    """Which runs they are, and where they were trained."""
    runs = study.provenance.runs
    counts = Counter(run.variant for run in runs)
    seeds = sorted(set(counts.values()))
    many = str(seeds[0]) if len(seeds) == 1 else f"{seeds[0]} to {seeds[-1]}"
    epochs = sorted({study.recipes[variant]["epochs"] for variant in counts})
    processors = Counter(run.processor.partition(",")[0] for run in runs)
    places = [f"{name} ({count} runs)" for name, count in processors.most_common()]
    torch = listing(sorted({run.torch.partition("+")[0] for run in runs}))
    text = (
        f"{len(runs)} runs: {many} seeds of {len(counts)} variants,"
        f" {' or '.join(map(str, epochs))} epochs each, trained on {listing(places)} with PyTorch"
        f" {torch}."
    )
    return " ".join([text, *looks(study)])


def _means(study: Study) -> pd.DataFrame:
    """Mean ± standard deviation of each variant, and the original's test accuracy."""
    rows = []
    for variant, own in study.summary.groupby("variant", sort=False):
        metrics = own.set_index("metric")
        row = {"after the last epoch, mean ± standard deviation over seeds": study.labels[variant]}
        for column, (metric, digits) in MEANS.items():
            found = metrics.loc[metric]
            spread = (fixed(found[part], digits) for part in ("mean", "standard_deviation"))
            row[column] = " ± ".join(spread)
        known = metrics.loc["test_accuracy", "reference"]
        row["original, test accuracy, %"] = "" if pd.isna(known) else f"{known:.2f}"
        rows.append(row)
    table = pd.DataFrame(rows)
    return table.loc[:, (table != "").any()]


def _table(cells: pd.DataFrame) -> str:
    """A Markdown table."""
    rows = [list(cells.columns), ["---"] * cells.shape[1], *cells.values.tolist()]
    escaped = ([str(cell).replace("|", "\\|") for cell in row] for row in rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in escaped)


def readme_block(study: Study, name: str) -> str:
    """The part of README.md that says what a published study found."""
    first = next(pictures(study))
    claims = claims_in_brief(study.comparisons, study.claims, study.config)
    return "\n\n".join(
        [
            f"**{judgement(study.claims, study.config, names=False)}**",
            f"![{first.alt.partition('. ')[0]}](docs/{name}-{first.name}.svg)",
            "\n".join(f"- {claim}" for claim in claims),
        ]
    )


def publish(project: Path, name: str, target: Path) -> list[Path]:
    """Write the pictures of a published study, and its parts of docs/<name>.md and README.md.

    Args:
        project: the project's folder, whose pages are taken as they are around the made parts.
        target: the folder to write docs/ and README.md in; the project's, or another to compare.

    Raises:
        StudyError: docs/<name>.md has no place for the made part.
    """
    evidence = read(project / "docs" / "evidence" / name)
    study, written = published_study(project, name, evidence), []
    for plot in pictures(study):
        written.append(target / "docs" / f"{name}-{plot.name}.svg")
        with replacing(written[-1]) as temporary:
            temporary.write_bytes(rendered(plot.figure, "svg"))
    begin, readme = README_BEGIN.format(name=name), project / "README.md"
    parts = [(project / "docs" / f"{name}.md", BEGIN, page_block)]
    if begin in readme.read_text(encoding="utf-8"):
        parts.append((readme, begin, readme_block))
    for page, start, block in parts:
        written.append(target / page.relative_to(project))
        with replacing(written[-1]) as temporary:
            temporary.write_text(_with_part(page, start, block(study, name)), encoding="utf-8")
    return written


def _with_part(page: Path, begin: str, made: str) -> str:
    """The text of a page, with `made` between `begin` and END."""
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        raise StudyError(f"{page} has no part between {begin} and {END}")
    return f"{before}{begin}\n\n{made}\n\n{END}{after}"
