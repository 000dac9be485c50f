"""Hold a value against `brand.schema.json`: the small part of JSON Schema that it uses.

The schema is the one description of the format, for editors and for us; its `description`
texts are the advice that a problem gives. A test compares this reader with `jsonschema`, which
is too heavy a dependency for a program that reads a hundred small files.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crawler.registry_lines import KeyPath

Schema = Mapping[str, Any]

# All that `faults` reads or may pass over; a test holds the schema to these words.
ANNOTATIONS = frozenset(("$schema", "$id", "$defs", "title", "description", "default"))
_ON_VALUES = ("type", "enum", "pattern", "minimum", "maximum")
_ON_MEMBERS = ("items", "minItems", "properties", "required", "additionalProperties")
KEYWORDS = frozenset(("$ref", *_ON_VALUES, *_ON_MEMBERS))


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at one place of one file; the line is found later."""

    path: KeyPath
    message: str
    advice: str = ""


_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int, float),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}
_TOML_NAMES = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "array": "an array [ … ]",
    "object": "a table { … }",
}


def faults(value: object, schema: Schema, root: Schema, path: KeyPath = ()) -> Iterator[Fault]:
    """Say all that is wrong with a value; one of the wrong type is not looked into."""
    schema = _resolved(schema, root)
    if not _is_type(value, str(schema["type"])):
        yield _wrong_type(value, schema, path)
        return
    if "enum" in schema and value not in schema["enum"]:
        allowed = ", ".join(map(str, schema["enum"]))
        advice = f"allowed: {allowed}. {schema.get('description', '')}"
        yield Fault(path, f"unknown value {value!r}", advice.strip())
    if isinstance(value, dict):
        yield from _table(value, schema, root, path)
    elif isinstance(value, list):
        yield from _array(value, schema, root, path)
    elif isinstance(value, str):
        yield from _string(value, schema, path)
    elif isinstance(value, int | float):
        yield from _number(value, schema, path)


def _resolved(schema: Schema, root: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    target: Schema = root["$defs"][str(schema["$ref"]).removeprefix("#/$defs/")]
    return {**_resolved(target, root), **{k: v for k, v in schema.items() if k != "$ref"}}


def _is_type(value: object, name: str) -> bool:
    if isinstance(value, bool):
        return False
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[name])


def _wrong_type(value: object, schema: Schema, path: KeyPath) -> Fault:
    wanted = str(schema["type"])
    if wanted == "string" and isinstance(value, int | float) and not isinstance(value, bool):
        return Fault(path, f"unquoted number {value!r}", 'write numbers as quoted strings: "95188"')
    message = f"{_TOML_NAMES[wanted]} belongs here, not {value!r}"
    return Fault(path, message, str(schema.get("description", "")))


def _table(
    value: Mapping[str, object], schema: Schema, root: Schema, path: KeyPath
) -> Iterator[Fault]:
    members: Schema = schema["properties"]
    for name, member in value.items():
        if name in members:
            yield from faults(member, members[name], root, (*path, name))
            continue
        near = difflib.get_close_matches(name, members, n=1)
        advice = f"did you mean {near[0]!r}?" if near else f"allowed here: {', '.join(members)}"
        yield Fault((*path, name), f"unknown key {name!r}", advice)
    for name in schema.get("required", ()):
        if name not in value:
            advice = str(_resolved(members[name], root).get("description", ""))
            yield Fault((*path, name), f"missing key {name!r}", advice)


def _array(value: list[object], schema: Schema, root: Schema, path: KeyPath) -> Iterator[Fault]:
    if len(value) < schema.get("minItems", 0):
        yield Fault(path, "the array is empty", str(schema.get("description", "")))
    for index, item in enumerate(value):
        yield from faults(item, schema["items"], root, (*path, index))


def _string(value: str, schema: Schema, path: KeyPath) -> Iterator[Fault]:
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield Fault(path, f"{value!r} is malformed", str(schema.get("description", "")))


def _number(value: float, schema: Schema, path: KeyPath) -> Iterator[Fault]:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and value < low:
        yield Fault(path, f"{value} is below {low}", str(schema.get("description", "")))
    if high is not None and value > high:
        yield Fault(path, f"{value} is above {high}", str(schema.get("description", "")))
