"""`snakemake -n`, and the start of a run, say what changed and what that retrains."""

MAX_LR = "gn: max_lr 0.015 → 0.03; retrains 1 run\n"


def test_a_changed_key_and_code(project):
    project.edit("config.yaml", "    norm: group", "    norm: group\n    max_lr: 0.03")
    assert MAX_LR in project.snakemake("-n")
    assert "retrains" not in project.snakemake("ln", "-n")

    project.append("network/model.py", "CHANGED = 1")
    output = project.snakemake("-n")
    assert "ln, bn_l1: the training code changed; retrains 2 runs\n" in output
    assert "gn: the training code changed, max_lr 0.015 → 0.03; retrains 1 run\n" in output


def test_a_real_run_says_it_before_it_starts_and_has_nothing_to_say_afterwards(project):
    project.edit("config.yaml", "    norm: group", "    norm: group\n    max_lr: 0.03")
    output = project.snakemake("results/gn/seed-1/metrics.csv")
    assert output.index(MAX_LR) < output.index("Training gn, seed 1")
    assert "retrains" not in project.snakemake("-n")


def test_after_a_variant_alone_the_report_is_said_to_be_older(project):
    output = project.snakemake("results/gn/seed-1/metrics.csv", "--force")
    assert "The report is older than some runs; to remake it: snakemake all --configfile" in output
    assert "The report: results/report.html, the networks: " in project.snakemake()
