"""What gets installed is what was locked: every package by version and by hash."""

import ast
import json
import re
import sys
from importlib.metadata import packages_distributions

import pytest
import yaml
from helpers.places import ROOT, SCRIPTS
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = ["requirements", "tests/requirements", "workflow/envs/installer"]
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def locked(name: str) -> list[tuple[Requirement, int]]:
    """Each requirement of a lock with the number of its hashes."""
    text = (ROOT / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip()]
    return [(Requirement(line.split("--hash")[0]), len(HASH.findall(line))) for line in lines]


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_of_a_lock_has_one_version_and_its_hashes(name):
    requirements = locked(name)
    assert requirements
    for requirement, hashes in requirements:
        assert [part.operator for part in requirement.specifier] == ["=="], requirement
        assert requirement.url is None and hashes >= 1, requirement


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_what_its_in_file_asks_for(name):
    versions = {canonicalize_name(r.name): str(r.specifier) for r, _ in locked(name)}
    lines = (ROOT / f"{name}.in").read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if line and line[0] not in "#-"]
    assert wanted
    for requirement in wanted:
        assert versions[canonicalize_name(requirement.name)] == str(requirement.specifier)


# Not imported by the package: Snakemake, its plugin, and what it or a notebook needs.
OF_SNAKEMAKE = ("snakemake", "snakemake-executor-plugin-slurm", "pygments", "python-dateutil")
UNIMPORTED = {*OF_SNAKEMAKE, "ipykernel"}


def direct() -> dict[str, str]:
    """Package → its line in requirements.in."""
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    return {canonicalize_name(Requirement(line).name): line for line in lines if line[0] != "#"}


def imported(source: str) -> set[str]:
    """Top-level modules that a source imports, wherever it does."""
    nodes = [*ast.walk(ast.parse(source))]
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [n.module or "" for n in nodes if isinstance(n, ast.ImportFrom) and not n.level]
    return {name.partition(".")[0] for name in names}


def cells() -> str:
    """The code of the report's notebook."""
    notebook = json.loads((ROOT / "report" / "report.ipynb").read_text(encoding="utf-8"))
    return "\n".join("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code")


def test_every_import_is_declared_and_nothing_else_is():
    tops = [SCRIPTS, ROOT / "docs" / "tools", ROOT / "benchmarks"]
    sources = [path.read_text("utf-8") for top in tops for path in top.rglob("*.py")]
    modules = set().union(*map(imported, [*sources, cells()])) - sys.stdlib_module_names
    modules -= {"normstudy", "evidence", "benchmarks"}
    packages = packages_distributions()
    wanted = {canonicalize_name(packages[name][0]) for name in modules}
    assert wanted | UNIMPORTED == direct().keys()


def test_torchvision_is_imported_only_to_download():
    """It takes two seconds and a third of a GB of memory."""
    modules = {path.name: imported(path.read_text("utf-8")) for path in SCRIPTS.rglob("*.py")}
    assert [name for name, used in modules.items() if "torchvision" in used] == ["fetch.py"]


def test_conda_has_the_same_pins_and_the_rules_those_that_jobs_need():
    def pins(path):
        environment = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
        return sorted(environment["dependencies"][-1]["pip"])

    pinned = direct()
    assert pins("environment.yml") == sorted(pinned.values())
    of_jobs = sorted(line for name, line in pinned.items() if name not in OF_SNAKEMAKE)
    assert pins("workflow/envs/jobs.yaml") == of_jobs
    rules = "".join(p.read_text("utf-8") for p in (ROOT / "workflow" / "rules").glob("*.smk"))
    assert set(re.findall(r'conda:\s+"(.*)"', rules)) == {"../envs/jobs.yaml"}


def test_test_tools_change_no_package_of_the_study():
    study = {(r.name, str(r.marker)): r.specifier for r, _ in locked("requirements")}
    tools = {(r.name, str(r.marker)): r.specifier for r, _ in locked("tests/requirements")}
    assert all(study[key] == tools[key] for key in study.keys() & tools.keys())


def test_what_is_installed_has_its_hash_and_what_is_built_is_built_with_locked_tools():
    """Only wheels, but for one package; and the tool that builds it has its hash."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    installs = [line for line in text.splitlines() if "pip install" in line]
    assert installs and all("--only-binary :all:" in line for line in installs)
    assert all("--require-hashes" in line or "--torch-backend" in line for line in installs)
    built = [line for line in installs if "--no-binary" in line]
    assert len(built) == 1 and "--no-build-isolation" in built[0]
    assert "setuptools" in {tool.name for tool, _ in locked("workflow/envs/installer")}


def test_no_text_runs_as_code():
    """Of what does that, these have no rule in ruff."""
    words = r"\.query\(|pd\.eval|__import__|torch\.load\((?![^)]*weights_only=True)"
    for source in (cells(), *(path.read_text("utf-8") for path in SCRIPTS.rglob("*.py"))):
        assert not re.search(words, source)
