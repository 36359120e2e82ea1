"""Error messages for a config: the value found, and what is allowed."""

import difflib
import re
from collections.abc import Iterable

from jsonschema import ValidationError
from jsonschema.exceptions import relevance

NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
KINDS = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "object": "a map of keys",
    "array": "a list",
    "null": "null",
}


def shown(value: object) -> str:
    """A value as YAML writes it, shortened."""
    plain = {None: "null", True: "true", False: "false"}
    text = plain[value] if value is None or isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def did_you_mean(given: object, known: Iterable[str]) -> str:
    """The known name closest to a mistyped one, as a question; "" if none is close."""
    close = difflib.get_close_matches(str(given), list(known), 1)
    return f"did you mean {close[0]!r}?" if close else ""


def allowed(schema: dict) -> str:
    """What a part of the schema allows, such as "a whole number from 1 to 100"."""
    if "oneOf" in schema:
        return " or ".join(map(allowed, schema["oneOf"]))
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return f"one of {', '.join(map(str, values))}" if len(values) > 1 else str(values[0])
    if "pattern" in schema:
        return schema["title"]  # says in words what the pattern does in signs
    return " or ".join(KINDS[kind] + _range(kind, schema) for kind in _types(schema))


def _types(schema: dict) -> list[str]:
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else types


def _range(kind: str, schema: dict) -> str:
    if kind == "array":
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        more = {None: " or more", least: ""}.get(most, f" to {most}")
        count = f" of {least}{more}" if least else ""
        items = schema.get("items", {})
        return f"{count}, each {allowed(items)}" if "type" in items else count
    if kind == "string" and "minLength" in schema:
        most = f" of at most {schema['maxLength']} characters" if "maxLength" in schema else ""
        return f"{most}, not empty"
    if kind not in ("integer", "number"):
        return ""
    low = f"from {schema['minimum']}" if "minimum" in schema else ""
    low = f"above {schema['exclusiveMinimum']}" if "exclusiveMinimum" in schema else low
    high = f"to {schema['maximum']}" if "maximum" in schema else ""
    high = f"to below {schema['exclusiveMaximum']}" if "exclusiveMaximum" in schema else high
    return "".join(f" {part}" for part in (low, high) if part)


def _further_in(name: str, value: object, schema: dict) -> str:
    """Where a key that is not indented enough belongs, as written there; "" if nowhere."""
    for outer, part in schema["properties"].items():
        inner = name.removeprefix(f"{outer}.")
        if inner in part.get("properties", ()):
            pair = f"{{{inner}: {shown(value)}}}"
            return (
                f"it is a key of {outer}: write `{outer}: {pair}` in a file,"
                f" --config '{outer}={pair}' on the command line"
            )
    return ""


def fault(error: ValidationError) -> tuple[tuple, str]:
    """The key path and the message for a schema error."""
    if error.validator == "oneOf":
        # What was meant is the alternative that the value is of the kind of.
        meant = [
            part
            for part in error.context
            if part.validator not in ("type", "const") or part.relative_path
        ]
        if meant:
            return fault(min(meant, key=relevance))
    key, value = tuple(error.absolute_path), error.instance
    if error.validator == "additionalProperties" and isinstance(value, dict):
        known = list(error.schema.get("properties", {}))
        unknown = next(name for name in value if name not in known)
        hint = (
            _further_in(str(unknown), value[unknown], error.schema)
            or did_you_mean(unknown, known)
            or f"known keys: {', '.join(known)}"
        )
        return (*key, unknown), f"unknown key {str(unknown)!r}; {hint}"
    if error.validator == "required":
        missing = next(name for name in error.validator_value if name not in value)
        return key, f"the key {missing!r} is missing"
    if "propertyNames" in error.absolute_schema_path:
        title = error.schema["title"]
        return (*key, value), f"{value!r} cannot name a variant; use {title}"
    if error.validator == "minProperties":
        return key, "name at least one"
    if error.validator == "uniqueItems":
        twice = next(item for number, item in enumerate(value) if item in value[:number])
        return key, f"{shown(twice)} is listed more than once"
    if (
        error.validator == "type"
        and isinstance(value, str)
        and re.fullmatch(NUMBER, value)
        and {"integer", "number"} & set(_types(error.schema))
    ):
        # YAML takes 1e-4 for text, 1.0e-4 for a number.
        number = float(value)
        written = f"{number:.0f}" if number.is_integer() else f"{number:.1e}"
        return key, f"{value!r} is read as text; write it as a number, {written}"
    words = f"{shown(value)} is not {allowed(error.schema)}"
    hint = did_you_mean(value, map(str, error.schema.get("enum", [])))
    return key, f"{words}; {hint}" if hint else words
