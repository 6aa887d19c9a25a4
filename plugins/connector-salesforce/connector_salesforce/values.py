"""What a field of an object can hold exactly, told before it is written.

Salesforce changes some values without a word: it takes blanks off the ends of texts, makes null of an empty
text, cuts fractions off moments and rounds numbers to the field's scale. Such values are refused here, and
integers that its own are too narrow for.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from connector_salesforce.describe import ObjectField
from connector_sdk.schema import FieldType

_HELD_BY: Final = {
    FieldType.STRING: frozenset({FieldType.STRING}),
    FieldType.INTEGER: frozenset({FieldType.INTEGER, FieldType.DECIMAL}),
    FieldType.DECIMAL: frozenset({FieldType.DECIMAL}),
    FieldType.FLOAT: frozenset({FieldType.DECIMAL}),
    FieldType.BOOLEAN: frozenset({FieldType.BOOLEAN}),
    FieldType.DATE: frozenset({FieldType.DATE}),
    FieldType.TIME: frozenset({FieldType.TIME}),
    FieldType.DATETIME: frozenset({FieldType.DATETIME}),
}

Unfit = Callable[[Any], bool]


def holds(field: ObjectField, kind: FieldType) -> bool:
    """Return whether the field takes values of a type, apart from single ones it cannot hold exactly."""
    return field.type in _HELD_BY.get(kind, ())


def unfit(field: ObjectField, kind: FieldType) -> Unfit | None:
    """Return what tells that a value would be changed; None where no value of the type would be."""
    if kind is FieldType.STRING:
        return _trimmed
    if kind is FieldType.INTEGER and field.kind == "int":
        return _wider_than_32_bits
    if kind is FieldType.DATETIME:
        return _has_fraction
    if kind is FieldType.TIME:
        return _finer_than_milliseconds
    if kind in {FieldType.DECIMAL, FieldType.FLOAT}:
        return lambda value: _digits_after_point(value) > field.scale
    return None


def as_sent(value: Any) -> Any:
    """Return a value as JSON for Salesforce takes it; a time of day is written with a `Z` there."""
    if type(value) is dt.time:
        return value.isoformat(timespec="milliseconds") + "Z"
    return value


def _trimmed(text: str) -> bool:
    return not text or text[0].isspace() or text[-1].isspace()


def _wider_than_32_bits(number: int) -> bool:
    return not -(2**31) <= number < 2**31


def _has_fraction(moment: dt.datetime) -> bool:
    return moment.microsecond != 0


def _finer_than_milliseconds(time: dt.time) -> bool:
    return time.microsecond % 1000 != 0


def _digits_after_point(value: Decimal | float) -> int:
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number:
        return 0
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
