"""Published studies: the parts of docs/*.md and README.md that are made of their runs."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from markupsafe import Markup
from normstudy.errors import StudyError
from normstudy.records.files import replacing
from normstudy.records.tables import PUBLISHED_VERDICTS
from normstudy.report.figures.plot import Plot
from normstudy.report.figures.varied import QUANTITIES, accuracy_against
from normstudy.report.figures.verdicts import forests
from normstudy.report.page import Page
from normstudy.report.study import Study
from normstudy.report.tables.setup import ENGINES
from normstudy.report.tables.verdicts import claims_in_brief, verdict_table
from normstudy.report.text.wording import fixed, listing, numbers, span

from .judged import published_study
from .one_run import chance_of_lead, spread_of_chance
from .plan import plan_sentence
from .store import Evidence, read

BEGIN, END = "<!-- {name}, made by `make evidence`: do not edit -->", "<!-- end -->"
IN_REPORTS = ("claims", "exploratory")  # whose verdicts reports show: the first that is published
FEWEST_SEEDS = 10  # that say what one run can tell
LUCK = (
    "Where the two are alike, the seeds differ by little more than by which of the test images"
    " happen to be missed."
)
# Column → metric and digits
MEANS = {
    "test accuracy, %": ("test_accuracy", 3),
    "train accuracy, running, %": ("train_accuracy", 3),
    "train accuracy, evaluated, %": ("train_accuracy_evaluated", 3),
    "running gap, points": ("gap", 3),
    "test loss, nats": ("test_loss", 4),
}


def pictures(study: Study) -> Iterator[Plot]:
    """The figures of a published study, the forest of its claims first."""
    yield from forests(study.differences, study.comparisons, study.config)
    yield from filter(None, (accuracy_against(study, key) for key in QUANTITIES))


def page_block(study: Study, name: str, evidence: Evidence) -> str:
    """The part of a page in docs/ that is made of the runs."""
    parts = [_runs(study, evidence), _table(_means(study))]
    if len(study.comparisons):
        parts.append(f"**{_said('headline', study)}**")
        table = verdict_table(study.comparisons, study.claims, study.config)
        previous = table["claim"].shift()
        table["claim"] = table["claim"].where(table["claim"] != previous, "")
        parts.append(_table(table))
    parts += [
        f"![{plot.alt}]({name}-{plot.name}.svg)\n\n{plot.caption}" for plot in pictures(study)
    ]
    if min(study.seed_counts) >= FEWEST_SEEDS:
        parts.append(_one_run(study, evidence))
    return "\n\n".join(parts)


def _runs(study: Study, evidence: Evidence) -> str:
    """Which runs they are, where they were trained, and whether their plan is older."""
    runs = study.provenance.runs
    seeds = numbers([run.seed for run in runs if run.variant == runs[0].variant])
    counts = Counter(run.variant for run in runs)
    epochs = sorted({study.recipes[variant]["epochs"] for variant in counts})
    processors = Counter(run.processor.partition(",")[0] for run in runs)
    places = [f"{name} ({count} runs)" for name, count in processors.most_common()]
    torch = listing(sorted({run.torch.partition("+")[0] for run in runs}))
    engines = {run.recipe.get("engine", "pytorch") for run in runs}
    words = sorted(ENGINES.get(name, name).partition(",")[0] for name in engines)
    engine = listing(words).replace("PyTorch", f"PyTorch {torch}")
    text = (
        f"{len(runs)} runs: {span(counts.values())} seeds ({seeds}) of {len(counts)} variants,"
        f" {' or '.join(map(str, epochs))} epochs each, trained on {listing(places)} by {engine}."
    )
    plan = plan_sentence(evidence.facts.get("plan"), evidence.runs)
    return " ".join(filter(None, [text, plan, _said("looks", study)]))


def _said(what: str, study: Study) -> str:
    """What the report's template says of a study, as a paragraph of plain text."""
    made = Page().say(what, study)
    return Markup(made.data).striptags() if made else ""


def _one_run(study: Study, evidence: Evidence) -> str:
    """What many seeds say about one run of each model."""
    tests, images = study.tests(), study.images("test")
    errors = tests.pivot(index="seed", columns="variant", values="errors")[list(study.labels)]
    accuracy = 100 - 100 * errors / images
    original = study.reported("test_accuracy")
    parts = ["**What one run can tell.**"]
    if len(original) > 2:
        first, second, *_ = sorted(original.values(), reverse=True)
        lead = round((first - second) * images / 100)
        chance = chance_of_lead([errors[name].dropna().to_numpy() for name in original], lead)
        parts.append(
            f"If {listing([study.labels[name] for name in original])} were equal, one run of each"
            f" would still show one of them ahead of the others by the original's {lead} images or"
            f" more in {100 * chance:.0f} % of tries (all combinations of these runs, with each"
            " model's mean taken off)."
        )
    pairs = dict.fromkeys(
        tuple(sorted(pair))
        for pair in zip(study.comparisons["variant"], study.comparisons["rival"], strict=True)
    )
    related = [
        f"{fixed(accuracy[one].corr(accuracy[other]))} ({study.labels[one]} and"
        f" {study.labels[other]})"
        for one, other in pairs
    ]
    if related:
        parts.append(
            "Two models' runs with the same seed see the same images in the same order. Their test"
            f" accuracies have a correlation of {listing(related)}."
        )
    rows = []
    for variant, rows_of_variant in evidence.errors.groupby("variant", sort=False):
        count = int(errors[variant].count())
        chance = spread_of_chance(rows_of_variant, count, images)
        rows.append(
            {
                "standard deviation of test accuracy over seeds, points": study.labels[variant],
                "observed": f"{accuracy[variant].std():.3f}",
                "if each image were missed independently": f"{chance:.3f}",
            }
        )
    return "\n\n".join([" ".join(parts), _table(pd.DataFrame(rows)), LUCK])


