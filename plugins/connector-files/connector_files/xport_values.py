"""SAS values: IBM hexadecimal floating point, missing values, dates counted from 1960, padded texts.

Source: SAS technical note TS-140 ("Numeric data fields", "Missing values"); format names: SAS 9.4 Formats and
Informats: Reference.
"""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

from connector_files.xport_header import Variable
from connector_sdk.schema import FieldType

Convert = Callable[[bytes], Any]
"""Turns a field's bytes into its value, or raises InexactValueError."""

_ORDERS = ("DDMMYY", "MMDDYY", "YYMMDD", "MMYY", "YYMM")
_DATES = frozenset(
    [
        *("DATE", "E8601DA", "B8601DA", "IS8601DA", "JULIAN", "MONYY", "YYMON", "YYQ", "YEAR"),
        *("WEEKDATE", "WEEKDATX", "WORDDATE", "WORDDATX"),
        *(order + separator for order in _ORDERS for separator in ("", *"BCDNPS")),
    ]
)
_DATETIMES = frozenset(
    [
        *(
            "DATETIME",
            "DATEAMPM",
            "MDYAMPM",
            "E8601DT",
            "B8601DT",
            "IS8601DT",
            "E8601DN",
            "B8601DN",
            "IS8601DN",
        ),
        *("DTDATE", "DTMONYY", "DTWKDATX", "DTYEAR", "DTYYQC"),
    ]
)
_TIMES = frozenset(("TIME", "TIMEAMPM", "HHMM", "HOUR", "E8601TM", "B8601TM", "IS8601TM"))

_DAY_SECONDS = 86400
_EPOCH_DAY = dt.date(1960, 1, 1)
_EPOCH = dt.datetime(1960, 1, 1)  # noqa: DTZ001 - SAS knows no zones
_MICRO = dt.timedelta(microseconds=1)
_FRACTION = (1 << 56) - 1
_MISSING = 0x2E
_SPECIAL = frozenset(b"_ABCDEFGHIJKLMNOPQRSTUVWXYZ")


class InexactValueError(Exception):
    """A value that cannot be passed on exactly: a code, and what is wrong without the value."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def logical_type(variable: Variable) -> FieldType:
    """Return what a variable's values are, as its format says."""
    if not variable.numeric:
        return FieldType.STRING
    if variable.format in _DATES:
        return FieldType.DATE
    if variable.format in _DATETIMES:
        return FieldType.LOCAL_DATETIME
    return FieldType.TIME if variable.format in _TIMES else FieldType.FLOAT


def converter(variable: Variable, encoding: str, *, special_as_null: bool) -> Convert:
    """Return the function for a variable's values."""
    if not variable.numeric:
        return lambda raw: text(raw, encoding)
    finish = {
        FieldType.DATE: date,
        FieldType.LOCAL_DATETIME: local_datetime,
        FieldType.TIME: time_of_day,
    }.get(logical_type(variable))
    if finish is None:
        return lambda raw: number(raw, special_as_null=special_as_null)

    def temporal(raw: bytes) -> Any:
        value = number(raw, special_as_null=special_as_null)
        return None if value is None else finish(value)

    return temporal


def text(raw: bytes, encoding: str) -> str:
    """Decode a text; the blanks at its end are SAS's padding, in SAS they never belong to a value."""
    try:
        value = raw.rstrip(b" ").decode(encoding)
    except UnicodeDecodeError as error:
        raise InexactValueError("files-encoding", f"it is not {encoding} at byte {error.start}") from error
    if "\0" in value:
        raise InexactValueError("files-nul", "it holds a NUL byte")
    return value


def number(raw: bytes, *, special_as_null: bool = False) -> float | None:
    """Convert IBM hexadecimal floating point of 2 to 8 bytes: sign, exponent of 16 (excess 64), fraction.

    All exponents fit into binary64; a fraction of more than 53 significant bits does not, and is refused
    rather than rounded.
    """
    word = int.from_bytes(raw, "big") << 64 - 8 * len(raw)
    fraction = word & _FRACTION
    if not fraction:
        return _without_fraction(raw[0], special_as_null=special_as_null)
    value = math.ldexp(fraction, (word >> 54 & 0x1FC) - 312)
    if fraction >> 53 and float(fraction) != fraction:
        raise InexactValueError("xport-number-inexact", "its number has more digits than binary64 holds")
    return -value if word >> 63 else value


def _without_fraction(first: int, *, special_as_null: bool) -> float | None:
    if first == _MISSING:
        return None
    if first in _SPECIAL:
        if special_as_null:
            return None
        raise InexactValueError(
            "xport-special-missing", "it holds one of the special missing values ._ and .A to .Z"
        )
    return -0.0 if first & 0x80 else 0.0


def date(value: float) -> dt.date:
    """Convert days since 1960-01-01."""
    try:
        if value.is_integer():
            return _EPOCH_DAY + dt.timedelta(days=int(value))
    except OverflowError:
        pass
    raise InexactValueError("xport-temporal", "its number is not a whole day of the years 1 to 9999")


def local_datetime(value: float) -> dt.datetime:
    """Convert seconds since 1960-01-01T00:00:00, exact to the microsecond."""
    try:
        return _EPOCH + _micros(value) * _MICRO
    except OverflowError:
        raise InexactValueError(
            "xport-temporal", "its number is not a moment of the years 1 to 9999"
        ) from None


def time_of_day(value: float) -> dt.time:
    """Convert seconds since midnight, exact to the microsecond."""
    if not 0 <= value < _DAY_SECONDS:
        raise InexactValueError("xport-temporal", "its number is not a time of day, from 0 h up to 24 h")
    return (_EPOCH + _micros(value) * _MICRO).time()


def _micros(seconds: float) -> int:
    numerator, denominator = seconds.as_integer_ratio()
    micros, rest = divmod(numerator * 1_000_000, denominator)
    if rest:
        raise InexactValueError("xport-temporal", "its number is not a whole number of microseconds")
    return micros
