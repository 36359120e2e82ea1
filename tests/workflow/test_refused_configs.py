"""What `snakemake` itself says of a bad config: one message, before any job."""

import shutil
import sys

import pytest
from helpers.places import ROOT
from helpers.project import Project, run

# What it is, where it stands, its content (None: no file), the message
REFUSED = [
    ("tab", "config.yaml", b"training:\n\tepochs: 3\n", ", line 2: there is a tab; indent"),
    ("not YAML", "config.yaml", b"seeds: [1, 2\ntraining: {}\n", ", line 2: this is not YAML: "),
    ("a list", "config.yaml", b"- gn\n- ln\n", " must hold keys and values"),
    ("not UTF-8", "config.yaml", b"results: r\xe9sultats\n", ", line 1: this is not UTF-8 text"),
    ("missing", "config.yaml", None, " is not there: run Snakemake in the project's folder"),
    ("a key twice", "overlay.yaml", b"training:\n  epochs: 3\n  epochs: 4\n",
     ", line 3: the key training.epochs is given twice, first in line 2; keep one"),
    ("a typo", "overlay.yaml", b"training:\n  batch_sise: 4\n",
     ", line 2: training.batch_sise: unknown key 'batch_sise'; did you mean 'batch_size'?"),
    ("a target", "overlay.yaml", b"variants: {report: {label: x, norm: none}}\n",
     ", line 1: variants.report: this name is taken by a target of the workflow"),
    ("the project", "overlay.yaml", b"results: workflow/x\n",
     ", line 1: results: 'workflow/x' is the project's own"),
    ("a word", "--config", "training={epochs: ten}",
     ": training.epochs: 'ten' is not a whole number from 1 to 10000"),
    ("two readings", "--config", "seeds=010",
     ": seeds: 010 is read as 8 (octal), not as 10; write 8 or 10"),
    ("too far out", "--config", "epochs=3",
     ": epochs: unknown key 'epochs'; it is a key of training: write"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("where", "content", "message"), [case[1:] for case in REFUSED], ids=[c[0] for c in REFUSED]
)
def test_a_mistake_is_one_message(sources, where, content, message):
    shutil.copy(ROOT / "config.yaml", sources.folder)
    command = [sys.executable, "-m", "snakemake", "--cores", "2"]
    if where == "--config":
        command += [where, content]
    elif content is None:
        (sources.folder / where).unlink()
    else:
        (sources.folder / where).write_bytes(content)
        command += ["--configfile", where] if where != "config.yaml" else []
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
