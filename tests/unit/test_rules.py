"""Each rule names the code that its results depend on: Snakemake itself sees no imports."""

import ast
import json
import re

import pytest
from places import ROOT

SCRIPTS = ROOT / "workflow" / "scripts"
PACKAGE = SCRIPTS / "normstudy"
# How mistakes are worded, files written, read, logged and fetched: what is in them does not
# depend on it.
# Facts of the datasets reach the rules as params.
INFRASTRUCTURE = {
    "config_files",
    "config_words",
    "console",
    "data_source",
    "machine",
    "progress",
    "records",
    "run_record",
    "tables",
    "datasets",
    "errors",
    "files",
    "joblog",
    "locks",
    "memory",
    "processes",
    "resume",
    "download",
    "fetching",
    "checkpoint",
}

RULES = {
    block["rule"]: block
    for path in (ROOT / "workflow" / "rules").glob("*.smk")
    for block in re.finditer(
        r'^rule (?P<rule>\w+):.*?"\.\./scripts/(?P<script>\w+)\.py"', path.read_text(), re.M | re.S
    )
}


def imported(source: str, package: str = "") -> set[str]:
    """The modules of normstudy that a source imports, as paths within it ("report/page")."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ImportFrom):
            continue
        module = (node.module or "").split(".") if node.module else []
        if node.level == 0:
            if module[:1] != ["normstudy"]:
                continue
            base = module[1:]
        else:
            base = [package] * (package != "" and node.level == 1) + module
        for path in ("/".join(base), *("/".join([*base, alias.name]) for alias in node.names)):
            if path and (PACKAGE / f"{path}.py").exists():
                names.add(path)
    return names


def closure(names: set[str]) -> set[str]:
    """The modules and all that they import in turn."""
    found, wanted = set(), set(names)
    while wanted:
        name = wanted.pop()
        found.add(name)
        package = name.rpartition("/")[0]
        wanted |= imported((PACKAGE / f"{name}.py").read_text(), package) - found
    return found


@pytest.mark.parametrize(
    "rule", sorted(RULES.keys() - {"download"})
)  # whose results have checksums
def test_a_rule_names_all_the_code_it_depends_on(rule):
    source = (SCRIPTS / f"{RULES[rule]['script']}.py").read_text()
    needed = imported(source)
    if rule == "report":
        notebook = json.loads((ROOT / "report" / "report.ipynb").read_text())
        cells = ("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code")
        needed |= set().union(*map(imported, cells))
    named = {
        name
        for call in re.findall(r"modules\((.*?)\)\s*,?\n", RULES[rule][0], re.S)
        for name in re.findall(r'"([\w/]+)"', call)
    }
    assert closure(needed) - INFRASTRUCTURE <= named | INFRASTRUCTURE
    assert all((PACKAGE / f"{name}.py").exists() for name in named)


def test_the_science_does_not_import_snakemake():
    for path in PACKAGE.rglob("*.py"):
        assert not re.search(r"^\s*(import|from) snakemake", path.read_text(), re.M), path


def test_the_science_does_not_import_the_report():
    for path in PACKAGE.glob("*.py"):
        assert not any(name.startswith("report/") for name in imported(path.read_text())), path
