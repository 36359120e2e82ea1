"""`snakemake compare`: two studies that were really run, on one page."""

import re

import pandas as pd
import pytest

SMALLER = ["training={epochs: 2}", "variants={ln: null, bn_l1: null}", "results=results/smaller"]
COMPARED = ["--config", "compare=[results, results/smaller]"]


def test_two_studies_are_set_side_by_side(project):
    project.snakemake("summarize", "worked_example", "--config", *SMALLER, "claims=[]")
    log = project.snakemake("compare", *COMPARED)
    assert "Training" not in log and (project.folder / "results/side-by-side.html").exists()
    page = (project.folder / "results/side-by-side.html").read_text(encoding="utf-8")
    for folder in ("results", "results/smaller"):
        assert f"<h3>{folder}</h3>" in page
        for row in pd.read_csv(project.folder / folder / "tables/runs.csv").itertuples():
            assert f"{row.test_accuracy:.2f}" in page
    (epochs,) = re.findall(r"<tr>(?:(?!</tr>).)*training\.epochs.*?</tr>", page, re.S)
    assert re.findall(r"<td[^>]*>(\d+)</td>", epochs) == ["1", "2"]
    assert project.planned("compare", *COMPARED) == {}
    assert project.planned() == {}


@pytest.mark.parametrize(
    "given",
    ["compare=results", "compare=3", "compare=", "compare=[results]", "compare=[a, 3]", None],
)
def test_what_is_no_list_of_folders_is_refused_before_any_job(sources, given):
    said = sources.snakemake("compare", *(("--config", given) if given else ()), succeeds=False)
    assert said.endswith(
        "\nError: name the results folders of two studies or more, such as"
        " --config 'compare=[results, results/fashion]'\n"
    )
    assert "Traceback" not in said and ".smk" not in said


def test_a_study_that_is_not_there_is_named(project):
    log = project.snakemake(
        "compare", "--config", "compare=[results, results/none]", succeeds=False
    )
    assert "results/none" in log and "Traceback" not in log
