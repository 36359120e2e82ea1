"""A digest of the code that a rule's results depend on, found by following its imports."""

import ast
import hashlib
import itertools
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..errors import StudyError
from ..records.files import write_json

PACKAGE = Path(__file__).resolve().parents[1]
# Rooms that decide how results are written and shown on the way, never what is in them.
EXEMPT = {"errors", "records", "running"}


# What is known of files seen before, by their content: parsing all of them takes a second.
KNOWN = Path(".snakemake") / "normstudy-code.json"


@dataclass(frozen=True)
class Code:
    """What counts of a file's code."""

    plain: str  # digest of the code without docstrings
    quoted: str  # and with those of functions and classes
    imports: list[tuple[int, str, list[str]]]  # of the package: level, module and names of each


@cache
def code_digest(sources: tuple[Path, ...], docstrings: bool = False) -> str:
    """SHA-256 over source files and every module of the package that they import, at any depth.

    Compared is what Python parses, without comments, docstrings and layout.

    Args:
        sources: Python files and notebooks; a notebook only lends its imports.
        docstrings: compare those of functions and classes too, for results that quote them.

    Raises:
        SyntaxError: a file is not Python.
    """
    found: dict[Path, Code] = {}
    wanted, known = list(sources), len(_known())
    while wanted:
        path = wanted.pop()
        if path not in found:
            found[path] = _code(path)
            wanted += _modules(found[path].imports, path)
    if len(_known()) > known and KNOWN.parent.is_dir():
        with suppress(OSError, StudyError):
            write_json({"way": _way(), "codes": _known()}, KNOWN)
    parts = sorted(
        f"{_name(path)} {code.quoted if docstrings else code.plain}\n"
        for path, code in found.items()
        if path.suffix == ".py"
    )
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _name(path: Path) -> str:
    """A name that does not depend on where the project lies."""
    inside = path.is_relative_to(PACKAGE)
    return path.relative_to(PACKAGE).as_posix() if inside else path.name


@cache
def _code(path: Path) -> Code:
    """What counts of a Python file or a notebook."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    key = _digest(text)
    if key not in _known():
        _known()[key] = code_of(text, str(path))
    return _known()[key]


def code_of(text: str, name: str = "") -> Code:
    """What counts of a text of Python.

    Args:
        name: of the file, for the error.

    Raises:
        SyntaxError: it is not Python.
    """
    tree = ast.parse(text, filename=name)
    imports = [
        (node.level, node.module or "", [alias.name for alias in node.names])
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.level or (node.module or "").split(".")[0] == PACKAGE.name)
    ]
    _drop_docstring(tree)  # a module's own is quoted nowhere
    quoted = _digest(_canonical(tree))
    for node in ast.walk(tree):
        _drop_docstring(node)
    return Code(_digest(_canonical(tree)), quoted, imports)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _way() -> str:
    """A digest of how the codes are made: those of another way are of no use."""
    return _digest(Path(__file__).read_text(encoding="utf-8"))


@cache
def _known() -> dict[str, Code]:
    """Digest of a text → its code, of files seen before. A list that cannot be read is no harm."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        stored = json.loads(KNOWN.read_text(encoding="utf-8"))
        if stored["way"] == _way():
            return {text: Code(**code) for text, code in stored["codes"].items()}
    return {}


def _canonical(node: object) -> str:
    """A syntax tree as text, the same in every Python that the project runs on.

    `ast.dump` is not: Python 3.12 gave functions a field more, 3.13 leaves empty ones out.
    """
    if isinstance(node, ast.JoinedStr):  # Python 3.12 splits their text otherwise
        return f"JoinedStr({[*_pieces(node)]})"
    if isinstance(node, list):
        return f"[{', '.join(map(_canonical, node))}]"
    if not isinstance(node, ast.AST):
        return ascii(node)
    fields = []
    for name in node._fields:
        value = getattr(node, name, None)
        if value is not None and value != []:
            fields.append(f"{name}={_canonical(value)}")
    return f"{type(node).__name__}({', '.join(fields)})"


def _pieces(text: ast.JoinedStr) -> Iterator[str]:
    """The parts of an f-string: text that lies side by side as one, without empty text."""
    for plain, parts in itertools.groupby(text.values, lambda v: isinstance(v, ast.Constant)):
        if not plain:
            yield from map(_canonical, parts)
        elif words := "".join(str(part.value) for part in parts if isinstance(part, ast.Constant)):
            yield ascii(words)


def _drop_docstring(node: ast.AST) -> None:
    body = getattr(node, "body", None)
    if isinstance(body, list) and body and _is_text(body[0]):
        body[:1] = [] if body[1:] else [ast.Pass()]


def _is_text(node: ast.AST) -> bool:
    """Whether a statement is a bare string, as docstrings are."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _modules(imports: list[tuple[int, str, list[str]]], path: Path) -> Iterator[Path]:
    """The files of the package that a file imports, less those of exempt rooms."""
    files = _files()
    for level, module, names in imports:
        folder = path.parents[level - 1] if level else PACKAGE.parent
        base = "/".join([folder.as_posix(), *module.split(".")]).rstrip("/")
        for target in (base, *(f"{base}/{name}" for name in names)):
            if file := files.get(f"{target}.py"):
                yield file


@cache
def _files() -> dict[str, Path]:
    """Path → file, of the package's modules in rooms that are not exempt."""
    return {
        path.as_posix(): path
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).with_suffix("").parts[0] not in EXEMPT
    }
