"""Snakemake's own report of a finished study, as a folder in a zip file."""

import json
import re
import zipfile
from html import unescape

import pytest
from normstudy.records.tables import STUDY_TABLES


@pytest.fixture(scope="module")
def made(finished, tmp_path_factory):
    """The project and the folder that the report was unpacked to."""
    project = finished.copy(tmp_path_factory.mktemp("report") / "project")
    metadata = ("--report-metadata", "report/metadata.yaml")  # as results/README.md says
    project.snakemake("--report", "results/snakemake-report.zip", *metadata)
    with zipfile.ZipFile(project.folder / "results/snakemake-report.zip") as archive:
        archive.extractall(project.folder / "unpacked")
    return project, project.folder / "unpacked" / "snakemake-report"


@pytest.fixture(scope="module")
def shown(made):
    """What the page knows of each result: its path → labels, caption and more."""
    page = (made[1] / "report.html").read_text(encoding="utf-8")
    return json.JSONDecoder().raw_decode(page, re.search(r'var results = (?={")', page).end())[0]


def test_every_table_figure_and_page_is_in_it_as_it_was_made(made, shown):
    project, folder = made
    results = project.folder / "results"
    wanted = [results / "report.html", results / "normalization_example.xlsx"]
    wanted += [results / f"tables/{name}.csv" for name in STUDY_TABLES]
    wanted += sorted((results / "figures").glob("*.svg"))
    wanted += [results / v / "seed-1/misclassified.png" for v in ("gn", "ln", "bn_l1")]
    inside = sorted(path.read_bytes() for path in folder.glob("data/raw/*/*"))
    assert inside == sorted(path.read_bytes() for path in wanted)
    assert len(wanted) == len(shown) >= 2 + 6 + 10 + 3


def test_results_have_categories_labels_and_captions_for_readers(shown):
    for path, result in shown.items():
        words = unescape(re.sub("<[^>]+>", "", result["caption"])).strip()
        words = result["labels"].get("Content", words)  # a table's, from the registry
        assert len(words) > 30 and "{{" not in words, path
        assert not any(str(label).endswith((".csv", ".svg", ".png")) for label in result["labels"])
    labels = {label for result in shown.values() for label in result["labels"].values()}
    assert {"The report", "Test loss of all models", "Claims and verdicts"} <= labels
    assert "Layer Normalization" in labels  # its misclassified images
