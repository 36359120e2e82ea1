"""A digest of the code that a rule's results depend on, found by following its imports."""

import ast
import hashlib
import itertools
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
# Rooms that decide how results are written and shown on the way, never what is in them.
EXEMPT = {"errors", "records", "running"}


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
    found: set[Path] = set()
    wanted = list(sources)
    while wanted:
        path = wanted.pop()
        if path not in found:
            found.add(path)
            wanted += _parsed(path)[1]
    digest = hashlib.sha256()
    for name, path in sorted((_name(path), path) for path in found if path.suffix == ".py"):
        content = _content(_parsed(path)[0], docstrings)
        digest.update(f"{name}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()


def _name(path: Path) -> str:
    """A name that does not depend on where the project lies."""
    inside = path.is_relative_to(PACKAGE)
    return path.relative_to(PACKAGE).as_posix() if inside else path.name


@cache
def _parsed(path: Path) -> tuple[str, tuple[Path, ...]]:
    """A file's code and the modules it imports."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    return text, tuple(_imports(ast.parse(text, filename=str(path)), path))


@cache
def _content(text: str, docstrings: bool) -> bytes:
    """Code in a canonical form, with or without the docstrings of functions and classes."""
    tree = ast.parse(text)
    _drop_docstring(tree)  # a module's own is quoted nowhere
    if not docstrings:
        for node in ast.walk(tree):
            _drop_docstring(node)
    return _canonical(tree).encode()


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


def _imports(tree: ast.Module, path: Path) -> Iterator[Path]:
    """The files of the package that a module imports, less those of exempt rooms."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        if node.level:
            base = path.parents[node.level - 1]
        elif (node.module or "").split(".")[0] == PACKAGE.name:
            base = PACKAGE.parent
        else:
            continue
        module = base.joinpath(*(node.module or "").split(".")) if node.module else base
        for target in (module, *(module / alias.name for alias in node.names)):
            file = target.with_suffix(".py")
            if file.is_file() and file.relative_to(PACKAGE).with_suffix("").parts[0] not in EXEMPT:
                yield file