def _means(study: Study) -> pd.DataFrame:
    """Mean ± standard deviation of each variant, and the original's test accuracy."""
    rows = []
    for variant, rows_of_variant in study.summary.groupby("variant", sort=False):
        metrics = rows_of_variant.set_index("metric")
        row = {"after the last epoch, mean ± standard deviation over seeds": study.labels[variant]}
        for column, (metric, digits) in MEANS.items():
            values = metrics.loc[metric]
            spread = (fixed(values[part], digits) for part in ("mean", "standard_deviation"))
            row[column] = " ± ".join(spread)
        original = metrics.loc["test_accuracy", "reference"]
        row["original, test accuracy, %"] = "" if pd.isna(original) else f"{original:.2f}"
        rows.append(row)
    table = pd.DataFrame(rows)
    return table.loc[:, (table != "").any()]


def _table(cells: pd.DataFrame) -> str:
    """A Markdown table."""
    rows = [list(cells.columns), ["---"] * cells.shape[1], *cells.values.tolist()]
    escaped = ([str(cell).replace("|", "\\|") for cell in row] for row in rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in escaped)


def readme_block(study: Study, name: str, evidence: Evidence) -> str:
    """The part of README.md that says what a published study found."""
    first = next(pictures(study))
    accuracy = study.summary[study.summary["metric"] == "test_accuracy"].set_index("variant")
    seeds = span(accuracy["seeds"])
    models = [
        {
            "test accuracy, %": study.labels[variant],
            "the original, one run": "" if pd.isna(row["reference"]) else f"{row['reference']:.2f}",
            f"here, {seeds} seeds, mean ± standard deviation": (
                f"{row['mean']:.2f} ± {row['standard_deviation']:.2f}"
            ),
        }
        for variant, row in accuracy.iterrows()
    ]
    return "\n\n".join(
        [
            _table(pd.DataFrame(models)),
            f"**{_said('headline', study)}** In points, losses in nats; differences are of"
            " all seeds, intervals of the deciding look:",
            _table(claims_in_brief(study.comparisons, study.claims, study.config)),
            f"![{first.alt.partition('. ')[0]}](docs/{name}-{first.name}.svg)",
        ]
    )


def verdicts_in_brief(study: Study, name: str) -> pd.DataFrame:
    """The published verdicts as the reports of the default study show them."""
    finished = max(run.finished for run in study.provenance.runs)
    about = {"study": name, "seeds": span(study.seed_counts), "date": finished[:10]}
    return claims_in_brief(study.comparisons, study.claims, study.config).assign(**about)[
        list(PUBLISHED_VERDICTS)
    ]


def publish(project: Path, name: str, target: Path) -> list[Path]:
    """Write what is made of a published study: pictures, parts of README and docs, verdicts.

    Args:
        project: the project's folder, whose pages are taken as they are around the made parts.
        target: the folder to write docs/ and README.md in; the project's, or another to compare.

    Raises:
        StudyError: no page has a place for the made part.
    """
    evidence, begin = read(project / "docs" / "evidence" / name), BEGIN.format(name=name)
    pages = [project / "README.md", *sorted((project / "docs").glob("*.md"))]
    pages = [page for page in pages if begin in page.read_text(encoding="utf-8")]
    if not pages:
        raise StudyError(f"neither README nor a page in docs has the line {begin}")
    study = published_study(project, name, evidence)
    texts = {f"docs/{name}-{plot.name}.svg": plot.svg() for plot in pictures(study)}
    if name == next(one for one in IN_REPORTS if (project / "docs" / "evidence" / one).is_dir()):
        table = verdicts_in_brief(study, name).to_csv(index=False, lineterminator="\n")
        texts["workflow/resources/mnist_published_verdicts.csv"] = table
    for page in pages:
        block = readme_block if page.name == "README.md" else page_block
        text = _with_part(page, begin, block(study, name, evidence))
        texts[page.relative_to(project).as_posix()] = text
    for path, text in texts.items():
        with replacing(target / path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return [target / path for path in texts]


def _with_part(page: Path, begin: str, made: str) -> str:
    """The text of a page, with `made` between `begin` and END."""
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, ended, after = rest.partition(END)
    if not ended:
        raise StudyError(f"{page} has no line {END} after {begin}")
    return f"{before}{begin}\n\n{made}\n\n{END}{after}"
