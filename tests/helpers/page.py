"""A made-up page whose every answer a test knows, its cells, and what a browser shows of it."""

import subprocess
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pandas as pd
from normstudy.example.arithmetic import example_batches
from normstudy.report.figures import curves, final_accuracy
from normstudy.report.figures.verdicts import forests
from normstudy.report.notebook import render
from normstudy.report.page import Page
from normstudy.report.tables.results import verdicts

from helpers.made_up import ISSUES, made_up_config, made_up_study, predictions, with_predictions
from helpers.places import TEMPLATE


def cell(kind: str, source: str = "", outputs=(), tags=()) -> nbformat.NotebookNode:
    """A cell of a notebook, with pieces of HTML as the outputs of its code."""
    made = getattr(nbformat.v4, f"new_{kind}_cell")(source, metadata={"tags": list(tags)})
    if kind == "code":
        made.outputs = [
            nbformat.v4.new_output("execute_result", {"text/html": html}) for html in outputs
        ]
    return made


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
    runs = missed(test.labels, study.labels, study.seeds)
    issues = ISSUES.assign(test_index=[0, *ISSUES["test_index"][1:]])
    study = with_predictions(study, runs, issues)
    page = Page(study, TEMPLATE)
    other_images = {"other_images_low": -0.123, "other_images_high": 0.123}
    judged = replace(study, comparisons=study.comparisons.assign(**other_images))
    pieces = [
        page.heading(1, "A made-up study"),
        page.heading(2, "Charts"),
        page.show(
            curves.accuracy(study.curves, study.labels),
            final_accuracy.final_accuracy(study),
            *forests(study.differences, study.comparisons, study.config),
        ),
        page.heading(2, "Verdicts"),
        page.table(verdicts(judged)),
        page.heading(2, "Errors"),
        page.errors_explorer(test.images),
        page.heading(2, "Normalizations"),
        page.worked_example(example_batches()),
    ]
    made = notebook(*(cell("code", "", [piece.data]) for piece in pieces))
    path = folder / "page.html"
    path.write_text(render(made, TEMPLATE), encoding="utf-8")
    return SimpleNamespace(path=path, study=study, runs=runs)


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
