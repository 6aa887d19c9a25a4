"""What a record is: fields with types, marks, and the record types made from them.

A `Schema` is what the core works with, whether it came from an author's `Record` class, a pinned contract
or a look at the source.
"""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET, UnsetType

__all__ = [
    "UNSET",
    "Cursor",
    "Field",
    "FieldType",
    "Key",
    "Maybe",
    "Personal",
    "Record",
    "Schema",
    "schema_of",
]

T = TypeVar("T")
Maybe = Union[T, None, UnsetType]
"""A value, null, or absent: three different things. Give it the default `UNSET`."""


class Key:
    """Mark of a field that is (part of) the record's key."""


class Cursor:
    """Mark of the field by which the stream is read incrementally."""


class Personal:
    """Mark of a field that holds personal data: never in logs, errors, spans or the audit log."""


class FieldType(StrEnum):
    """The logical types, each with one exact JSON form."""

    STRING = "string"
    INTEGER = "integer"
    """Signed, 64 bits; a wider one is a `decimal`."""
    DECIMAL = "decimal"
    """A JSON number of any length: sign, digits, scale and exponent are kept."""
    FLOAT = "float"
    """IEEE 754 binary64, where the source itself counts so (SAS, SQL REAL)."""
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    """Time of day without a zone."""
    DATETIME = "datetime"
    """A moment: date, time and offset from UTC, up to microseconds."""
    LOCAL_DATETIME = "local_datetime"
    """Date and time where the source knows no zone."""
    JSON = "json"
    """Any JSON value, kept as the text it came in."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field: `nullable` permits null, `optional` permits that it is absent."""

    name: str
    type: FieldType
    nullable: bool = False
    optional: bool = False
    personal: bool = False


class Schema(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The fields of a stream's or sink's records, in order, and which of them mean something special."""

    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    cursor: str | None = None
    subject: str | None = None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The fields' names, in order."""
        return tuple(field.name for field in self.fields)

    def __getitem__(self, name: str) -> Field:
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


class _RecordMeta(type(msgspec.Struct)):  # type: ignore[misc]  # msgspec's metaclass has no public name in its stubs
    """Make every record type frozen and keyword-only, so that authors need not say it."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> Any:
        return super().__new__(mcs, name, bases, namespace, **{"frozen": True, "kw_only": True, **options})


class Record(msgspec.Struct, metaclass=_RecordMeta):
    """Base of the record types an author writes: annotated fields, frozen, keyword-only."""


_TYPES: dict[Any, FieldType] = {
    str: FieldType.STRING,
    int: FieldType.INTEGER,
    Decimal: FieldType.DECIMAL,
    float: FieldType.FLOAT,
    bool: FieldType.BOOLEAN,
    dt.date: FieldType.DATE,
    dt.time: FieldType.TIME,
    dt.datetime: FieldType.DATETIME,
    Any: FieldType.JSON,
    dict: FieldType.JSON,
    list: FieldType.JSON,
}


def _marks(hint: Any) -> Iterator[Any]:
    """Yield the hint's alternatives without None and UNSET, after its marks."""
    if get_origin(hint) is Annotated:
        yield from hint.__metadata__


def schema_of(record: type[Record]) -> Schema:
    """Derive the schema from a record class.

    Raises TypeError for an annotation that has no exact JSON form.
    """
    fields: list[Field] = []
    marked: dict[type, list[str]] = {Key: [], Cursor: [], Personal: []}
    encoded = dict(zip(record.__struct_fields__, record.__struct_encode_fields__, strict=True))
    for attribute, hint in get_type_hints(record, include_extras=True).items():
        name = encoded[attribute]
        for mark in _marks(hint):
            if mark in marked:
                marked[mark].append(name)
        bare = get_args(hint)[0] if get_origin(hint) is Annotated else hint
        arms = (
            set(get_args(bare)) if get_origin(bare) is Union or isinstance(bare, type(int | str)) else {bare}
        )
        kinds = arms - {type(None), UnsetType}
        kind = kinds.pop()
        kind = get_origin(kind) or kind
        if kinds or kind not in _TYPES:
            raise TypeError(f"{record.__name__}.{attribute}: no exact JSON form for {hint}")
        fields.append(
            Field(
                name=name,
                type=_TYPES[kind],
                nullable=type(None) in arms,
                optional=UnsetType in arms,
                personal=name in marked[Personal],
            )
        )
    cursor = marked[Cursor][0] if marked[Cursor] else None
    return Schema(fields=tuple(fields), key=tuple(marked[Key]), cursor=cursor)
