"""`snakemake compare`: two studies that were really run, on one page."""

import re

import pandas as pd

SMALLER = ["training={epochs: 2}", "variants={ln: null, bn_l1: null}", "results=results/smaller"]
COMPARED = ["--config", "compare=[results, results/smaller]"]


def test_two_studies_are_set_side_by_side(project):
    project.snakemake("summarize", "worked_example", "--config", *SMALLER, "claims=[]")
    log = project.snakemake("compare", *COMPARED)
    assert "Train " not in log and "\nDone. The comparison: results/side-by-side.html\n" in log
    page = (project.folder / "results/side-by-side.html").read_text(encoding="utf-8")
    for folder in ("results", "results/smaller"):
        assert f"<h3>{folder}</h3>" in page
        for row in pd.read_csv(project.folder / folder / "tables/runs.csv").itertuples():
            assert f"{row.test_accuracy:.2f}" in page
    (epochs,) = re.findall(r"<tr>(?:(?!</tr>).)*training\.epochs.*?</tr>", page, re.S)
    assert re.findall(r"<td[^>]*>(\d+)</td>", epochs) == ["1", "2"]
    assert project.planned("compare", *COMPARED) == {}
    assert project.planned() == {}


def test_what_cannot_be_compared_is_named(project):
    said = project.snakemake("compare", "--config", "compare=[results]", succeeds=False)
    assert said.endswith(
        "\nError: name the results folders of two studies or more, such as"
        " --config 'compare=[results, results/fashion]'\n"
    )
    assert "Traceback" not in said and ".smk" not in said
    none = ("--config", "compare=[results, results/none]")
    log = project.snakemake("compare", *none, succeeds=False)
    assert "results/none" in log and "Traceback" not in log
