"""The house: what may import what, and which code a rule's results depend on."""

import ast
import hashlib
import re
from pathlib import Path

import normstudy
import pytest
from helpers.places import ROOT, SCRIPTS
from normstudy.config.targets import RULES
from normstudy.running import code_digest as module
from normstudy.running.code_digest import code_digest

PACKAGE = SCRIPTS / "normstudy"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")


def room(path: Path) -> str:
    """The first folder of a module, or its own name."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(path: Path) -> set[Path]:
    """The package's files that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = path.parents[node.level - 1].joinpath(*filter(None, [node.module]))
            base = Path(str(base).replace(".", "/")) if node.module else base
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


def test_only_the_console_knows_snakemake():
    for path in MODULES:
        found = re.search(r"^\s*(import|from) snakemake", path.read_text(), re.M)
        assert not found or path.name == "console.py", path


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
    """Each has words for the terminal, and none may be the name of a variant."""
    rules = "".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
    assert set(re.findall(r"^ *(?:rule|checkpoint) (\w+):", rules, re.M)) == set(RULES)


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A package of three modules and a script that imports one of them."""
    package = tmp_path / "normstudy"
    files = {
        "network/step.py": "from ..records import tables\nfrom . import rate\nX = 1\n",
        "network/rate.py": "RATE = 0.1\ndef f():\n    pass\n",
        "network/other.py": "OTHER = 1\n",
        "records/tables.py": "COLUMNS = 1\n",
        "script.py": "from normstudy.network.step import X\nprint(X)\n",
    }
    for name, text in files.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / ".snakemake").mkdir()
    monkeypatch.setattr(module, "PACKAGE", package)
    monkeypatch.setattr(module, "KNOWN", tmp_path / ".snakemake" / "known.json")

    def forget():
        for cached in (module._code, module._files, module._known, code_digest):
            cached.cache_clear()

    def digest(**kept):
        forget()
        return code_digest((package / "script.py",), **kept)

    yield package, digest
    forget()


@pytest.mark.parametrize(
    ("name", "text", "docstrings", "differs"),
    [
        ("script.py", "from normstudy.network.step import X\nprint(X + 1)\n", False, True),
        ("network/step.py", "from . import rate\nX = 2\n", False, True),
        ("network/rate.py", "RATE = 0.2\n", False, True),
        ("network/rate.py", '"""A rate."""\n# why\nRATE  =  0.1\ndef f(): pass\n', False, False),
        ("network/rate.py", '"""A rate."""\n# why\nRATE = 0.1\ndef f(): pass\n', True, False),
        ("network/rate.py", 'RATE = 0.1\ndef f():\n    """Words."""\n', False, False),
        ("network/rate.py", 'RATE = 0.1\ndef f():\n    """Words."""\n', True, True),
        ("network/other.py", "OTHER = 2\n", False, False),
        ("records/tables.py", "COLUMNS = 2\n", False, False),
    ],
)
def test_a_digest_follows_imports_and_meaning(house, name, text, docstrings, differs):
    package, digest = house
    before = digest(docstrings=docstrings)
    (package / name).write_text(text)
    assert (digest(docstrings=docstrings) != before) == differs


def test_what_is_known_of_files_spares_parsing_them_and_changes_nothing(house, monkeypatch):
    package, digest = house
    known = module.KNOWN
    first = digest()
    stored = known.read_text()
    with monkeypatch.context() as patched:
        patched.setattr(module, "code_of", lambda *_: pytest.fail("a known file was parsed"))
        assert digest() == first
    for damaged in ("", "[]", '{"codes": 1}', stored[:-40], stored.replace("plain", "other")):
        known.write_text(damaged)
        assert digest() == first
        assert known.read_text() == stored
    (package / "network/rate.py").write_text("RATE = 0.2\n")
    assert digest() != first


SYNTAX = '''
"""Words."""
from dataclasses import dataclass
@dataclass(frozen=True)
class A(object):
    """Words."""
    x: int = 0
    def f(self, a, /, b=None, *c, d, e=1.5e-3, **g) -> "str":
        match a:
            case None | [1, *_]: return f"{a!r:>{b}} é {a=}" f"{d}"
        with open(u"x") as h, g: pass
        return lambda *k: [i for i in k if i] or {**g, 1: ...}
try: pass
except* ValueError: pass
async def y(): yield -1, 1_000j, b"\\x00", a[1:2, ::3]
'''


def test_another_python_takes_the_same_code_for_the_same():
    """The digest of this text was the same with Python 3.11.7, 3.12.1, 3.13.2 and 3.14.2, while
    that of `ast.dump` was three different ones."""
    text = module._canonical(ast.parse(SYNTAX))
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert digest == "a2f45377d5e8f56e045087954aa1f7ea6b5d3d966ff46b89450a257e55b6aec8"


def test_training_depends_on_the_network_and_not_on_the_report():
    script = SCRIPTS / "train.py"
    imports = module.code_of(script.read_text(encoding="utf-8")).imports
    found = {str(path.relative_to(PACKAGE)) for path in module._modules(imports, script)}
    assert "network/training.py" in found
    assert not any(name.startswith(("report", "statistics", "running")) for name in found)
