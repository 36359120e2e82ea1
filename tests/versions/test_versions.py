"""The sample study with every Python and with the oldest and the newest Snakemake that may be used.

The environments are made by uv, which finds or downloads each Python; PYTHONS names others, by
version or path: PYTHONS="3.13 /opt/python3.14/bin/python3" make test-versions.
"""

import os
import re
import sys

import pytest
from helpers.places import ROOT
from helpers.project import SAMPLE_STUDY, Project, assert_same_results, run

pytestmark = pytest.mark.slow

PYTHONS = os.environ.get("PYTHONS", "3.11 3.12 3.13").split()
PINS = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
(NEWEST,) = re.findall(r"^snakemake==(\S+)", "\n".join(PINS), re.M)
(OLDEST,) = re.findall(r'^min_version\("(.*)"\)', (ROOT / "Snakefile").read_text(), re.M)


def environment(folder, python, snakemake):
    """A virtual environment with the pinned packages, but for Snakemake's; returns its Python."""
    uv = [sys.executable, "-m", "uv"]
    run([*uv, "venv", "--quiet", "--python", python, str(folder)], ROOT)
    packages = [line for line in PINS if line and not line.startswith(("#", "snakemake"))]
    packages += [f"snakemake=={snakemake}", "snakemake-executor-plugin-slurm"]
    path = folder / "bin" / "python"
    run([*uv, "pip", "install", "--quiet", "--python", str(path), *packages], ROOT)
    return path


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("snakemake", [OLDEST, NEWEST])
def test_the_sample_study(finished, tmp_path, python, snakemake):
    program = environment(tmp_path / "environment", python, snakemake)
    project = Project.new(tmp_path / "project")
    command = [str(program), "-m", "snakemake", "--cores", "2"]
    said = run([*command, *SAMPLE_STUDY], project.folder)
    assert "epoch 1/1" in said and "results/report.html" in said
    assert_same_results(project, finished)
    for again in ([], ["gn"], ["crate", "--forceall"]):
        planned = run([*command, *again, "--dry-run", *SAMPLE_STUDY], project.folder)
        assert ("Nothing to be done" in planned) == (not again or again == ["gn"]), planned


def test_an_older_snakemake_is_refused_in_a_sentence(tmp_path):
    text = (ROOT / "Snakefile").read_text(encoding="utf-8").replace(OLDEST, "99.0")
    project = Project.new(tmp_path / "project")
    (project.folder / "Snakefile").write_text(text, encoding="utf-8")
    said = project.snakemake("--dry-run", succeeds=False)
    assert "99.0" in said and "Traceback" not in said
