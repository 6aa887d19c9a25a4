"""What a record is: fields with types, marks, and the record types made from them."""

from msgspec import UNSET

from connector_sdk.schema.fields import Field, FieldType, Schema
from connector_sdk.schema.record import Cursor, Key, Local, Maybe, Personal, Record, schema_of
from connector_sdk.schema.types import record_type

__all__ = [
    "UNSET",
    "Cursor",
    "Field",
    "FieldType",
    "Key",
    "Local",
    "Maybe",
    "Personal",
    "Record",
    "Schema",
    "record_type",
    "schema_of",
]
