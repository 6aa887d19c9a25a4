"""From a schema to the struct type that holds its records."""

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Union

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

from connector_sdk.schema.fields import Field, FieldType, Schema, require_sound

_UNNAMEABLE = re.compile(r'["\\\x00-\x1f]')


class _DecimalMeta(type):
    def __instancecheck__(cls, value: object) -> bool:
        return type(value) is int or (type(value) is Decimal and value.is_finite())


class DecimalNumber(metaclass=_DecimalMeta):
    """Stands for "an int or a finite Decimal, from a JSON number only" in a struct's annotations.

    msgspec's own Decimal also takes text, "NaN" included.
    """


class _FloatMeta(type):
    def __instancecheck__(cls, value: object) -> bool:
        return type(value) is float


class FloatNumber(metaclass=_FloatMeta):
    """Stands for "a float that holds the JSON number exactly"; msgspec's own float rounds."""


_PYTHON: dict[FieldType, Any] = {
    FieldType.STRING: str,
    FieldType.INTEGER: Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)],
    FieldType.DECIMAL: DecimalNumber,
    FieldType.FLOAT: FloatNumber,
    FieldType.BOOLEAN: bool,
    FieldType.DATE: dt.date,
    FieldType.TIME: Annotated[dt.time, Meta(tz=False)],
    FieldType.DATETIME: Annotated[dt.datetime, Meta(tz=True)],
    FieldType.LOCAL_DATETIME: Annotated[dt.datetime, Meta(tz=False)],
    FieldType.JSON: Raw,
}


def python_type(kind: FieldType) -> Any:
    """Return the annotation by which msgspec reads a value of this type."""
    return _PYTHON[kind]


def nameable(schema: Schema) -> bool:
    """Return whether msgspec can hold the schema's names: not those that JSON must escape."""
    return not any(_UNNAMEABLE.search(name) for name in schema.names)


@lru_cache(maxsize=256)
def record_type(schema: Schema) -> type[msgspec.Struct]:
    """Make the struct type of the schema's records: frozen, attributes `f0`, `f1`, … in the fields' order.

    A value is a str, int, bool, date, time, datetime, float, for `decimal` an int or a Decimal, for `json` a
    `msgspec.Raw`; null is None, absent is UNSET. `msgspec.structs.astuple` gives the values in order. In JSON
    the fields have their real names, unless the schema is not `nameable`.

    Raises ConfigurationError for a schema whose parts do not fit together.
    """
    require_sound(schema)
    attributes = [f"f{index}" for index in range(len(schema.fields))]
    return msgspec.defstruct(
        "DynamicRecord",
        [_member(name, schema, field) for name, field in zip(attributes, schema.fields, strict=True)],
        rename=dict(zip(attributes, schema.names, strict=True)) if nameable(schema) else None,
        module=__name__,
        frozen=True,
        kw_only=True,
        gc=False,
        forbid_unknown_fields=True,
    )


def _member(attribute: str, schema: Schema, field: Field) -> tuple[str, Any] | tuple[str, Any, Any]:
    kind = python_type(field.type)
    if schema.nullable(field) and field.type is not FieldType.JSON:  # Raw takes null, and no union with None
        kind = Union[kind, None]  # noqa: UP007  # the marker classes know no `|`
    if schema.optional(field):
        return attribute, Union[kind, UnsetType], UNSET  # noqa: UP007  # the marker classes know no `|`
    return attribute, kind
