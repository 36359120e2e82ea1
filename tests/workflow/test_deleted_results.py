"""Plain `snakemake` makes a deleted result again, also one that nothing else waits for."""

import pytest

RUN = {"train": 1, "misclassified": 1, "summarize": 1, "report": 1}
DELETED = [
    ("gn/seed-1/checkpoint.pt", RUN),
    ("ln/seed-1/misclassified.png", RUN | {"train": 0}),
    ("label_doubts.csv", {"summarize": 1, "report": 1}),
    ("normalization_example.xlsx", {"worked_example": 1, "report": 1}),
    ("network.csv", {"worked_example": 1, "report": 1}),
    ("figures/test_loss.png", {"report": 1}),
    ("report.ipynb", {"report": 1}),
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


def test_a_deleted_table_of_a_run_is_made_again_for_its_variant(project):
    (project.folder / "results/gn/seed-1/predictions.csv").unlink()
    assert project.planned("gn") == {"gn": 1, "misclassified": 1}
    assert project.planned("ln") == {}
