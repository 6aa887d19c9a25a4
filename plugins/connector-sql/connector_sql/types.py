"""How each logical type is stored in SQLite, and which columns keep it exactly.

SQLite converts what it stores by the column's affinity (https://sqlite.org/datatype3.html §3): text that
looks like a number becomes one in a column of INTEGER, REAL or NUMERIC affinity, so such columns are refused
for texts.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from connector_sdk.schema import FieldType


class Affinity(StrEnum):
    """What SQLite makes of a value stored in a column."""

    TEXT = "TEXT"
    INTEGER = "INTEGER"
    REAL = "REAL"
    NUMERIC = "NUMERIC"
    NONE = "NONE"
    """Nothing is converted: columns declared BLOB or without a type, or ANY in a STRICT table."""
    BLOB_ONLY = "BLOB only"
    """BLOB in a STRICT table, which takes neither texts nor numbers."""


class Storage(NamedTuple):
    """The column type we declare, the affinities that keep the value, and how Python's value is bound."""

    declared: str
    exact_in: frozenset[Affinity]
    bind: Callable[[Any], Any] | None = None


_encode = msgspec.json.Encoder().encode


def _iso(value: Any) -> str:
    """Write a date or time as it stands in JSON, without the quotes."""
    return _encode(value)[1:-1].decode()


def _json(value: msgspec.Raw) -> str | None:
    """Return the JSON text as it came; JSON's null is SQL's."""
    text = bytes(value).decode()
    return None if text == "null" else text


_AS_TEXT = frozenset({Affinity.TEXT, Affinity.NONE})
# No ISO 8601 text with separators reads as a number, so columns declared DATE or TIMESTAMP (NUMERIC) keep it.
_AS_MOMENT = _AS_TEXT | {Affinity.NUMERIC}
_AS_INTEGER = frozenset({Affinity.INTEGER, Affinity.NUMERIC, Affinity.NONE})
_AS_FLOAT = frozenset({Affinity.REAL, Affinity.NONE})

STORAGE: dict[FieldType, Storage] = {
    FieldType.STRING: Storage("TEXT", _AS_TEXT),
    FieldType.INTEGER: Storage("BIGINT", _AS_INTEGER),
    FieldType.DECIMAL: Storage("TEXT", _AS_TEXT, str),
    FieldType.FLOAT: Storage("REAL", _AS_FLOAT),
    FieldType.BOOLEAN: Storage("BOOLEAN", _AS_INTEGER, int),
    FieldType.DATE: Storage("TEXT", _AS_MOMENT, _iso),
    FieldType.TIME: Storage("TEXT", _AS_MOMENT, _iso),
    FieldType.DATETIME: Storage("TEXT", _AS_MOMENT, _iso),
    FieldType.LOCAL_DATETIME: Storage("TEXT", _AS_MOMENT, _iso),
    FieldType.JSON: Storage("TEXT", _AS_TEXT, _json),
}

_STRICT = {
    "INT": Affinity.INTEGER,
    "INTEGER": Affinity.INTEGER,
    "REAL": Affinity.REAL,
    "TEXT": Affinity.TEXT,
    "BLOB": Affinity.BLOB_ONLY,
    "ANY": Affinity.NONE,
}


def affinity(declared: str, *, strict: bool) -> Affinity:
    """Return the affinity of a column by its declared type (datatype3.html §3.1, stricttables.html)."""
    kind = declared.upper()
    if strict:
        return _STRICT[kind]
    if "INT" in kind:
        return Affinity.INTEGER
    if any(word in kind for word in ("CHAR", "CLOB", "TEXT")):
        return Affinity.TEXT
    if not kind or "BLOB" in kind:
        return Affinity.NONE
    if any(word in kind for word in ("REAL", "FLOA", "DOUB")):
        return Affinity.REAL
    return Affinity.NUMERIC
