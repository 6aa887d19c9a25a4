"""The values of a cursor field: which is the latest, and from where to ask again."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from connector_sdk.schema import FieldType

_MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.(\d+))?)?(?:[Zz]|[+-]\d\d:?\d\d)?", re.ASCII
)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

ORDERED: Final = frozenset(
    {FieldType.STRING, FieldType.INTEGER, FieldType.DATE, FieldType.DATETIME, FieldType.LOCAL_DATETIME}
)
"""Types that a cursor field may have."""

TIMED: Final = frozenset({FieldType.DATE, FieldType.DATETIME, FieldType.LOCAL_DATETIME})
"""Types that can be looked back from."""


_FAST: Final = {
    kind: msgspec.json.Decoder(dt.datetime).decode for kind in (FieldType.DATETIME, FieldType.LOCAL_DATETIME)
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A cursor's value: as it is compared, and as JSON and the system's parameter spell it."""

    value: Any
    given: str | int


def value_reader(kind: FieldType | None) -> Callable[[bytes], Any]:
    """Return a function from a JSON text to the value that is compared, None for what is none of this type.

    With kind None a text is what it looks like: a moment, a date, or else a text.
    """
    fast = _FAST.get(kind) if kind else None
    zoned = kind is FieldType.DATETIME

    def read(text: bytes) -> Any:
        if fast is not None:
            try:
                found = fast(text)
            except msgspec.DecodeError:
                pass
            else:
                return found if (found.tzinfo is not None) is zoned else None
        try:
            return _value(msgspec.json.decode(text), kind)
        except (msgspec.DecodeError, ValueError):
            return None

    return read


def mark_of(given: Any, kind: FieldType | None) -> Mark | None:
    """Return the mark of a value as JSON spells it, None for what is none of this type."""
    try:
        value = _value(given, kind)
    except ValueError:
        return None
    return None if value is None else Mark(value, given)


def later(value: Any, other: Any) -> bool | None:
    """Tell whether a value is after another; None where they are of two kinds, which have no order."""
    if type(value) is not type(other):
        return None
    try:
        return bool(value > other)
    except TypeError:  # only one of the moments knows its zone
        return None


def earlier(mark: Mark, seconds: int) -> Mark | None:
    """Return the mark so many seconds before, in the same spelling; None before the calendar's beginning."""
    if not seconds or isinstance(mark.value, str | int):
        return mark
    span = dt.timedelta(seconds=seconds)
    try:
        if isinstance(mark.value, dt.datetime):
            moment = mark.value - span
            return Mark(moment, _spelled(moment, str(mark.given)))
        midnight = dt.datetime.combine(mark.value, dt.time()) - span
        return Mark(midnight.date(), midnight.date().isoformat())
    except OverflowError:
        return None


def not_after(mark: Mark, now: dt.datetime) -> Mark:
    """Return the mark, or `now` where it lies in the future: a mistyped year must not hide what comes."""
    if isinstance(mark.value, dt.datetime) and mark.value.tzinfo is not None and mark.value > now:
        return Mark(now, now.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z")
    return mark


def _value(given: Any, kind: FieldType | None) -> Any:
    if isinstance(given, bool) or not isinstance(given, str | int):
        return None
    if isinstance(given, int):
        return given if kind in (None, FieldType.INTEGER) else None
    if kind is FieldType.INTEGER:
        return None
    if kind is FieldType.STRING:
        return given
    return _moment(given, kind)


def _moment(given: str, kind: FieldType | None) -> Any:
    if kind in (None, FieldType.DATE) and _DATE.fullmatch(given):
        return dt.date.fromisoformat(given)
    if kind is not FieldType.DATE and _MOMENT.fullmatch(given):
        found = dt.datetime.fromisoformat(given)
        zoned = {FieldType.DATETIME: True, FieldType.LOCAL_DATETIME: False}.get(kind) if kind else None
        return found if zoned in (None, found.tzinfo is not None) else None
    return given if kind is None else None


def _spelled(moment: dt.datetime, like: str) -> str:
    """Write a moment with as many digits as another has, and its `Z`; digits beyond are cut: earlier."""
    found = _MOMENT.fullmatch(like)
    digits = len(found[1] or "") if found else 6
    precision = "seconds" if not digits else "milliseconds" if digits <= 3 else "microseconds"  # noqa: PLR2004
    text = moment.isoformat(timespec=precision)
    return text.removesuffix("+00:00") + "Z" if like[-1] in "Zz" else text
