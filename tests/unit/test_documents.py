"""What documents and settings name is there and agrees: links, targets, studies, versions."""

import re
import subprocess
import tomllib
from itertools import chain

import pytest
import yaml
from helpers.places import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("[!.d]*/README.md")])
TARGETS = set(re.findall(r"^([a-z][a-z0-9-]*):", (ROOT / "Makefile").read_text(), re.M))
CHANGES, SLURM = ROOT / "CHANGELOG.md", "workflow/profiles/slurm"
TEXTS = {path: path.read_text(encoding="utf-8") for path in PAGES}


def anchors(text: str) -> set[str]:
    """The names that GitHub gives a page's headings."""
    headings = re.findall(r"^#+ (.*)", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", TEXTS[page]):
        if "://" in link:
            continue
        name, _, heading = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert not heading or heading in anchors(TEXTS[target]), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_name_what_there_is(page):
    assert set(re.findall(r"(?:^|`)make ([a-z][a-z0-9-]*)", TEXTS[page], re.M)) <= TARGETS
    for path in re.findall(r"workflow/studies/[a-z_]+\.yaml", TEXTS[page]):
        assert (ROOT / path).exists(), path


def test_the_readme_is_read_in_one_sitting():
    text = TEXTS[ROOT / "README.md"]
    assert len(text.splitlines()) <= 220 and len(text.split()) <= 1500
    assert text[: text.index("make run")].count("\n") < 25


def test_every_ready_made_study_is_described():
    text = TEXTS[ROOT / "README.md"] + TEXTS[ROOT / "docs" / "run.md"]
    for path in (ROOT / "workflow" / "studies").glob("*.yaml"):
        assert f"workflow/studies/{path.name}" in text


def settings(path):
    """What a file of YAML holds."""
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def test_the_version_to_cite_is_the_last_released():
    cited, released = settings("CITATION.cff"), re.findall(r"^## (\d\S*)", TEXTS[CHANGES], re.M)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert cited["version"] == released[0] == project["version"] and cited["date-released"]


def test_a_release_has_its_part_of_the_changelog(tmp_path):
    """The commands of the GitHub workflow, run on the last released version."""
    release = settings(".github/workflows/release.yml")["jobs"]["release"]
    steps = {step.get("name"): step.get("run") for step in release["steps"]}
    for name in ("CITATION.cff", "CHANGELOG.md"):
        (tmp_path / name).symlink_to(ROOT / name)
    tag = f"v{settings('CITATION.cff')['version']}"
    for step in ("The tag is the version to cite", "What changed"):
        environment = {"GITHUB_REF_NAME": tag, "PATH": "/usr/bin:/bin"}
        subprocess.run(["bash", "-c", steps[step]], cwd=tmp_path, check=True, env=environment)
    notes = (tmp_path / "notes.md").read_text("utf-8").strip()
    assert notes and "## " not in notes.replace("### ", "")


def test_the_catalog_of_workflows_calls_this_one_standardized():
    """It wants workflow/Snakefile, its settings, config/README.md, and flags that it can show."""
    assert (ROOT / "workflow" / "Snakefile").is_file()
    assert TEXTS[ROOT / "config" / "README.md"].startswith("# ")
    usage = settings(".snakemake-workflow-catalog.yml")["usage"]
    assert usage["mandatory-flags"] == {"desc": None, "flags": None} and usage["report"] is True
    deployment = usage["software-stack-deployment"]
    assert set(deployment) == {"conda", "apptainer", "apptainer+conda"}


def test_the_slurm_profile_has_the_options_of_every_run_and_no_profile_runs_code():
    """But for the cores of this machine, which would limit the jobs of the cluster."""
    usual, slurm = (settings(f"{at}/config.yaml") for at in ("profiles/default", SLURM))
    assert slurm.items() >= {key: value for key, value in usual.items() if key != "cores"}.items()
    assert "cores" not in slurm and slurm["executor"] == "slurm"
    for path in ROOT.glob("**/profiles/*/config.yaml"):
        assert "__use_yte__" not in path.read_text(encoding="utf-8"), path


def test_github_runs_what_is_run_here():
    workflow = settings(".github/workflows/ci.yml")
    steps = chain.from_iterable(job["steps"] for job in workflow["jobs"].values())
    assert "bash .ci/run" in [step.get("run") for step in steps]
    commands = re.findall(r"^make (\S+)", (ROOT / ".ci/run").read_text(), re.M)
    assert commands and set(commands) <= TARGETS
