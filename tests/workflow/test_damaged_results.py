"""Damaged data and results are reported by name with the remedy; deleted ones are made again."""

import pytest
from helpers.fetched import correct_a_label


def test_a_changed_data_file_is_noticed(project):
    correct_a_label(project.folder / "data/MNIST-sample/raw")
    output = project.snakemake("ln", "--forcerun", "train", succeeds=False)
    assert "has changed since it was downloaded" in output


def test_an_edited_table_is_named_with_the_option_that_remakes_it(project):
    name = "results/gn/seed-1/metrics.csv"
    project.edit(name, "gn,1,1,", "gn,2,1,")
    output = project.snakemake(succeeds=False)
    assert f"Error: {name}, line 2, is of seed 2, not 1: it was edited or cut short" in output
    option = f"add --forcerun {name} to the snakemake command (rule train)"
    assert option in output and "Traceback" not in output
    assert project.planned("--forcerun", name)["train"] == 1


RUN = {"train": 1, "misclassified": 1, "summarize": 1, "report": 1}
DELETED = [
    ("gn/seed-1/checkpoint.pt", RUN),
    ("ln/seed-1/misclassified.png", RUN | {"train": 0}),
    ("tables/label_doubts.csv", {"summarize": 1, "report": 1}),
    ("normalization_example.xlsx", {"worked_example": 1, "report": 1}),
    ("figures/test_loss.png", {"report": 1}),
]


@pytest.mark.parametrize(("name", "jobs"), DELETED, ids=[name for name, _ in DELETED])
def test_a_deleted_result_is_made_again(project, name, jobs):
    (project.folder / "results" / name).unlink()
    assert project.planned() == {"all": 1} | {rule: n for rule, n in jobs.items() if n}


def test_a_finished_network_stays_until_the_new_one_is_complete(project):
    network = project.folder / "results/gn/seed-1/checkpoint.pt"
    before = network.read_bytes()
    project.edit("config.yaml", "    norm: group", "    norm: group\n    max_lr: 0.03")
    project.append("network/training.py", "raise SystemExit('interrupted')")
    project.snakemake("gn", succeeds=False)
    assert network.read_bytes() == before
    assert project.planned("gn") == {"gn": 1, "train": 1, "misclassified": 1}


def test_the_last_report_stays_where_a_changed_cell_fails(project):
    pages = [project.folder / "results" / name for name in ("report.html", "report.ipynb")]
    before = [page.read_bytes() for page in pages]
    project.edit("report/report.ipynb", "import pandas as pd", "import pandas as pd, no_such")
    project.snakemake(succeeds=False)
    assert [page.read_bytes() for page in pages] == before
    assert project.planned() == {"all": 1, "report": 1}
    for page in pages:
        page.unlink()
    assert "Cannot restore" not in project.snakemake(succeeds=False)
