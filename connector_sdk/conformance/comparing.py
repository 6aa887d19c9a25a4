"""Compare what a connector gave with what it was sent, and say in words how they differ."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from connector_sdk.conformance.book import Number
from connector_sdk.conformance.player.player import NOT_IN_BOOK
from connector_sdk.conformance.protocol import Failure

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)")
"""A moment with its zone: spelled otherwise (`Z`, `+00:00`, `.000`) it is the same."""

_UNKNOWN: Final = f"http-{NOT_IN_BOOK}"
"""The code of the error that comes of a request which the book does not have."""


def agree(found: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    """Tell whether every value of a record is the one that the system sent."""
    return all(name in sent and same_value(value, sent[name]) for name, value in found.items())


def same_value(one: Any, other: Any) -> bool:
    """Compare two JSON values: numbers by what they are worth, moments by when they are, the rest as is."""
    if isinstance(one, Number) and isinstance(other, Number):
        return Decimal(one) == Decimal(other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same_value(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_value, one, other))
    if type(one) is not type(other):
        return False
    return bool(one == other) or (isinstance(one, str) and moment(one) == moment(other) is not None)


def moment(text: str) -> datetime | None:
    """Return the moment that a text names with its zone, None where it names none."""
    return datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None


def shown(failure: Failure) -> str:
    """Name an error without its message, which is the connector's own and may hold anything."""
    told = f"{failure.kind} ({failure.code})" if failure.code else failure.kind
    return f"{told}: it asked for what is not in the book, see CAP-04" if failure.code == _UNKNOWN else told


def compared(wanted: Sequence[bytes], found: Sequence[bytes]) -> str:
    """Say how two lists of records differ, without a value."""
    if len(found) != len(wanted):
        return f"{len(found)} records came instead of {len(wanted)}"
    differing = sum(1 for one, other in zip(wanted, found, strict=True) if one != other)
    return f"{differing} of {len(wanted)} records are others, or in another order"
