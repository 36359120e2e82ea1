"""A full disk under each rule, and a disk that may not be written to."""

import shutil

import pytest
from helpers.project import assert_same_results

RUN = ["metrics.csv", "checkpoint.pt"]
EVALUATION = ["predictions.csv", "evaluation.csv", "misclassified.csv", "misclassified.png"]
FULL = [  # what is missing, so which rules have to write
    (
        ("train", "misclassified", "worked_example"),
        [*(f"gn/seed-1/{name}" for name in RUN), *(f"ln/seed-1/{name}" for name in EVALUATION),
         "normalization_example.xlsx"],
    ),
    pytest.param(("summarize",), ["tables/summary.csv", "provenance.json"], marks=pytest.mark.slow),
    pytest.param(("report",), ["report.html", "figures/test_loss.png"], marks=pytest.mark.slow),
]  # fmt: skip


def assert_ended_well(project, finished, targets=()):
    project.snakemake("all", *targets)
    assert_same_results(project, finished)
    assert project.planned() == {}


@pytest.mark.parametrize(("rules", "missing"), FULL)
def test_a_full_disk_is_one_sentence_and_leaves_nothing_half(
    project, finished, disks, tmp_path, rules, missing
):
    results = project.folder / "results"
    for name in missing:
        (results / name).unlink()
    disks.small(results, "20m", tmp_path / "aside")
    disks.small(results / "logs", "1m", tmp_path / "logs")  # or nothing would start
    filler = disks.fill(results)
    targets = [f"results/{name}" for name in missing]
    said = project.snakemake("--keep-going", "--cores", "1", *targets, succeeds=False)
    errors = {line for line in said.splitlines() if line.startswith("Error: no space is left for ")}
    assert len(errors) == len(rules), said
    assert "Traceback" not in said
    assert not [name for name in missing if (results / name).exists()]
    filler.unlink()
    assert_ended_well(project, finished, targets)


@pytest.mark.slow
def test_a_full_disk_under_the_download(project, finished, disks):
    data = project.folder / "data"
    shutil.rmtree(data)
    data.mkdir()
    disks.small(data)
    filler = disks.fill(data)
    said = project.snakemake("download", succeeds=False)
    assert "Error: " in said and "No space left on device" in said
    filler.unlink()
    assert not list(data.rglob("*-ubyte"))
    disks.free()
    assert_ended_well(project, finished, ["download"])


@pytest.mark.slow
def test_a_full_disk_under_the_whole_project(finished, disks, tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    disks.small(folder, "40m")
    project = finished.copy(folder)
    project.snakemake("--delete-all-output", "--cores", "1")
    filler = disks.fill(folder)
    for _ in range(8):  # ever more room, each time too little or just enough
        project.snakemake(succeeds=None)
        with filler.open("rb+") as file:
            file.truncate(max(0, filler.stat().st_size - 800_000))
    filler.unlink()
    assert_ended_well(project, finished)


def test_results_that_are_read_only_are_named_before_any_job(project, disks):
    results = project.folder / "results"
    project.edit("config.yaml", "label: Layer Normalization", "label: LN")
    disks.read_only(results)
    said = project.snakemake(succeeds=False)
    assert "Write-protected output files" in said
    assert "Traceback" not in said and "Training" not in said
