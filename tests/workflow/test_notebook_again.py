"""results/report.ipynb of a finished study runs again where it lies, and in a copy of it."""

import re
import shutil
import sys

import nbformat
from helpers.project import Project, run
from nbconvert import HTMLExporter


def test_it_finds_its_project_and_its_study(finished, tmp_path):
    copied = Project(finished.folder).copy(tmp_path / "a copy")
    shutil.copytree(copied.folder / "results", copied.folder / "kept")
    metrics = copied.folder / "kept/gn/seed-1/metrics.csv"
    metrics.write_text(re.sub(r"[\d.]+\n$", "12.25\n", metrics.read_text()))
    alts = {}
    for folder in ("results", "kept"):
        source = (copied.folder / folder / "report.ipynb").read_text(encoding="utf-8")
        assert str(finished.folder) not in source
        command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute"]
        run([*command, "--output", "again.ipynb", "report.ipynb"], copied.folder / folder)
        again = nbformat.read(copied.folder / folder / "again.ipynb", as_version=4)
        html, _ = HTMLExporter().from_notebook_node(again)
        (alts[folder],) = re.findall(r'<img alt="(Test accuracy\. [^"]*)"', html)
    assert "Group Normalization 12.25" in alts["kept"]
    assert "Group Normalization 12.25" not in alts["results"]


def test_papermill_runs_the_notebook_of_the_sources(finished, tmp_path):
    """With the study in the folder that its parameters name."""
    project = Project(finished.folder).copy(tmp_path / "copy")
    out = tmp_path / "out.ipynb"
    data = ("-p", "raw", "data/MNIST-sample/raw", "-r", "reference", "", "-r", "label_issues", "")
    command = [sys.executable, "-m", "papermill", "report/report.ipynb", str(out), *data]
    run(command, project.folder)
    assert "Test accuracy. test accuracy" in out.read_text(encoding="utf-8")
