"""Error messages for a config: the value it has, and what is allowed."""

import difflib
import re
from collections.abc import Iterable, Iterator

from pydantic import ValidationError

from .keys import VARIANT_NAME, json_schema
from .lines import Key

NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
KINDS = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "object": "a map of keys",
    "array": "a list",
    "null": "null",
}
TAGS = {"int": "integer", "list": "array", "str": "string"}  # of alternatives, in keys.py


def as_yaml(value: object) -> str:
    """A value as YAML writes it, shortened."""
    plain = {None: "null", True: "true", False: "false"}
    text = plain[value] if value is None or isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def did_you_mean(given: object, names: Iterable[str]) -> str:
    """The name closest to a mistyped one, as a question; "" if none is close."""
    close = difflib.get_close_matches(str(given), list(names), 1)
    return f"did you mean {close[0]!r}?" if close else ""


def faults(error: ValidationError, schema: dict | None = None) -> Iterator[tuple[Key, str]]:
    """The key path and the message of each error.

    Args:
        schema: the keys as a JSON Schema; left out, those of a study.
    """
    schema = schema or json_schema()
    for detail in error.errors():
        kind, value = detail["type"], detail["input"]
        key, part = _stated_at(detail["loc"], schema)
        if kind in ("extra_forbidden", "invalid_key"):
            yield key, f"unknown key {str(key[-1])!r}; {_known_key(key, value, schema)}"
        elif kind == "missing":
            yield key[:-1], f"the key {key[-1]!r} is missing"
        elif detail["loc"][-1] == "[key]":
            yield key, f"{value!r} cannot name a variant; use {VARIANT_NAME}"
        elif kind == "too_short" and value == {}:
            yield key, "name at least one"
        elif kind == "value_error":
            yield key, str(detail["ctx"]["error"])
        elif kind != "default_factory_not_called":  # of a key that follows from a wrong one
            yield key, _not_allowed(value, part)


def _stated_at(location: Key, schema: dict) -> tuple[Key, dict]:
    """The key path that a config has for pydantic's location, and what the schema says of it."""
    key: list[str | int] = []
    part = schema
    for word in location:
        part = _of_keys(part, schema)
        if word == "[key]":
            continue
        if "oneOf" in part:  # the word is one of the alternatives
            chosen = next(one for one in part["oneOf"] if one["type"] == TAGS[str(word)])
            part = part if "const" in chosen else chosen
            continue
        key.append(word)
        below = part.get("properties", {}).get(word) or part.get("additionalProperties")
        if isinstance(word, int):
            below = part["items"]
        part = below or {}
    return tuple(key), _of_keys(part, schema)


def _of_keys(part: dict, schema: dict) -> dict:
    """The part itself, where it is a reference to another or may be null as well."""
    if "anyOf" in part and not {"array", "object"}.isdisjoint(map(_kind, part["anyOf"])):
        part = part["anyOf"][0]
    return schema["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part


def _kind(part: dict) -> str:
    return "object" if "$ref" in part else part["type"]


def allowed(part: dict) -> str:
    """What a part of the schema allows, such as "a whole number from 1 to 100"."""
    if several := part.get("oneOf") or part.get("anyOf"):
        return " or ".join(map(allowed, several))
    if names := part.get("enum") or part.get("examples"):
        return f"one of {', '.join(map(str, names))}"
    if "pattern" in part:
        return part["title"]  # says in words what the pattern does in signs
    return str(part["const"]) if "const" in part else KINDS[part["type"]] + _range(part)


def _range(part: dict) -> str:
    if part["type"] == "array":
        least, most = part.get("minItems", 0), part.get("maxItems")
        count = f" of {least} {f'to {most}' if most else 'or more'}" if least else ""
        return count if "$ref" in part["items"] else f"{count}, each {allowed(part['items'])}"
    words = {
        "minLength": ", not empty",
        "minimum": " from {}",
        "exclusiveMinimum": " above {}",
        "maximum": " to {}",
        "exclusiveMaximum": " to below {}",
    }
    return "".join(text.format(part[name]) for name, text in words.items() if name in part)


def _known_key(key: Key, value: object, schema: dict) -> str:
    """What was meant by an unknown key, or the keys that there are."""
    names = list(_stated_at(key[:-1], schema)[1]["properties"])
    for outer in names if len(key) == 1 else ():  # a key that is not indented enough
        inner = str(key[0]).removeprefix(f"{outer}.")
        if inner in _of_keys(schema["properties"][outer], schema).get("properties", ()):
            pair = f"{{{inner}: {as_yaml(value)}}}"
            return (
                f"it is a key of {outer}: write `{outer}: {pair}` in a file,"
                f" --config '{outer}={pair}' on the command line"
            )
    return did_you_mean(key[-1], names) or f"known keys: {', '.join(names)}"


def _not_allowed(value: object, part: dict) -> str:
    words = allowed(part)
    if isinstance(value, str) and re.fullmatch(NUMBER, value) and "number" in words:
        # YAML takes 1e-4 for text, 1.0e-4 for a number.
        number = float(value)
        written = f"{number:.0f}" if number.is_integer() else f"{number:.1e}"
        return f"{value!r} is read as text; write it as a number, {written}"
    hint = did_you_mean(value, part.get("enum") or part.get("examples") or ())
    return f"{as_yaml(value)} is not {words}{f'; {hint}' if hint else ''}"
