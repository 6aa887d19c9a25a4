"""Records to canonical JSON: compact, fields in the schema's order, every value exactly as it is."""

import datetime as dt
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import UNSET, Raw
from msgspec.structs import astuple

from connector_sdk.decode.numbers import MAX_DIGITS, exact_float
from connector_sdk.decode.problems import MismatchError, named, problem
from connector_sdk.decode.strict import read_json
from connector_sdk.decode.tokens import MAX_DEPTH
from connector_sdk.errors import RecordError
from connector_sdk.schema import Field, FieldType, Schema, record_type
from connector_sdk.schema.types import FloatNumber, nameable, python_type

_WRITER = msgspec.json.Encoder(decimal_format="number")
_PASSED = (dt.datetime, dt.date, dt.time, Decimal)
"""Types that msgspec must take as they are, so that it does not read them from text."""
_BEYOND = 10**MAX_DIGITS

Encode = Callable[[Any], bytes]


def encode_record(record: Any, schema: Schema) -> bytes:
    """Write one record: a mapping from field names to Python values, a `Record` or a decoded struct.

    Absent fields are left out (or UNSET). A decimal keeps its scale, a float is written as its shortest
    spelling; a `msgspec.Raw` for a field of type json is checked and kept as it is. Decoding gives the same
    values again. Raises RecordError for what the schema does not admit or JSON cannot hold.
    """
    return encoder(schema)(record)


@lru_cache(maxsize=256)
def encoder(schema: Schema) -> Encode:
    """Compile `encode_record` for one schema."""
    struct = record_type(schema)
    json_fields = {
        field.name: schema.nullable(field) for field in schema.fields if field.type is FieldType.JSON
    }
    moments = [f"f{index}" for index, field in enumerate(schema.fields) if field.type is FieldType.DATETIME]
    direct = nameable(schema)
    positions = {name: f"f{index}" for index, name in enumerate(schema.names)}

    def encode(record: Any) -> bytes:
        values = record if type(record) is dict else _mapping(record, struct, schema)
        try:
            given = _with_json(values, json_fields) if json_fields else values
            if not direct:
                given = {positions[name]: value for name, value in given.items()}
            converted: Any = msgspec.convert(given, struct, builtin_types=_PASSED, dec_hook=_number)
            for attribute in moments:
                _require_whole_minutes(getattr(converted, attribute))
            return _WRITER.encode(converted if direct else _by_name(converted, schema))
        except (ValueError, KeyError, TypeError, RecordError):
            return _explained(values, schema, encode)

    return encode


def _mapping(record: Any, struct: type, schema: Schema) -> dict[str, Any]:
    if isinstance(record, Mapping):
        return dict(record)
    if not isinstance(record, msgspec.Struct):
        raise TypeError(f"a record is a mapping or a struct, not {type(record).__name__}")
    names = schema.names if type(record) is struct else record.__struct_encode_fields__
    return dict(zip(names, astuple(record), strict=True))


def _by_name(record: Any, schema: Schema) -> dict[str, Any]:
    pairs = zip(schema.names, astuple(record), strict=True)
    return {name: value for name, value in pairs if value is not UNSET}


def _number(kind: type, value: Any) -> Any:
    """Admit what is exactly a number of the kind; the markers' own checks refuse the rest."""
    if type(value) is int and kind is FloatNumber:
        return exact_float(value)
    _require_writable(value)
    return value


def _require_writable(value: Any) -> None:
    """Refuse numbers that JSON, or a reader of it, cannot hold."""
    if type(value) is int and not -_BEYOND < value < _BEYOND:
        raise MismatchError("number-out-of-range", f"a whole number has at most {MAX_DIGITS} digits")
    infinite = type(value) is float and not math.isfinite(value)
    if infinite or (type(value) is Decimal and not value.is_finite()):
        raise MismatchError("number-out-of-range", "JSON has no NaN and no infinity")


def _require_whole_minutes(moment: Any) -> None:
    if type(moment) is not dt.datetime or moment.tzinfo is dt.UTC:
        return
    offset = moment.utcoffset()
    if offset is None or offset % dt.timedelta(minutes=1):
        raise MismatchError("time-zone", "its offset from UTC is not in whole minutes")


