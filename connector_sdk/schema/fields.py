"""Fields, their logical types, and the schema they make up.

A `Schema` is what the core works with, whether it came from an author's `Record` class, a pinned contract
or a look at the source.
"""

from collections import Counter
from enum import StrEnum
from functools import cached_property

import msgspec

from connector_sdk.errors import ConfigurationError


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

    @property
    def temporal(self) -> bool:
        """Whether its JSON form is a text that says when."""
        return self in _TEMPORAL

    @property
    def numeric(self) -> bool:
        """Whether its JSON form is a number."""
        return self in _NUMERIC


_TEMPORAL = {FieldType.DATE, FieldType.TIME, FieldType.DATETIME, FieldType.LOCAL_DATETIME}
_NUMERIC = {FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT}


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field: `nullable` permits null, `optional` permits that it is absent.

    `unseen` says that a look at the source met nothing but nulls, so that `type` is not known from it.
    """

    name: str
    type: FieldType
    nullable: bool = False
    optional: bool = False
    personal: bool = False
    unseen: bool = False


class Schema(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The fields of a stream's or sink's records, in order, and which of them mean something special.

    Fields of the key are neither null nor absent in any record, whatever they say of themselves.
    """

    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    cursor: str | None = None
    subject: str | None = None

    def __hash__(self) -> int:
        return self._hash

    def __getitem__(self, name: str) -> Field:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The fields' names, in order."""
        return tuple(field.name for field in self.fields)

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}

    @cached_property
    def _hash(self) -> int:
        return hash((self.fields, self.key, self.cursor, self.subject))

    def nullable(self, field: Field) -> bool:
        """Return whether the field may be null in a record of this schema."""
        return field.nullable and field.name not in self.key

    def optional(self, field: Field) -> bool:
        """Return whether the field may be absent from a record of this schema."""
        return field.optional and field.name not in self.key


def require_sound(schema: Schema) -> None:
    """Prove that the schema's parts fit together; raises ConfigurationError otherwise."""
    twice = [name for name, count in Counter(schema.names).items() if count > 1]
    if twice:
        raise _unsound(f"field {twice[0]!r} is there twice")
    if len(set(schema.key)) != len(schema.key):
        raise _unsound("the key names a field twice")
    roles = [("key", name) for name in schema.key]
    roles += [(role, name) for role, name in (("cursor", schema.cursor), ("subject", schema.subject)) if name]
    for role, name in roles:
        if name not in schema.names:
            raise _unsound(f"its {role} {name!r} is none of its fields")
    for name in schema.key:
        if schema[name].type is FieldType.JSON:
            raise _unsound(f"key field {name!r} has the type json, which has no one spelling")


def _unsound(what: str) -> ConfigurationError:
    return ConfigurationError(
        f"the schema does not hold together: {what}",
        code="schema-unsound",
        hint="compare the names in `key`, `cursor`, `subject` or `primary_key` with the fields",
    )
