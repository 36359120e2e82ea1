"""The notebook of a finished study runs again: where it lies, copied, from anywhere, for slides."""

import re
import shutil
import sys

import nbformat
from helpers.project import Project, run
from nbconvert import HTMLExporter


def module(name, folder, *arguments):
    run([sys.executable, "-m", name, *map(str, arguments)], folder)


def final_accuracies(path):
    """The alternative text of the graph that a notebook shows."""
    html, _ = HTMLExporter().from_notebook_node(nbformat.read(path, as_version=4))
    (alt,) = re.findall(r'<img alt="(Test accuracy\. [^"]*)"', html)
    return alt


def test_it_finds_its_own_project_and_study(finished, tmp_path):
    """By nbconvert in its folder, and by papermill called from elsewhere."""
    copied = Project(finished.folder).copy(tmp_path / "a copy").folder
    kept = shutil.copytree(copied / "results", copied / "kept")
    metrics = kept / "gn/seed-1/metrics.csv"
    metrics.write_text(re.sub(r"[\d.]+\n$", "12.25\n", metrics.read_text()))
    for folder in (copied / "results", kept):
        assert str(finished.folder) not in (folder / "report.ipynb").read_text(encoding="utf-8")
    execute = ("--to", "notebook", "--execute", "--output", "again.ipynb", "report.ipynb")
    module("nbconvert", copied / "results", *execute)
    out = tmp_path / "out.ipynb"
    module("papermill", tmp_path, kept / "report.ipynb", out, "-p", "shown", 5)
    assert "Group Normalization 12.25" in final_accuracies(out)
    assert "Group Normalization 12.25" not in final_accuracies(copied / "results/again.ipynb")
    assert f"{copied}/workflow" not in out.read_text(encoding="utf-8")


def test_papermill_runs_the_notebook_of_the_sources(finished, tmp_path):
    """With the study in the folder that its parameters name."""
    project = Project(finished.folder).copy(tmp_path / "copy")
    out = tmp_path / "out.ipynb"
    data = ("-p", "raw", "data/MNIST-sample/raw", "-r", "reference", "", "-r", "label_issues", "")
    module("papermill", project.folder, "report/report.ipynb", out, *data)
    assert "Group Normalization" in final_accuracies(out)


def test_slides_has_every_figure_of_the_report(project):
    project.snakemake("slides")
    figures = {path.stem for path in (project.folder / "results/figures").iterdir()}
    for kind in ("png", "svg"):
        slides = {path.stem for path in (project.folder / "results/slides").glob(f"*.{kind}")}
        assert slides > figures  # and the matrices
    assert project.planned("slides") == {}
