"""The house: what may import what, and where names are kept."""

import ast
import functools
import re
from pathlib import Path

import normstudy
import pytest
from helpers.places import ROOT, SCRIPTS
from normstudy.config.targets import OF_RUNS, TARGETS

PACKAGE = SCRIPTS / "normstudy"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")


def room(path: Path) -> str:
    """The first folder of a module, or its own name."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


@functools.cache
def imported(path: Path) -> set[Path]:
    """The package's files that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom):
            continue
        if node.level or (node.module or "").startswith("normstudy."):
            base = (path.parents[node.level - 1] if node.level else SCRIPTS).joinpath(
                *(node.module or "").split(".")
            )
            names = [base, *(base / alias.name for alias in node.names)]
            found |= {name.with_suffix(".py") for name in names}
    return {path for path in found if path.is_file()}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_to_rooms_further_up_the_map(path):
    order = list(normstudy.ROOMS)
    for other in imported(path):
        assert order.index(room(other)) <= order.index(room(path)), f"{path} imports {other}"


def test_no_module_imports_itself_in_a_circle():
    open_, done = [], set()

    def visit(path):
        assert path not in open_, [*open_, path]
        if path not in done:
            open_.append(path)
            for other in imported(path):
                visit(other)
            done.add(open_.pop())

    for path in MODULES:
        visit(path)


def test_the_map_has_every_room_and_no_room_is_crowded():
    assert {room(path) for path in MODULES} == set(normstudy.ROOMS)
    for folder in {path.parent for path in MODULES}:
        assert len(list(folder.glob("[!_]*.py"))) <= 10, folder


def test_no_module_knows_snakemake():
    for path in MODULES:
        assert not re.search(r"^\s*(import|from) snakemake", path.read_text(), re.M), path


def test_one_short_file_reaches_into_snakemake():
    words = r"workflow\.(dag|persistence|scheduler|modifier)|DefaultStreamHandler|sourcecache"
    rules = [ROOT / "Snakefile", *(ROOT / "workflow" / "rules").glob("*.smk")]
    (path,) = (path for path in rules if re.search(words, path.read_text(encoding="utf-8")))
    assert path.name == "internals.smk" and path.read_text().count("\n") <= 60


STATISTICS = {"agg", "aggregate", "cov", "describe", "mean", "median", "nanmean", "nanstd"}
STATISTICS |= {"percentile", "quantile", "sem", "std", "var"}


def test_the_report_computes_no_statistics():
    """Its numbers stand in tables that rule summarize wrote: it calls nothing that makes a mean or
    a spread of several, and no module of intervals."""
    for path in (PACKAGE / "report").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in STATISTICS, f"{path}, line {node.lineno}"
            elif isinstance(node, ast.Import | ast.ImportFrom):
                assert not re.match(r"import scipy|from scipy", ast.unparse(node)), path
        names = {other.name for other in imported(path) if room(other) == "statistics"}
        assert not names & {"contrasts.py", "other_images.py"}, path


def test_the_names_of_rules_are_kept_in_one_place():
    """None may be the name of a variant."""
    rules = "".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
    assert set(re.findall(r"^ *(?:rule|checkpoint) (\w+):", rules, re.M)) == {
        *TARGETS,
        *OF_RUNS,
    } - {"all"}


# They decide how results are written and asked for, not what is in them; `data` but for idx.
NO_RESULTS = ("errors", "records", "running", "config", "data/")


def test_each_rule_names_the_rooms_that_its_script_imports():
    rules = "".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
    named = re.findall(r"code=code\((.*?)\),.*?scripts/(\w+\.py)", rules, re.S)
    assert len(named) >= 8
    for rooms, script in named:
        allowed = tuple(re.findall(r'"(.*?)"', rooms))
        seen, wanted = set(), [SCRIPTS / script]
        while wanted:
            new = imported(wanted.pop()) - seen
            seen |= new
            wanted += new
        names = {path.relative_to(PACKAGE).with_suffix("").as_posix() for path in seen}
        exempt = {name for name in names if name.startswith(NO_RESULTS)} - {"data/idx"}
        assert {name for name in names - exempt if not name.startswith(allowed)} == set(), script
