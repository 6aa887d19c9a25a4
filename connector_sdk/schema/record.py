"""The record class an author writes, its marks, and the schema read from it."""

import datetime as dt
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, dataclass_transform, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, UNSET, UnsetType

from connector_sdk.schema.fields import Field, FieldType, Schema

T = TypeVar("T")
Maybe = Union[T, None, UnsetType]  # noqa: UP007  # the generic alias needs a Union that takes parameters
"""A value, null, or absent: three different things. Give it the default `UNSET`."""


class Key:
    """Mark of a field that is (part of) the record's key."""


class Cursor:
    """Mark of the field by which the stream is read incrementally."""


class Personal:
    """Mark of a field that holds personal data: never in logs, errors, spans or the audit log."""


class Local:
    """Mark of a `datetime` whose source knows no zone."""


class _RecordMeta(msgspec.StructMeta):
    """Make every record type frozen and keyword-only, so that authors need not say it."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> Any:
        return super().__new__(mcs, name, bases, namespace, **{"frozen": True, "kw_only": True, **options})


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class Record(msgspec.Struct, metaclass=_RecordMeta, frozen=True, kw_only=True):
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


def schema_of(record: type[Record]) -> Schema:
    """Derive the schema from a record class.

    Raises TypeError for an annotation that has no exact JSON form and for a default that would turn
    "absent" into a value.
    """
    fields: list[Field] = []
    marked: dict[Any, list[str]] = {Key: [], Cursor: []}
    for info in msgspec.structs.fields(record):
        where = f"{record.__name__}.{info.name}"
        if info.default not in (NODEFAULT, UNSET) or info.default_factory is not NODEFAULT:
            raise TypeError(f"{where}: the only default is UNSET; anything else would invent a value")
        arms, marks = _unfold(info.type)
        for mark in marks & marked.keys():
            marked[mark].append(info.encode_name)
        fields.append(
            Field(
                name=info.encode_name,
                type=_field_type(where, arms - {type(None), UnsetType}, marks),
                nullable=type(None) in arms or Any in arms,
                optional=UnsetType in arms,
                personal=Personal in marks,
            )
        )
    if len(marked[Cursor]) > 1:
        raise TypeError(f"{record.__name__}: a stream has one cursor, not {len(marked[Cursor])}")
    return Schema(fields=tuple(fields), key=tuple(marked[Key]), cursor=next(iter(marked[Cursor]), None))


def _unfold(hint: Any) -> tuple[set[Any], set[Any]]:
    """Return the alternatives of an annotation and the marks on it."""
    if get_origin(hint) is Annotated:
        bare, *marks = get_args(hint)
        arms, inner = _unfold(bare)
        return arms, inner | set(marks)
    if get_origin(hint) in (Union, UnionType):
        arms, marks_found = set(), set()
        for argument in get_args(hint):
            more, inner = _unfold(argument)
            arms |= more
            marks_found |= inner
        return arms, marks_found
    return {hint}, set()


def _field_type(where: str, kinds: set[Any], marks: set[Any]) -> FieldType:
    names = {get_origin(kind) or kind for kind in kinds}
    if len(names) != 1 or not names <= _TYPES.keys():
        raise TypeError(f"{where}: its annotation has no exact JSON form")
    found = _TYPES[names.pop()]
    if Local in marks:
        if found is not FieldType.DATETIME:
            raise TypeError(f"{where}: only a datetime can be Local")
        return FieldType.LOCAL_DATETIME
    return found
