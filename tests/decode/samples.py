"""Schemas, and records that fit them, for hypothesis."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from msgspec import UNSET, Raw
from msgspec.structs import astuple

from connector_sdk.schema import Field, FieldType, Schema

UNICODE = st.text(st.characters(exclude_categories=["Cs"]))
"""Any text that UTF-8 can hold: NUL, bidi marks, both normal forms, characters beyond the first plane."""
NAMES = st.one_of(
    st.sampled_from(["id", "f0", "f1", "NO", "012", "", 'qu"ote', "back\\slash", "é", "e\u0301"]), UNICODE
)

OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(
    lambda minutes: dt.timezone(dt.timedelta(minutes=minutes))
)
DECIMALS = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False),
    st.integers(-(10**40), 10**40).map(Decimal),
    st.sampled_from(
        [Decimal(text) for text in ("-0", "-0.00", "1E+3", "0E-10", "1.10", "9" * 41 + ".5", "1E-400")]
    ),
    st.just(2**63),
)
PLAIN = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), UNICODE
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(UNICODE, inner, max_size=3),
    max_leaves=8,
)
VALUES: dict[FieldType, st.SearchStrategy[Any]] = {
    FieldType.STRING: UNICODE,
    FieldType.INTEGER: st.integers(-(2**63), 2**63 - 1),
    FieldType.DECIMAL: DECIMALS,
    FieldType.FLOAT: st.floats(allow_nan=False, allow_infinity=False),
    FieldType.BOOLEAN: st.booleans(),
    FieldType.DATE: st.dates(),
    FieldType.TIME: st.times().map(lambda time: time.replace(fold=0)),
    FieldType.DATETIME: st.datetimes(timezones=OFFSETS).map(lambda moment: moment.replace(fold=0)),
    FieldType.LOCAL_DATETIME: st.datetimes().map(lambda moment: moment.replace(fold=0)),
    FieldType.JSON: PLAIN.filter(lambda value: value is not None),
}


@st.composite
def schemas(draw: st.DrawFn, names: st.SearchStrategy[str] = NAMES) -> Schema:
    """Draw a schema of up to twelve fields, sometimes with a key."""
    chosen = draw(st.lists(names, unique=True, min_size=1, max_size=12))
    fields = tuple(
        Field(
            name=name,
            type=draw(st.sampled_from(FieldType)),
            nullable=draw(st.booleans()),
            optional=draw(st.booleans()),
        )
        for name in chosen
    )
    candidates = [field.name for field in fields if field.type is not FieldType.JSON]
    key = draw(st.lists(st.sampled_from(candidates), unique=True, max_size=2)) if candidates else []
    return Schema(fields=fields, key=tuple(key))


@st.composite
def rows(draw: st.DrawFn, schema: Schema) -> dict[str, Any]:
    """Draw a record of the schema as a mapping; absent fields left out."""
    row: dict[str, Any] = {}
    for field in schema.fields:
        if schema.optional(field) and draw(st.booleans()):
            continue
        is_null = schema.nullable(field) and draw(st.booleans())
        row[field.name] = None if is_null else draw(VALUES[field.type])
    return row


@st.composite
def schemas_and_rows(draw: st.DrawFn) -> tuple[Schema, list[dict[str, Any]]]:
    schema = draw(schemas())
    return schema, draw(st.lists(rows(schema), min_size=1, max_size=4))


def spelled(value: Any) -> str:
    """Write a value so that two spellings are equal only where nothing at all differs."""
    if type(value) is Raw:
        return f"json {bytes(value)!r}"
    if type(value) in (int, Decimal):
        return f"number {value}"
    return f"{type(value).__name__} {value!r}"


def values_of(schema: Schema, record: Any) -> dict[str, str]:
    """Return the values of a decoded record that are present, spelled."""
    pairs = zip(schema.names, astuple(record), strict=True)
    return {name: spelled(value) for name, value in pairs if value is not UNSET}


def expected_of(schema: Schema, row: dict[str, Any]) -> dict[str, str]:
    """Return what decoding must give for a row."""
    return {name: spelled(_decoded(schema[name].type, value)) for name, value in row.items()}


def _decoded(kind: FieldType, value: Any) -> Any:
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        offset = value.utcoffset()
        return value.replace(tzinfo=dt.UTC if not offset else dt.timezone(offset))
    if kind is FieldType.JSON and value is not None:
        return Raw(json.dumps(value).encode())
    return value


def one(
    name: str, kind: FieldType, *, nullable: bool = False, optional: bool = False, key: bool = False
) -> Schema:
    """Return a schema of one field."""
    field = Field(name=name, type=kind, nullable=nullable, optional=optional)
    return Schema(fields=(field,), key=(name,) if key else ())
