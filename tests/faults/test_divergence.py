"""A run whose loss stops being a number: what it leaves, and the report of the others."""

import re

import pandas as pd
import pytest

VARIANTS = """variants:
  wild: {label: Wild, norm: none, max_lr: 5, epochs: 6}
  calm: {label: Calm, norm: none}
"""


@pytest.mark.slow
def test_the_others_are_reported_without_a_run_that_diverges(project):
    (project.folder / "more.yaml").write_text(VARIANTS, encoding="utf-8")
    results = project.folder / "results"
    study = ("--configfile", "tests/workflow/sample.yaml", "more.yaml")

    output = project.snakemake("--keep-going", *study, succeeds=False)
    said = re.search(
        r"Error: wild seed 1: training diverged in epoch (\d), batch \d+ of 13, at learning rate"
        r" \d\.\d+: the network's output is no longer a number; lower max_lr \(5\)\. Its whole"
        r" epochs are in (\S+)\. The report of the others: the same command with (.*)",
        output,
    )
    assert said and "Traceback" not in output
    so_far = pd.read_csv(project.folder / said[2])
    assert said[2] == "results/logs/train/wild-seed-1.metrics.csv"
    assert so_far["epoch"].tolist() == list(range(1, int(said[1])))
    assert set(so_far["variant"]) <= {"wild"} and so_far.notna().all(axis=None)
    assert not (results / "wild/seed-1/metrics.csv").exists()
    assert (results / "calm/seed-1/misclassified.png").exists()  # --keep-going

    assert said[3] == "--config 'variants={wild: null}' 'claims=[]'"
    settings = ("--config", "variants={wild: null}", "claims=[]")
    project.snakemake(*study, *settings)
    summary = pd.read_csv(results / "tables/summary.csv")
    assert set(summary["variant"]) == {"gn", "ln", "bn_l1", "calm"}
    page = (results / "report.html").read_text(encoding="utf-8")
    assert "Calm" in page and "Wild" not in page
    assert project.planned(*study, *settings) == {}
