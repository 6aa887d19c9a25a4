"""Proof that a page which msgspec decoded was decoded exactly, at a fraction of a microsecond a record.

msgspec keeps the last of two equal keys, rounds seconds finer than microseconds, reads `-0` as 0 and takes
the inside of a JSON value as it comes. Each is found by a look at the page's bytes; what is found is only
doubtful, and read again slowly.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any

from msgspec import Raw, UnsetType
from msgspec.structs import astuple

from connector_sdk.decode.strict import MAX_BYTES, read_json
from connector_sdk.decode.tokens import MAX_DEPTH, quotes
from connector_sdk.errors import RecordError
from connector_sdk.schema import Field, FieldType, Schema

_FRACTION = re.compile(rb"\.[0-9]{6}0*[1-9]")
_FRACTION_OF_SECOND = re.compile(rb":[0-9]{2}\.[0-9]{6}0*[1-9]|\\u00[23]")
_MINUS_ZERO = re.compile(rb"-0\s*[,}]")
_QUOTED = (str, dt.datetime, dt.date, dt.time)
_MANY = 8
"""From here on it is cheaper to look at all fields of a record than at some columns of the page."""
_FRACTIONAL = {FieldType.TIME, FieldType.DATETIME, FieldType.LOCAL_DATETIME}


class Proofs:
    """What must hold for pages of one schema."""

    def __init__(self, schema: Schema) -> None:
        fields = schema.fields
        self._width = len(fields)
        self._fractional = any(field.type in _FRACTIONAL for field in fields)
        self._json = [
            attrgetter(f"f{index}") for index, field in enumerate(fields) if field.type is FieldType.JSON
        ]
        varying = [index for index, field in enumerate(fields) if _varies(schema, field)]
        self._columns = [attrgetter(f"f{index}") for index in varying]
        self._constant_texts = sum(
            _quoted(field) for index, field in enumerate(fields) if index not in varying
        )
        if len(varying) > _MANY:
            self._columns, self._constant_texts = [], 0
        self._constant = not varying

    def doubtful(self, texts: Sequence[bytes], records: Sequence[Any], *, zero: bool) -> set[int]:
        """Return the indices of records that may not be what their text says.

        `zero` says that an integer 0 was read where a sign would matter.
        """
        page = b"\n".join(texts)
        found: set[int] = set()
        if len(page) > MAX_BYTES:
            found.update(index for index, text in enumerate(texts) if len(text) > MAX_BYTES)
        if quotes(page) != self._expected(records):
            pairs = enumerate(zip(texts, records, strict=True))
            found.update(index for index, (text, record) in pairs if quotes(text) != self._expected([record]))
        if self._fractional and (_FRACTION.search(page) or _escaped(page)):
            found.update(_matching(_FRACTION_OF_SECOND, texts))
        if zero and _MINUS_ZERO.search(page):
            found.update(_matching(_MINUS_ZERO, texts))
        if self._json:
            found.update(self._unsound(texts, records))
        return found

    def _expected(self, records: Sequence[Any]) -> int:
        """Count the quotation marks of the keys and text values that the records hold.

        As each key and each text in the page has two, and each value held was read from one, equality with
        the page's own count leaves no room for a key that was dropped.
        """
        held = (self._width + self._constant_texts) * len(records)
        if self._constant:
            return 2 * held
        if self._columns:
            values: Iterable[Any] = chain(*(map(column, records) for column in self._columns))
        else:
            values = chain.from_iterable(map(astuple, records))
        kinds = Counter(map(type, values))
        held += sum(kinds[kind] for kind in _QUOTED) - kinds[UnsetType]
        inside = sum(quotes(raw) for raw in self._raws(records)) if kinds[Raw] else 0
        return 2 * held + inside

    def _raws(self, records: Sequence[Any]) -> list[bytes]:
        columns = chain.from_iterable(map(column, records) for column in self._json)
        return [bytes(value) for value in columns if type(value) is Raw]

    def _unsound(self, texts: Sequence[bytes], records: Sequence[Any]) -> Iterable[int]:
        pairs = enumerate(zip(texts, records, strict=True))
        return (index for index, (text, record) in pairs if not _sound(text, self._raws([record])))


def _quoted(field: Field) -> bool:
    return field.type is FieldType.STRING or field.type.temporal


def _varies(schema: Schema, field: Field) -> bool:
    """Tell whether the number of quotation marks that the field needs differs between records."""
    is_json = field.type is FieldType.JSON
    return is_json or schema.optional(field) or (schema.nullable(field) and _quoted(field))


def _escaped(page: bytes) -> bool:
    """Tell whether digits or points may be written as escapes."""
    return b"\\u00" in page and (b"\\u002" in page or b"\\u003" in page)


def _matching(pattern: re.Pattern[bytes], texts: Sequence[bytes]) -> Iterable[int]:
    return (index for index, text in enumerate(texts) if pattern.search(text))


def _sound(text: bytes, raws: list[bytes]) -> bool:
    """Prove the values that msgspec passed on unread: UTF-8, depth, no repeated keys, null only as None."""
    if b"null" in raws or not (text.isascii() or _utf8(text)):
        return False
    return all(_simple(raw) or _strict(raw) for raw in raws)


def _utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _simple(raw: bytes) -> bool:
    """Tell whether a value has one key at most and cannot be deep."""
    return raw.count(b":") <= 1 and raw.count(b"[") + raw.count(b"{") < MAX_DEPTH


def _strict(raw: bytes) -> bool:
    try:
        read_json(raw, MAX_DEPTH - 1)
    except RecordError:
        return False
    return True
