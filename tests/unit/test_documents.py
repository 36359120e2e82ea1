"""What the documents name is there: files, headings, targets of make, studies, a version."""

import re
from itertools import chain

import pytest
import yaml
from helpers.places import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("[!.d]*/README.md")])
TARGETS = set(re.findall(r"^([a-z][a-z0-9-]*):", (ROOT / "Makefile").read_text(), re.M))
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


def test_every_ready_made_study_is_described():
    text = TEXTS[ROOT / "README.md"] + TEXTS[ROOT / "docs" / "run.md"]
    for path in (ROOT / "workflow" / "studies").glob("*.yaml"):
        assert f"workflow/studies/{path.name}" in text


def test_the_version_to_cite_is_the_last_released():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    released = re.findall(r"^## (\d\S*)", TEXTS[ROOT / "CHANGELOG.md"], re.M)
    assert cited["version"] == released[0] and cited["date-released"]


def test_github_runs_what_is_run_here():
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    steps = chain.from_iterable(job["steps"] for job in workflow["jobs"].values())
    assert "bash .ci/run" in [step.get("run") for step in steps]
    commands = re.findall(r"^make (\S+)", (ROOT / ".ci/run").read_text(), re.M)
    assert commands and set(commands) <= TARGETS
