"""Which code a rule's results depend on: what its script imports, by what it means."""

import ast
import hashlib

import pytest
from helpers.places import SCRIPTS
from normstudy.running import code_digest as module
from normstudy.running.code_digest import code_digest


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
    found = {str(path.relative_to(module.PACKAGE)) for path in module._modules(imports, script)}
    assert "network/training.py" in found
    assert not any(name.startswith(("report", "statistics", "running")) for name in found)
