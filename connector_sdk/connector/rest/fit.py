"""Whether records of one schema are what a sink declares."""

from collections.abc import Iterator
from typing import Final

from connector_sdk.schema import Field, FieldType, Schema

_ALSO: Final = {FieldType.DECIMAL: frozenset({FieldType.INTEGER}), FieldType.JSON: frozenset(FieldType)}
"""What a declared type takes beside its own: every text of these is one of its own."""


def differences(given: Schema, taken: Schema) -> list[str]:
    """Return, in words, how records of `given` may not be what is `taken`; nothing where they are."""
    return [*_fields(given, taken), *_missing(given, taken)]


def _fields(given: Schema, taken: Schema) -> Iterator[str]:
    for field in given.fields:
        if field.name not in taken:
            yield f"field {field.name!r} is none of its fields"
        else:
            yield from _field(given, field, taken, taken[field.name])


def _field(given: Schema, field: Field, taken: Schema, wanted: Field) -> Iterator[str]:
    if field.type is not wanted.type and field.type not in _ALSO.get(wanted.type, ()):
        yield f"field {field.name!r} is {field.type}, it takes {wanted.type}"
    if given.nullable(field) and not taken.nullable(wanted):
        yield f"field {field.name!r} may be null"
    if given.optional(field) and not taken.optional(wanted):
        yield f"field {field.name!r} may be absent"


def _missing(given: Schema, taken: Schema) -> Iterator[str]:
    for field in taken.fields:
        if field.name not in given and not taken.optional(field):
            yield f"field {field.name!r} is missing"
