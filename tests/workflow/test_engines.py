"""Two studies, one per engine, are told apart by a dry run, by their records and by their bits."""

import json

TARGET = "results/gn/seed-1/metrics.csv"


def trained_by(project):
    record = json.loads((project.folder / "results/gn/seed-1/provenance.json").read_text())
    return record["recipe"]["engine"]


def test_a_study_of_the_other_engine(project):
    assert trained_by(project) == "kernels"  # as `auto` resolves
    table = (project.folder / TARGET).read_bytes()
    project.edit("tests/workflow/sample.yaml", "device: cpu", "device: cpu\n  engine: pytorch")
    output = project.snakemake("-n")
    assert "gn, ln, bn_l1: engine kernels → pytorch; retrains 3 runs\n" in output
    project.snakemake(TARGET)
    assert trained_by(project) == "pytorch"
    assert (project.folder / TARGET).read_bytes() != table

    project.edit("tests/workflow/sample.yaml", "engine: pytorch", "engine: kernels")
    assert "gn: engine pytorch → kernels; retrains 1 run\n" in project.snakemake(TARGET, "-n")