def _with_json(values: dict[str, Any], json_fields: Mapping[str, bool]) -> dict[str, Any]:
    kept = {name: nullable for name, nullable in json_fields.items() if name in values}
    return values | {name: _json(values[name], nullable=nullable) for name, nullable in kept.items()}


def _json(value: Any, *, nullable: bool) -> Raw:
    """Write a JSON value; raises MismatchError or RecordError for what JSON cannot hold exactly."""
    is_null = value is None
    if type(value) is Raw:
        is_null = read_json(bytes(value), MAX_DEPTH - 1) is None
    elif value is UNSET:
        raise MismatchError("field-missing", "it is absent")
    else:
        _require_plain(value, MAX_DEPTH - 1)
    if is_null and not nullable:
        raise MismatchError("field-null", "null where a value must be")
    return value if type(value) is Raw else Raw(_WRITER.encode(value))


def _require_plain(value: Any, levels: int) -> None:
    kind = type(value)
    if kind in (str, bool, type(None)):
        return
    if kind in (int, float, Decimal):
        _require_writable(value)
    elif kind in (dict, list, tuple):
        if levels == 0:
            raise MismatchError("json-depth", f"it nests more than {MAX_DEPTH} levels deep")
        if kind is dict and not all(type(name) is str for name in value):
            raise MismatchError("field-type", "a key in it is not text")
        for inner in value.values() if kind is dict else value:
            _require_plain(inner, levels - 1)
    else:
        raise MismatchError("field-type", f"JSON has no {kind.__name__}")


def _explained(values: Mapping[str, Any], schema: Schema, encode: Encode) -> bytes:
    """Find the field at fault; raises RecordError.

    A value UNSET says that the field is absent: without it the record may be good.
    """
    present = {name: value for name, value in values.items() if value is not UNSET}
    for name in present:
        if name not in schema:
            raise problem("field-unknown", f"{named(name)} is not in the contract")
    for field in schema.fields:
        if field.name in present:
            _require_field(schema, field, present[field.name])
        elif not schema.optional(field):
            raise problem("field-missing", f"{named(field.name)} is absent")
    if len(present) == len(values):
        raise problem("field-type", "the record does not have the contract's types")
    return encode(present)


def _require_field(schema: Schema, field: Field, value: Any) -> None:
    if value is None:
        if schema.nullable(field):
            return
        raise problem("field-null", f"{named(field.name)}: null where a value must be")
    try:
        _require_value(field.type, value, nullable=schema.nullable(field))
    except UnicodeEncodeError:
        raise problem("text-not-unicode", f"{named(field.name)}: half of a surrogate pair") from None
    except MismatchError as mismatch:
        raise mismatch.at(field.name) from None
    except RecordError as error:
        raise problem(error.code, f"{named(field.name)}: {error}") from None
    except msgspec.ValidationError as error:
        cause = error.__cause__
        known = cause if isinstance(cause, MismatchError) else _mismatch(field.type, value)
        raise known.at(field.name) from None


def _require_value(kind: FieldType, value: Any, *, nullable: bool) -> None:
    if kind is FieldType.JSON:
        _json(value, nullable=nullable)
        return
    converted = msgspec.convert(value, python_type(kind), builtin_types=_PASSED, dec_hook=_number)
    if kind is FieldType.DATETIME:
        _require_whole_minutes(converted)
    _WRITER.encode(converted)


def _mismatch(kind: FieldType, value: Any) -> MismatchError:
    if kind is FieldType.INTEGER and type(value) is int:
        return MismatchError("number-out-of-range", "an integer has at most 64 bits")
    if kind in (FieldType.DATETIME, FieldType.LOCAL_DATETIME) and type(value) is dt.datetime:
        needs = "needs an" if kind is FieldType.DATETIME else "has no"
        return MismatchError("time-zone", f"a {kind} {needs} offset from UTC")
    if kind is FieldType.TIME and type(value) is dt.time:
        return MismatchError("time-zone", "a time has no offset from UTC")
    return MismatchError("field-type", f"expected {kind}, found {type(value).__name__}")
