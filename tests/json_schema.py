"""A JSON Schema validator (draft 2020-12) of the few keywords that our schemas use; any other is an error."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_KINDS = {"object": dict, "string": str, "integer": int, "number": (int, float)}
_NOTES = {"$schema", "$id", "$defs", "title"}
_CONCERNS: dict[str, Any] = {
    "required": dict,
    "properties": dict,
    "additionalProperties": dict,
    "pattern": str,
    "minimum": (int, float),
    "maximum": (int, float),
}


def problems(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any], at: str = "$") -> Iterator[str]:
    """Yield what is wrong with a value, in words."""
    for keyword, asked in schema.items():
        if keyword in _NOTES or not isinstance(value, _CONCERNS.get(keyword, object)):
            continue
        yield from _CHECKS[keyword](value, asked, schema, root, at)


def _reference(value: Any, asked: Any, _: Any, root: Any, at: str) -> Iterator[str]:
    yield from problems(value, root["$defs"][asked.removeprefix("#/$defs/")], root, at)


def _kind(value: Any, asked: Any, _: Any, _root: Any, at: str) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, _KINDS[asked]):
        yield f"{at} is no {asked}"


def _required(value: Any, asked: Any, _: Any, _root: Any, at: str) -> Iterator[str]:
    yield from (f"{at} lacks {name}" for name in asked if name not in value)


def _properties(value: Any, asked: Any, _: Any, root: Any, at: str) -> Iterator[str]:
    for name, schema in asked.items():
        if name in value:
            yield from problems(value[name], schema, root, f"{at}.{name}")


def _additional(value: Any, asked: Any, schema: Any, root: Any, at: str) -> Iterator[str]:
    for name in value.keys() - schema.get("properties", {}).keys():
        if asked is False:
            yield f"{at} has an unknown {name}"
        else:
            yield from problems(value[name], asked, root, f"{at}.{name}")


def _one_of(value: Any, asked: Any, _: Any, root: Any, at: str) -> Iterator[str]:
    fitting = [list(problems(value, each, root, at)) for each in asked]
    if fitting.count([]) != 1:
        yield f"{at} fits {fitting.count([])} of {len(asked)}: {min(fitting, key=len)}"


def _pattern(value: Any, asked: Any, _: Any, _root: Any, at: str) -> Iterator[str]:
    if not re.search(asked, value):
        yield f"{at} does not match {asked}"


def _minimum(value: Any, asked: Any, _: Any, _root: Any, at: str) -> Iterator[str]:
    if value < asked:
        yield f"{at} is below {asked}"


def _maximum(value: Any, asked: Any, _: Any, _root: Any, at: str) -> Iterator[str]:
    if value > asked:
        yield f"{at} is above {asked}"


def _constant(value: Any, asked: Any, _: Any, _root: Any, at: str) -> Iterator[str]:
    if value != asked:
        yield f"{at} is not {asked}"


def _choice(value: Any, asked: Any, _: Any, _root: Any, at: str) -> Iterator[str]:
    if value not in asked:
        yield f"{at} is none of {asked}"


_CHECKS = {
    "$ref": _reference,
    "type": _kind,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "oneOf": _one_of,
    "pattern": _pattern,
    "minimum": _minimum,
    "maximum": _maximum,
    "const": _constant,
    "enum": _choice,
}
