"""Dates and times as Salesforce writes them, to Python and back, exactly."""

import datetime as dt
import re
from typing import Any, Final

from connector_sdk.schema import FieldType

_DATETIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d)", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME: Final = re.compile(r"(\d\d:\d\d:\d\d(?:\.\d{1,6})?)Z?", re.ASCII)


def moment(text: str) -> dt.datetime:
    """Read a moment, with whichever spelling of its offset: `+0000`, `+00:00` or `Z`.

    Raises ValueError for anything else, and for more digits than a microsecond has.
    """
    if not _DATETIME.fullmatch(text):
        raise ValueError("no moment of Salesforce")
    return dt.datetime.fromisoformat(text)


def date(text: str) -> dt.date:
    """Read a date; raises ValueError."""
    if not _DATE.fullmatch(text):
        raise ValueError("no date of Salesforce")
    return dt.date.fromisoformat(text)


def time(text: str) -> dt.time:
    """Read a time of day; the `Z` after it says nothing, as these fields know no zone. Raises ValueError."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError("no time of Salesforce")
    return dt.time.fromisoformat(found[1])


READERS: Final[dict[FieldType, Any]] = {
    FieldType.DATETIME: moment,
    FieldType.DATE: date,
    FieldType.TIME: time,
}
