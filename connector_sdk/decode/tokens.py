"""Places in a JSON text: depth, keys and escapes, found without recursion and without decoding it."""

import json
import re
from collections.abc import Iterator

MAX_DEPTH = 64
"""How deeply arrays and objects may nest, the record itself included."""

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?'
_BRACKETS = re.compile(_STRING + rb"|[][{}]", re.DOTALL)
_KEYS = re.compile(rb"(" + _STRING + rb")(\s*+:\s*+)?|[][{}]", re.DOTALL)
_CONSTANTS = re.compile(_STRING + rb"|-?Infinity|NaN", re.DOTALL)
_ESCAPES = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.",
    re.DOTALL,
)


def too_deep(text: bytes, limit: int = MAX_DEPTH) -> bool:
    """Return whether arrays and objects nest deeper than `limit`; the text need not be valid JSON."""
    if text.count(b"[") + text.count(b"{") <= limit:
        return False
    level = 0
    for token in _BRACKETS.finditer(text):
        first = token[0][:1]
        if first in b"[{":
            level += 1
            if level > limit:
                return True
        elif first in b"]}":
            level -= 1
    return False


def quotes(text: bytes) -> int:
    """Count the quotation marks that delimit strings of valid JSON: two for each key and each text value."""
    if b"\\" in text:
        text = text.replace(b"\\\\", b"")
        return text.count(b'"') - text.count(b'\\"')
    return text.count(b'"')


def repeated_key(text: bytes) -> tuple[str, int] | None:
    """Return the first key that its object has had before, and its offset; the text is valid JSON."""
    seen: set[tuple[int, str]] = set()
    for owner, _, name, offset, _ in _keys(text):
        if (owner, name) in seen:
            return name, offset
        seen.add((owner, name))
    return None


def value_offset(text: bytes, name: str) -> int:
    """Return where the value of the record's member `name` begins; the text is valid JSON."""
    return next(value for _, level, key, _, value in _keys(text) if level == 1 and key == name)


def constant_offset(text: bytes) -> int:
    """Return where the first NaN or Infinity stands."""
    return next(found.start() for found in _CONSTANTS.finditer(text) if found[0][:1] != b'"')


def lone_surrogate(text: bytes) -> int | None:
    """Return where an escape stands for half of a surrogate pair; the text is otherwise valid JSON."""
    if b"\\u" not in text:
        return None
    return next((found.start() for found in _ESCAPES.finditer(text) if found[1]), None)


def _keys(text: bytes) -> Iterator[tuple[int, int, str, int, int]]:
    """Yield for each key its object's offset and level, the key, its offset and its value's."""
    owners: list[int] = []
    for found in _KEYS.finditer(text):
        first = found[0][:1]
        if first in b"[{":
            owners.append(found.start())
        elif first in b"]}":
            owners.pop()
        elif found[2] is not None:
            yield owners[-1], len(owners), json.loads(found[1]), found.start(), found.end()
