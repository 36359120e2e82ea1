"""Studies side by side that share a data folder which is empty when all of them start."""

import pytest
import yaml
from helpers.project import Project
from helpers.running import Running
from normstudy.data.checksums import CHECKSUMS, verify


def overlay(project, name, data):
    """A config by which the sample study keeps results and data elsewhere."""
    study = yaml.safe_load((project.folder / "tests/workflow/sample.yaml").read_text())
    study["results"] = name
    study["dataset"]["folder"] = str(data)
    path = project.folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(study), encoding="utf-8")
    return path.name


@pytest.mark.parametrize("clones", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_studies_side_by_side_share_a_data_folder(finished, tmp_path, clones):
    """Two studies in each of several clones of the project."""
    data = tmp_path / "data"
    running = {}
    for number in range(clones):
        project = Project.new(tmp_path / f"clone-{number}")
        for name in ("one", "two"):
            config = overlay(project, name, data)
            running[project.folder / name] = Running(project, "ln", "--configfile", config)
    for results, snakemake in running.items():
        status, said = snakemake.wait()
        assert status == 0, said
        run = "ln/seed-1"
        for table in ("metrics.csv", "predictions.csv"):
            ours, theirs = results / run / table, finished.folder / "results" / run / table
            assert ours.read_bytes() == theirs.read_bytes()
    folder = data / "MNIST-sample"
    verify(folder / CHECKSUMS)
    assert len(list((folder / "raw").iterdir())) == 4  # no work folder is left
