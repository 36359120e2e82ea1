"""Digests of the code that results depend on, one per room of the package.

Compared is the source without comments, docstrings and layout. The report's room is compared as
text, because the report quotes it.
"""

import hashlib
import io
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ..errors import StudyError

PACKAGE = Path(__file__).resolve().parents[1]
QUOTED = {"report"}
IGNORED = {tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER}
BLOCK = {tokenize.INDENT: "{", tokenize.DEDENT: "}"}
# From Python 3.12 on, an f-string is several tokens; before, it is one string.
STARTS = {getattr(tokenize, f"{kind}STRING_START", None) for kind in "FT"} - {None}
ENDS = {getattr(tokenize, f"{kind}STRING_END", None) for kind in "FT"} - {None}


@cache
def code_digest(room: str) -> str:
    """SHA-256 over a room: a folder of the package, or one module such as "data/idx".

    Raises:
        FileNotFoundError: there is no such room.
    """
    folder = PACKAGE / room
    paths = sorted(folder.rglob("*.py")) if folder.is_dir() else [PACKAGE / f"{room}.py"]
    digest = hashlib.sha256()
    for path in paths:
        text = path.read_text(encoding="utf-8")
        code = text if room in QUOTED else "\n".join(statements(text))
        digest.update(f"{path.relative_to(PACKAGE).as_posix()}\n{code}\n".encode())
    return digest.hexdigest()


def code_digests(*rooms: str) -> dict[str, str]:
    """Room → its digest."""
    return {room: code_digest(room) for room in rooms}


def check_code(digests: dict[str, str]) -> None:
    """Check that the code imported here is the code that a rule's digests are of.

    Raises:
        StudyError: a room has another digest.
    """
    if other := [room for room in digests if code_digest(room) != digests[room]]:
        raise StudyError(
            f"{PACKAGE / other[0]} changed after this command was started: run the command again"
        )


def statements(text: str) -> Iterator[str]:
    """Each statement of a Python source on one line, the same in every version of Python.

    Docstrings are left out: statements that are a string and nothing else.
    """
    lines = text.splitlines(keepends=True)
    words: list[str] = []
    strings, depth, start = 0, 0, (0, 0)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in STARTS:
            start = start if depth else token.start
            depth += 1
        elif token.type in ENDS:
            depth -= 1
            if not depth:
                words.append(_between(lines, start, token.end))
        elif depth or token.type in IGNORED:
            continue
        elif token.type in BLOCK:
            yield BLOCK[token.type]
        elif token.type == tokenize.NEWLINE:
            if len(words) > strings:
                yield " ".join(words)
            words, strings = [], 0
        else:
            words.append(token.string)
            strings += token.type == tokenize.STRING


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    """The source between two positions (line from 1, column from 0)."""
    (first, left), (last, right) = start, end
    if first == last:
        return lines[first - 1][left:right]
    return "".join([lines[first - 1][left:], *lines[first : last - 1], lines[last - 1][:right]])
