"""What `snakemake` itself says of a bad config: one message, before any job."""

import shutil
import sys

import pytest
from helpers.places import ROOT
from helpers.project import Project, run

# Where it stands, its content (None: no file), the message: the others are in unit/test_bad_configs
REFUSED = [
    ("config.yaml", None, " is not there: run Snakemake in the project's folder"),
    ("overlay.yaml", b"variants: {report: {label: x, norm: none}}\n",
     ", line 1: variants.report: this name is taken by a target of the workflow"),
    ("--config", "training={epochs: ten}",
     ": training.epochs: 'ten' is not a whole number from 1 to 10000"),
]  # fmt: skip


@pytest.mark.parametrize(("where", "content", "message"), REFUSED, ids=lambda part: f"{part!r:.40}")
def test_a_mistake_is_one_message(sources, where, content, message):
    shutil.copy(ROOT / "config.yaml", sources.folder)
    command = [sys.executable, "-m", "snakemake", "--cores", "2"]
    if where == "--config":
        command += [where, content]
    elif content is None:
        (sources.folder / where).unlink()
    else:
        (sources.folder / where).write_bytes(content)
        command += ["--configfile", where]
    output = run(command, sources.folder, succeeds=False)
    assert f"Error in the config:\n{where}{message}" in output
    assert "Traceback" not in output and ".smk" not in output and "Building DAG" not in output
    assert not (sources.folder / "results").exists()


def test_a_configfile_that_snakemake_cannot_read_is_its_own_error(sources):
    (sources.folder / "overlay.yaml").write_bytes(b"training:\n\tepochs: 3\n")
    said = sources.snakemake("-n", "--configfile", "overlay.yaml", succeeds=False)
    assert "not valid JSON or YAML" in said and "Traceback" not in said


def test_braces_in_the_projects_path(tmp_path):
    project = Project.new(tmp_path / "a{b}")
    output = project.snakemake("-n", succeeds=False)
    start = "Error: Snakemake takes { and } in a path for wildcards: rename the folder "
    assert output.splitlines()[-1] == f"{start}{project.folder}"
