"""A record's key as bytes that are equal exactly where the keys are."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec

from connector_sdk.schema import FieldType, Schema

_WRITER = msgspec.json.Encoder(decimal_format="number")
_AS_THEY_ARE = {FieldType.STRING, FieldType.INTEGER, FieldType.BOOLEAN, FieldType.DATE, FieldType.TIME}
_LONGEST_WHOLE = 40
_BEYOND = 10**_LONGEST_WHOLE


@lru_cache(maxsize=256)
def key_of(schema: Schema) -> Callable[[Any], bytes]:
    """Return a function from a decoded record to its key: a JSON array of the key fields' values.

    Equal values have one spelling: `1`, `1.0` and `1E0` are `1`; a moment is written in UTC.
    """
    kinds = [schema[name].type for name in schema.key]
    values = attrgetter(*(f"f{schema.names.index(name)}" for name in schema.key)) if kinds else _no_values
    encode = _WRITER.encode
    if all(kind in _AS_THEY_ARE for kind in kinds):
        if len(kinds) == 1:
            return lambda record: encode((values(record),))
        return lambda record: encode(values(record))
    if len(kinds) == 1:
        return lambda record: encode((_canonical(values(record)),))
    return lambda record: encode([_canonical(value) for value in values(record)])


def canonical_key(values: list[Any]) -> bytes:
    """Write the values of a key, in the key's order, as `key_of` does."""
    return _WRITER.encode([_canonical(value) for value in values])


def _no_values(_: Any) -> tuple[Any, ...]:
    return ()


def _canonical(value: Any) -> Any:
    if type(value) is float:
        value = Decimal(repr(value))
    if type(value) is int and not -_BEYOND < value < _BEYOND:
        value = Decimal(value)
    if type(value) is Decimal:
        return _plain(value)
    if type(value) is dt.datetime and value.tzinfo is not None:
        return _utc(value)
    return value


def _plain(number: Decimal) -> Decimal | int:
    """Return the one spelling of a number: whole ones as integers, no zeros at the end."""
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        raise TypeError("a key is a finite number")
    significant = list(digits)
    while len(significant) > 1 and significant[-1] == 0:
        significant.pop()
        exponent += 1
    if significant == [0]:
        return 0
    if 0 <= exponent <= _LONGEST_WHOLE:
        significant += [0] * exponent
        exponent = 0
    return Decimal((sign, tuple(significant), exponent))


def _utc(moment: dt.datetime) -> dt.datetime:
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:  # within a day of the calendar's ends
        return moment
