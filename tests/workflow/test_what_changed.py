"""`snakemake -n`, and the start of a run, say what changed and what that retrains."""

MAX_LR = "gn: max_lr 0.015 → 0.03; retrains 1 run\n"


def test_a_changed_key(project):
    project.edit("config.yaml", "    norm: group", "    norm: group\n    max_lr: 0.03")
    assert MAX_LR in project.snakemake("-n")
    assert "retrains" not in project.snakemake("ln", "-n")
    output = project.snakemake("results/gn/seed-1/metrics.csv")
    assert output.index(MAX_LR) < output.index("Train gn, seed 1")
    # The report was not asked for.
    assert "The report is older than some runs; to remake it: snakemake all --configfile" in output
    assert "retrains" not in project.snakemake("-n")
