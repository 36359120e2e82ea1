"""A made-up page whose every answer a test knows, its cells, and what a browser shows of it."""

import re
import subprocess
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from normstudy.data.idx import load_split
from normstudy.example.arithmetic import example_batches
from normstudy.example.augmented import augmented
from normstudy.report.display import figure_bundle, plot_bundle
from normstudy.report.explorer import explorer
from normstudy.report.figures import runs, worked_example
from normstudy.report.figures.plot import series_styles
from normstudy.report.figures.verdicts import forests
from normstudy.report.notebook import execute, render
from normstudy.report.page import HTML, Page
from normstudy.report.study import Study
from normstudy.report.tables.verdicts import verdicts

from helpers.made_up import ISSUES, made_up_config, made_up_study, predictions, with_predictions
from helpers.places import ROOT, SAMPLE, SCRIPTS, TEMPLATE

REPORT = ROOT / "report" / "report.ipynb"


def said(what: str, study: Study) -> str:
    """What the template of the report's texts says of a study, as plain text."""
    made = _page().say(what, study)
    text = re.sub("<[^>]+>", " ", re.sub("</?(strong|code|a)[^>]*>", "", made.data if made else ""))
    return re.sub(r"\s+", " ", unescape(text)).strip()


@cache
def _page() -> Page:
    return Page()


def cell(kind: str, source: str = "", outputs=(), tags=()) -> nbformat.NotebookNode:
    """A cell of a notebook; its code's outputs are HTML, figures and plots."""
    made = getattr(nbformat.v4, f"new_{kind}_cell")(source, metadata={"tags": list(tags)})
    if kind == "code":
        made.outputs = [*map(output, outputs)]
    return made


def output(shown) -> nbformat.NotebookNode:
    """What a notebook keeps of something that a cell displays."""
    if isinstance(shown, str | HTML):
        data, metadata = {"text/html": getattr(shown, "data", shown)}, {}
    else:
        make = figure_bundle if isinstance(shown, Figure) else plot_bundle
        data, metadata = make(shown)
    return nbformat.v4.new_output("display_data", data, metadata=metadata)


def notebook(*cells) -> nbformat.NotebookNode:
    """A notebook in Python."""
    return nbformat.v4.new_notebook(
        cells=list(cells), metadata={"language_info": {"name": "python"}}
    )


def missed(labels: np.ndarray, variants, seeds) -> dict[tuple[str, int], pd.DataFrame]:
    """(variant, seed) → predictions: every image below 30 is missed by a run or more."""
    draws, runs = np.random.default_rng(3), {}
    for variant in variants:
        for seed in seeds:
            wrong = [i for i in range(30) if i % 5 == 0 or draws.random() < 0.4]
            said = (labels[wrong] + 1 + draws.integers(0, 2, len(wrong))) % 10
            table = predictions(labels, dict(zip(wrong, said, strict=True)))
            confidence = draws.uniform(0.3, 1, len(labels)).round(6)
            runs[variant, seed] = table.assign(confidence=confidence)
    return runs


def made_up_page(folder: Path, test) -> SimpleNamespace:
    """A page of three models and two seeds on test images: its path, study and predictions."""
    accuracies = {v: [99.1 + i / 10, 99.2 + i / 10] for i, v in enumerate(("gn", "ln", "bn_l1"))}
    claims = made_up_config()["claims"][:1]
    study = made_up_study(accuracies, epochs=6, folder=folder, claims=claims)
    answers = missed(test.labels, study.labels, study.seeds)
    issues = ISSUES.assign(test_index=[0, *ISSUES["test_index"][1:]])
    study = with_predictions(study, answers, issues)
    page = Page()
    other_images = {"other_images_low": -0.123, "other_images_high": 0.123}
    judged = replace(study, comparisons=study.comparisons.assign(**other_images))
    batches = example_batches()
    pieces = [
        page.heading(1, "A made-up study"),
        page.heading(2, "Charts"),
        lines(study),
        runs.final_accuracy(study),
        *forests(study.differences, study.comparisons, study.config),
        page.heading(2, "Verdicts"),
        page.table(verdicts(judged)),
        page.heading(2, "Errors"),
        page.explorer(explorer(study, test.images)),
        page.heading(2, "Normalizations"),
        page.worked_example(batches),
    ]
    grids = [worked_example.averaging_sets(*layer) for layer in batches.items()]
    made = notebook(
        cell("code", "show(everything)", pieces), cell("code", "", grids, tags=["fold-figures"])
    )
    path = folder / "page.html"
    path.write_text(render(made, TEMPLATE), encoding="utf-8")
    return SimpleNamespace(path=path, study=study, runs=answers)


def execute_report(study, template: Path = REPORT) -> nbformat.NotebookNode:
    """The report's notebook executed on a made-up study that was written into its folder."""
    resource = str(ROOT / "workflow" / "resources" / "mnist_{}.csv")
    runs = {name: rows["seed"].tolist() for name, rows in study.runs.groupby("variant")}
    parameters = {
        "results": str(study.folder),
        "runs": {variant: runs[variant] for variant in study.labels},
        "labels": study.labels,
        "raw": str(SAMPLE),
        "reference": resource.format("reference_run") if study.reference is not None else None,
        "label_issues": resource.format("label_issues") if study.reference is not None else None,
        "published": resource.format("published_verdicts") if study.reference is not None else None,
        "scripts": str(SCRIPTS),
    }
    train, training = load_split(SAMPLE, "train", None), study.config["training"]
    labels, rows = augmented(train, len(study.facts.classes), training, 1)
    (study.folder / "tables").mkdir(exist_ok=True)
    np.savez(study.folder / "tables/augmented.npz", labels=labels, rows=rows)
    return execute(template, parameters, study.folder / "failed.ipynb")


def lines(study) -> Figure:
    """Test accuracy by epoch, drawn as anybody would."""
    figure = Figure(figsize=(7.2, 4))
    axes = figure.subplots()
    axes.set(title="Test accuracy", xlabel="epoch", ylabel="test accuracy, %")
    axes.fmt_ydata = "{:.2f} %".format
    epochs = study.metrics.groupby(["variant", "epoch"])["test_accuracy"]
    for variant, look in series_styles(study.labels).items():
        own, label = epochs.agg(["mean", "min", "max"]).loc[variant], study.labels[variant]
        axes.plot(own["mean"], color=look.colour, marker=look.marker, label=label)
        axes.fill_between(own.index, own["min"], own["max"], alpha=0.2, gid=label)
    axes.legend()
    figure.set_label("lines")
    return figure


def words(locator) -> str:
    """What is shown, with plain spaces."""
    return locator.inner_text().replace("\u00a0", " ")


def unfold(page, unfolded: bool = True) -> None:
    """Open (or close) everything that folds."""
    script = "on => document.querySelectorAll('details').forEach(one => { one.open = on; })"
    page.evaluate(script, unfolded)


def tidy(path: Path) -> str:
    """What is wrong with a page's HTML."""
    answer = subprocess.run(["tidy", "-e", "-q", path], capture_output=True, text=True)
    return answer.stderr if answer.returncode else ""
