"""`snakemake -n`, and the start of a run, say in words what changed and what that makes run."""

from helpers.fetched import correct_a_label

MAX_LR = "gn: max_lr 0.015 → 0.03; retrains 1 run and replaces its results"


def test_a_changed_key_code_and_data(project):
    project.edit("config.yaml", "    norm: group", "    norm: group\n    max_lr: 0.03")
    output = project.snakemake("-n")
    assert MAX_LR in output and "because: max_lr 0.015 → 0.03\n" in output
    assert "Union of exclusive params" not in output and "--cleanup-metadata" not in output

    project.append("network/model.py", "CHANGED = 1")
    output = project.snakemake("-n")
    assert "ln, bn_l1: " not in output  # of code no variant is named
    assert "the training code changed; retrains 2 runs and replaces their results" in output
    assert "gn: the training code changed, max_lr 0.015 → 0.03; retrains 1 run" in output


def test_changed_data(project):
    correct_a_label(project.folder / "tests/data/MNIST-sample")
    output = project.snakemake("-n")
    assert "MNIST-sample changed in tests/data/MNIST-sample; fetches the data again" in output
    said = "the data are fetched again; retrains 3 runs and replaces their results"
    assert said in output and "asked for" not in output


def test_a_real_run_says_it_before_it_starts(project):
    project.edit("config.yaml", "    norm: group", "    norm: group\n    max_lr: 0.03")
    output = project.snakemake("results/gn/seed-1/metrics.csv")
    assert output.index(MAX_LR) < output.index("Training gn, seed 1")
    assert "The run: results/gn/seed-1/metrics.csv" in output
    assert MAX_LR not in project.snakemake("-n")
