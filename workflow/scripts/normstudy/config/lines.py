"""Strict reading of config files, with the line of every key.

Snakemake reads the same files, but silently takes the last of two equal keys and names neither file
nor line when one cannot be read.
"""

import itertools
import os
import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from yaml.constructor import SafeConstructor

from ..errors import StudyError

Key = tuple[str | int, ...]  # a key path: ("variants", "gn", "norm"), ("seeds", 0)
COMMAND_LINE = Path("--config")


@dataclass(frozen=True)
class ConfigFile:
    """A config file and the line number, from 1, of every key path in it."""

    path: Path
    lines: dict[Key, int] = field(default_factory=dict)


def read_config_file(path: str | Path) -> ConfigFile:
    """The lines of a config file's keys.

    Raises:
        StudyError: the file cannot be read, is no YAML, or has keys that do not count: not at
            the top level, not text, or stated twice.
    """
    path = Path(path)
    try:
        root = yaml.compose(path.read_bytes().decode("utf-8"), yaml.SafeLoader)
        if not isinstance(root, yaml.MappingNode):
            raise StudyError(f"{path} must hold keys and values, such as `seeds: [1, 2, 3]`")
        lines = dict(_lines(path, root, (), ()))
        SafeConstructor().construct_document(root)  # refuses tags and impossible dates
    except FileNotFoundError as error:
        raise StudyError(
            f"{path} is not there: run Snakemake in the project's folder, or name the folder that"
            " has it with --directory"
        ) from error
    except OSError as error:
        raise StudyError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line, byte = error.object.count(b"\n", 0, error.start) + 1, error.object[error.start]
        words = f"this is not UTF-8 text (byte 0x{byte:02x}); save the file as UTF-8"
        raise StudyError(f"{_place(path, line)}: {words}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = _place(path, mark.line + 1) if mark else path
        raise StudyError(f"{where}: {_problem(error)}") from error
    except (yaml.YAMLError, ValueError) as error:
        words = " ".join(str(error).split())
        raise StudyError(f"{path} cannot be read as YAML: {words}") from error
    return ConfigFile(path, lines)


def _problem(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark
    if mark and mark.buffer and mark.buffer[mark.pointer : mark.pointer + 1] == "\t":
        return "there is a tab; indent with spaces"
    context = f" {error.context}" if error.context else ""
    return f"this is not YAML: {error.problem}{context}"


def _lines(path: Path, node: yaml.Node, key: Key, above: tuple) -> Iterator[tuple[Key, int]]:
    """Each key path below `node` with its line; `above` are the nodes that it lies in."""

    def refused(key: Key, node: yaml.Node, words: str) -> StudyError:
        return StudyError(f"{_place(path, node.start_mark.line + 1)}: {words.format(dotted(key))}")

    if node in above:
        raise refused(key, node, "{} holds itself (an alias)")
    above = (*above, node)
    if isinstance(node, yaml.ScalarNode) and (reading := _other_reading(node)):
        raise refused(key, node, f"{{}}: {reading}")
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield (*key, number), item.start_mark.line + 1
            yield from _lines(path, item, (*key, number), above)
    elif isinstance(node, yaml.MappingNode):
        stated: dict[str, int] = {}
        for name, value in node.value:
            below = (*key, name.value if isinstance(name, yaml.ScalarNode) else "?")
            kind = name.tag.rpartition(":")[2]
            if kind == "merge":  # <<: *anchor
                continue
            if kind != "str":
                words = f"the key {{}} is read as {kind}, not as text; choose another name"
                raise refused(below, name, words)
            if name.value in stated:
                words = f"the key {{}} is given twice, first in line {stated[name.value]}; keep one"
                raise refused(below, name, words)
            stated[name.value] = name.start_mark.line + 1
            yield below, stated[name.value]
            yield from _lines(path, value, below, above)


def _place(path: Path, line: int) -> str:
    return str(path) if path == COMMAND_LINE else f"{path}, line {line}"


def _other_reading(node: yaml.ScalarNode) -> str:
    """What is wrong with a value that YAML 1.1 reads otherwise than people do; "" if nothing is.

    A leading 0 means octal to it, colons mean sixtieths, and yes, no, on and off truth values.
    """
    kind, text = node.tag.rpartition(":")[2], node.value
    if kind == "bool" and text.lower() not in ("true", "false"):
        meant = "true" if text.lower() in ("yes", "on") else "false"
        return f"{text} is read as {meant}; put it in quotes if it is text"
    if kind not in ("int", "float"):
        return ""
    read = SafeConstructor().construct_object(node)
    if ":" in text:
        return f"{text} is read as {read} (base 60); write {read}, or {text!r} if it is text"
    if kind == "int" and text.lstrip("+-").isdecimal() and int(text) != read:
        return f"{text} is read as {read} (octal), not as {int(text)}; write {read} or {int(text)}"
    return ""


def dotted(key: Key) -> str:
    """A key path as it is shown: variants.gn.norm."""
    parts = [str(part) if str(part).isprintable() else repr(part) for part in key]
    return ".".join(parts) or "the top level"


def where_stated(key: Key, files: Sequence[ConfigFile]) -> str:
    """The file and line of the key, or of the nearest key that encloses it.

    Args:
        key: its path.
        files: in the order of reading: of a key the last has the say, of a list's items the
            last that states the list.
    """
    while key:
        head = tuple(itertools.takewhile(lambda part: isinstance(part, str), key))
        for file in reversed(files):
            if head in file.lines:
                while key not in file.lines:
                    key = key[:-1]
                line = file.lines[key]
                return f"{file.path}, line {line}" if line else str(file.path)
        key = head[:-1]
    return ", ".join(str(file.path) for file in files)


def setting(word: str) -> dict:
    """What a word of `--config` sets, name=value: Snakemake reads numbers in maps as text."""
    name, _, value = word.partition("=")
    try:
        return {name: yaml.safe_load(value)}
    except yaml.YAMLError:
        return {name: value}


def command_line(words: Sequence[str]) -> ConfigFile:
    """The keys that words of `--config` state, as those of a file without line numbers.

    Raises:
        StudyError: a number may be read in two ways.
    """
    keys: dict[Key, int] = {}
    for name, _, value in (word.partition("=") for word in words):
        keys[name,] = 0
        with suppress(yaml.YAMLError):  # then it is text
            if root := yaml.compose(value, yaml.SafeLoader):
                keys |= {key: 0 for key, _ in _lines(COMMAND_LINE, root, (name,), ())}
    return ConfigFile(COMMAND_LINE, keys)


def study_options(source: Path, files: Sequence[str | Path], words: Sequence[str]) -> str:
    """The `snakemake` options that select this study, for use with a target.

    Args:
        source: the project's folder, seen from the working folder.
        files: those of --configfile.
        words: those of --config.
    """
    options = ["--snakefile", str(source / "Snakefile")] if source != Path() else []
    if files:
        options += ["--configfile", *map(os.path.relpath, files)]
    words = [word for word in words if not word.startswith(("compare=", "judge="))]
    return shlex.join([*options, *(["--config", *words] if words else [])])
