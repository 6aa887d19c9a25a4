"""What an author writes; `test_schema` has mypy read it too."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any

from connector_sdk.schema import UNSET, Cursor, Key, Local, Maybe, Personal, Record


class Sample(Record):
    id: Annotated[str, Key]
    updated_at: Annotated[datetime, Cursor]
    initials: Annotated[Maybe[str], Personal] = UNSET
    count: int
    dose: Decimal | None
    ratio: float
    fasting: bool
    drawn: Annotated[datetime, Local]
    born: date
    at: time
    tags: list[str]
    more: Maybe[dict[str, Any]] = UNSET
    rest: Any


def initials(sample: Sample) -> Maybe[str]:
    """Show that the types survive."""
    return sample.initials


def key(sample: Sample) -> str:
    """Show that the marks are no types."""
    return sample.id
