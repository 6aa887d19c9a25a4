"""Turn a batch's records into the values that the driver takes, column by column."""

from collections.abc import Callable, Sequence
from math import copysign
from typing import Any

from msgspec import UNSET
from msgspec.structs import astuple

from connector_sdk.connector import Batch, Outcome, rejected
from connector_sdk.schema import FieldType, Schema
from connector_sql.types import STORAGE

Column = Sequence[Any]


class Binder:
    """The conversions that one schema needs; columns that need none are passed on as they are."""

    def __init__(self, schema: Schema) -> None:
        self._convert = [
            (index, STORAGE[field.type].bind)
            for index, field in enumerate(schema.fields)
            if STORAGE[field.type].bind or field.optional
        ]
        self._floats = [index for index, field in enumerate(schema.fields) if field.type is FieldType.FLOAT]
        self._key = [index for index, name in enumerate(schema.names) if name in schema.key]
        self._names = schema.names

    def columns(self, batch: Batch) -> list[Column]:
        """Return the values of each field, then versions and marks of deletion; null and absent are None."""
        columns: list[Column] = list(zip(*map(astuple, batch.records), strict=True))
        for index, bind in self._convert:
            columns[index] = _bound(columns[index], bind)
        return [*columns, batch.versions, list(map(int, batch.deleted))]

    def refusals(self, columns: Sequence[Column]) -> dict[int, Outcome]:
        """Return, by position, the records that SQLite would take but not keep as they are."""
        refused: dict[int, Outcome] = {}
        for index in self._floats:
            # A REAL column keeps whole numbers as integers, which have no negative zero.
            if 0.0 in columns[index]:
                for position, value in enumerate(columns[index]):
                    if value == 0 and copysign(1, value) < 0:
                        message = f"field {self._names[index]!r} is a negative zero, which SQLite loses"
                        refused[position] = rejected("sql-negative-zero", message)
        for index in self._key:
            if None in columns[index]:
                message = f"the key field {self._names[index]!r} has no value"
                for position, value in enumerate(columns[index]):
                    if value is None:
                        refused[position] = rejected("sql-key-null", message)
        return refused


def _bound(values: Column, bind: Callable[[Any], Any] | None) -> Column:
    if bind is None:
        return [None if value is UNSET else value for value in values]
    return [None if value is None or value is UNSET else bind(value) for value in values]
