"""Damaged data and results are reported by name with the remedy; deleted ones are made again."""

import pytest
from helpers.fetched import correct_a_label


def test_a_missing_source_ends_in_one_message(project):
    project.edit("tests/workflow/sample.yaml", "tests/data/MNIST-sample", "nowhere")
    project.edit("tests/workflow/sample.yaml", "name: MNIST-sample", "name: other")
    output = project.snakemake(succeeds=False)
    assert output.endswith("\nError: config key dataset.source: there is no folder nowhere\n")


def test_a_changed_data_file_is_noticed(project):
    correct_a_label(project.folder / "data/MNIST-sample/raw")
    output = project.snakemake("ln", "--forcerun", "train", succeeds=False)
    assert "has changed since it was downloaded" in output


def test_a_broken_checkpoint_is_named(project):
    checkpoint = project.folder / "results/gn/seed-1/checkpoint.pt"
    checkpoint.write_bytes(checkpoint.read_bytes()[:1000])
    output = project.snakemake("gn", "--forcerun", "misclassified", succeeds=False)
    assert "results/gn/seed-1/checkpoint.pt is not a readable checkpoint" in output


@pytest.mark.parametrize(
    ("name", "old", "new", "said", "rule"),
    [
        ("gn/seed-1/metrics.csv", "gn,1,1,", "gn,2,1,",
         ", line 2, is of seed 2, not 1: it was edited or cut short", "train"),
        ("tables/summary.csv", "standard_deviation", "deviation",
         " has no column standard_deviation", "summarize"),
    ],
)  # fmt: skip
def test_an_edited_table_is_named_with_the_option_that_remakes_it(
    project, name, old, new, said, rule
):
    path = project.folder / "results" / name
    path.write_text(path.read_text().replace(old, new))
    output = project.snakemake(succeeds=False)
    assert f"Error: results/{name}{said}" in output and "Traceback" not in output
    option = f"--forcerun results/{name}"
    assert f"to remake it, add {option} to the snakemake command (rule {rule})" in output
    assert project.planned(*option.split())[rule] == 1


RUN = {"train": 1, "misclassified": 1, "summarize": 1, "report": 1}
DELETED = [
    ("gn/seed-1/checkpoint.pt", RUN),
    ("ln/seed-1/misclassified.png", RUN | {"train": 0}),
    ("tables/label_doubts.csv", {"summarize": 1, "report": 1}),
    ("normalization_example.xlsx", {"worked_example": 1, "report": 1}),
    ("tables/augmented.npz", {"worked_example": 1, "report": 1}),
    ("figures/test_loss.png", {"report": 1}),
    ("benchmarks/train/gn-seed-1.tsv", {"summarize": 1, "report": 1}),
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
