"""One record, read slowly: every doubt settled, every refusal with its field and place."""

from collections.abc import Mapping
from typing import Any

import msgspec

from connector_sdk.decode.moments import moment
from connector_sdk.decode.numbers import exact_decimal, exact_float, int64
from connector_sdk.decode.problems import MismatchError, named, problem
from connector_sdk.decode.strict import Number, read_object
from connector_sdk.decode.tokens import value_offset
from connector_sdk.schema import Field, FieldType, Schema, record_type

_EXPECTED = {
    FieldType.STRING: "text",
    FieldType.INTEGER: "an integer",
    FieldType.DECIMAL: "a number",
    FieldType.FLOAT: "a number",
    FieldType.BOOLEAN: "true or false",
    FieldType.DATE: "a date in a text",
    FieldType.TIME: "a time in a text",
    FieldType.DATETIME: "a date and time in a text",
    FieldType.LOCAL_DATETIME: "a date and time in a text",
}
_FOUND = {str: "text", Number: "a number", bool: "a boolean", dict: "an object", list: "an array"}


def read_record(text: bytes, schema: Schema, ignored: set[str] | None) -> msgspec.Struct:
    """Read one record; raises RecordError.

    Names of fields that the schema lacks go to `ignored`, or are refused where it is None.
    """
    members = read_object(text)
    unknown = [name for name in members if name not in schema]
    if unknown and ignored is None:
        where = f"{named(unknown[0])} (byte {value_offset(text, unknown[0])})"
        raise problem("field-unknown", f"{where} is not in the contract")
    kept = [field.name for field in schema.fields if field.type is FieldType.JSON]
    if kept:
        raws = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
        members |= {name: raws[name] for name in kept if members.get(name) is not None}
    values: dict[str, Any] = {}
    for index, field in enumerate(schema.fields):
        if field.name in members or not schema.optional(field):
            values[f"f{index}"] = _value(text, schema, field, members)
    if ignored is not None:
        ignored.update(unknown)
    return record_type(schema)(**values)


def _value(text: bytes, schema: Schema, field: Field, members: Mapping[str, Any]) -> Any:
    if field.name not in members:
        raise problem("field-missing", f"{named(field.name)} is absent")
    value = members[field.name]
    if value is None and schema.nullable(field):
        return None
    try:
        return _typed(field.type, value)
    except MismatchError as refused:
        raise refused.at(field.name, f" (byte {value_offset(text, field.name)})") from None


def _typed(kind: FieldType, value: Any) -> Any:
    if value is None:
        raise MismatchError("field-null", "null where a value must be")
    if kind is FieldType.JSON:
        return value
    wanted = "a number" if kind.numeric else "a boolean" if kind is FieldType.BOOLEAN else "text"
    found = _FOUND[type(value)]
    if found != wanted:
        raise MismatchError("field-type", f"expected {_EXPECTED[kind]}, found {found}")
    match kind:
        case FieldType.INTEGER:
            return int64(value)
        case FieldType.DECIMAL:
            return exact_decimal(value)
        case FieldType.FLOAT:
            return exact_float(exact_decimal(value))
    return moment(kind, value) if kind.temporal else value
