"""The rules by which the Snakemake workflow catalog takes a repository, and a release is made."""

import re
import subprocess

import yaml
from helpers.places import ROOT


def test_the_catalog_finds_a_workflow_in_the_standard_layout():
    """Its generator looks for workflow/Snakefile and rule files ending in .smk."""
    assert (ROOT / "workflow" / "Snakefile").is_file()
    rules = [*(ROOT / "workflow" / "rules").iterdir()]
    assert rules and {path.suffix for path in rules} == {".smk"}
    assert re.search(r"snakemake.*workflow", (ROOT / "README.md").read_text("utf-8"), re.I)


def test_the_catalog_calls_it_standardized():
    """That takes the catalog's settings and config/README.md, and flags that it can show."""
    settings = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text("utf-8"))
    usage = settings["usage"]
    assert usage["mandatory-flags"] == {"desc": None, "flags": None} and usage["report"] is True
    deployment = usage["software-stack-deployment"]
    assert set(deployment) == {"conda", "apptainer", "apptainer+conda"}
    assert (ROOT / "config" / "README.md").read_text("utf-8").startswith("# ")


def test_a_release_has_its_part_of_the_changelog(tmp_path):
    """The command of the GitHub workflow, run on the last released version."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text("utf-8"))
    steps = {step.get("name"): step.get("run") for step in workflow["jobs"]["release"]["steps"]}
    version = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["version"]
    for name in ("CITATION.cff", "CHANGELOG.md"):
        (tmp_path / name).write_text((ROOT / name).read_text("utf-8"), encoding="utf-8")
    for step in ("The tag is the version to cite", "What changed"):
        subprocess.run(
            ["bash", "-c", steps[step]],
            cwd=tmp_path,
            check=True,
            env={"GITHUB_REF_NAME": f"v{version}", "PATH": "/usr/bin:/bin"},
        )
    notes = (tmp_path / "notes.md").read_text("utf-8").strip()
    assert notes and "## " not in notes.replace("### ", "")
