"""Dates and times that keep every digit, or are refused."""

import datetime as dt
import re
from typing import Any

import msgspec

from connector_sdk.decode.problems import MismatchError
from connector_sdk.schema import FieldType
from connector_sdk.schema.types import python_type

TOO_PRECISE = re.compile(r"\.[0-9]{6}0*[1-9]")
"""Seven digits of a second or more, of which the last is not zero: Python's types end at microseconds."""

_WITHOUT_ZONE_RULE = {
    FieldType.TIME: dt.time,
    FieldType.DATETIME: dt.datetime,
    FieldType.LOCAL_DATETIME: dt.datetime,
}


def moment(kind: FieldType, text: str) -> Any:
    """Read a date or time as RFC 3339 writes it.

    Raises MismatchError (time-format, time-zone, time-precision).
    """
    if TOO_PRECISE.search(text):
        raise MismatchError("time-precision", "it is finer than a microsecond")
    if kind in _WITHOUT_ZONE_RULE and _read(text, _WITHOUT_ZONE_RULE[kind]) is not None:
        value = _read(text, python_type(kind))
        if value is None:
            needs = "needs an" if kind is FieldType.DATETIME else "has no"
            raise MismatchError("time-zone", f"a {kind} {needs} offset from UTC")
        return value
    value = _read(text, python_type(kind))
    if value is None:
        raise MismatchError("time-format", f"not a {kind} as RFC 3339 writes it")
    return value


def _read(text: str, kind: Any) -> Any:
    try:
        return msgspec.convert(text, kind)
    except msgspec.ValidationError:
        return None
