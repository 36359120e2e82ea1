"""What `snakemake` itself says of a bad config: one message, before any job."""

import subprocess
import sys

import pytest
from helpers.project import Project

BROKEN = [
    ("tab", b"training:\n\tepochs: 3\n", "config.yaml, line 2: there is a tab; indent with spaces"),
    ("not YAML", b"seeds: [1, 2\ntraining: {}\n", "config.yaml, line 2: this is not YAML: "),
    ("a list", b"- gn\n- ln\n", "config.yaml must hold keys and values"),
    ("not UTF-8", b"results: r\xe9sultats\n", "config.yaml, line 1: this is not UTF-8 text"),
    ("missing", None, "config.yaml is not there: run Snakemake in the project's folder"),
]
LAID_OVER = [
    ("a key twice", b"training:\n  epochs: 3\n  epochs: 4\n",
     "overlay.yaml, line 3: the key training.epochs is given twice, first in line 2; keep one"),
    ("a typo", b"training:\n  batch_sise: 4\n",
     "overlay.yaml, line 2: training.batch_sise: unknown key 'batch_sise'; did you mean"
     " 'batch_size'?"),
    ("a target", b"variants: {report: {label: x, norm: none}}\n",
     "overlay.yaml, line 1: variants.report: this name is taken by a target of the workflow"),
    ("the project", b"results: workflow/x\n",
     "overlay.yaml, line 1: results: 'workflow/x' is the project's own"),
]  # fmt: skip


def refused(project, message, *arguments):
    """Run `snakemake` for everything; it must end with the message alone, which is returned."""
    answer = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "2", *arguments],
        cwd=project.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    output = answer.stdout
    assert answer.returncode == 1, output
    assert f"Error in the config:\n{message}" in output
    assert "Traceback" not in output and ".smk" not in output and "Building DAG" not in output
    assert not (project.folder / "results").exists()
    return output


@pytest.mark.parametrize(
    ("content", "message"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN]
)
def test_config_yaml_itself_is_broken(sources, content, message):
    path = sources.folder / "config.yaml"
    whole = path.read_bytes()
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    try:
        refused(sources, message)
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize(
    ("content", "message"), [case[1:] for case in LAID_OVER], ids=[case[0] for case in LAID_OVER]
)
def test_a_configfile_is_wrong(sources, content, message):
    (sources.folder / "overlay.yaml").write_bytes(content)
    refused(sources, message, "--configfile", "overlay.yaml")


def test_a_configfile_that_snakemake_cannot_read_is_its_own_error(sources):
    (sources.folder / "overlay.yaml").write_bytes(b"training:\n\tepochs: 3\n")
    said = sources.snakemake("-n", "--configfile", "overlay.yaml", succeeds=False)
    assert "not valid JSON or YAML" in said and "Traceback" not in said


def test_a_setting_on_the_command_line_is_wrong(sources):
    message = "--config: training.epochs: 'ten' is not a whole number from 1 to 10000"
    refused(sources, message, "--config", "training={epochs: ten}")


def test_a_number_that_may_be_read_in_two_ways(sources):
    message = "--config: seeds: 010 is read as 8 (octal), not as 10; write 8 or 10"
    refused(sources, message, "--config", "seeds=010")


def test_braces_in_the_projects_path(tmp_path):
    project = Project.new(tmp_path / "a{b}")
    output = project.snakemake("-n", succeeds=False)
    start = "Error: Snakemake takes { and } in a path for wildcards: rename the folder "
    assert output.splitlines()[-1] == f"{start}{project.folder}"


def test_a_setting_that_stands_too_far_out_is_shown_where_it_belongs(sources):
    message = "--config: epochs: unknown key 'epochs'; it is a key of training: write"
    output = refused(sources, message, "--config", "epochs=3")
    assert "--config 'training={epochs: 3}' on the command line" in output
