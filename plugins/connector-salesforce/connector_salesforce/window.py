"""One query read to its end, and proven: as many rows as the system said there are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from connector_salesforce.api import Api
from connector_salesforce.cursor import Place
from connector_salesforce.describe import CURSOR, KEY, unusable
from connector_salesforce.errors import LOCATOR_LOST
from connector_salesforce.moments import moment
from connector_sdk.errors import ConnectorError, IncompleteResponseError

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Window:
    """The rows of one query, in order, the place of each, and the system's time before it was asked."""

    rows: list[dict[str, Any]]
    places: list[Place]
    asked: datetime | None


def read_window(api: Api, soql: str, rows_per_call: int) -> Window:
    """Return the rows of a query.

    A query's locator lives for a limited time: where it was lost on the way, the query is asked once more.
    Raises IncompleteResponseError where rows are missing, too many, or out of order.
    """
    asked = api.server_time
    try:
        rows = _walk(api, soql, rows_per_call)
    except ConnectorError as error:
        if error.code != LOCATOR_LOST:
            raise
        asked = api.server_time
        rows = _walk(api, soql, rows_per_call)
    return Window(rows, _places(rows), asked)


def _walk(api: Api, soql: str, rows_per_call: int) -> list[dict[str, Any]]:
    answer = api.query(soql, rows_per_call)
    total = answer.get("totalSize")
    rows = _rows(answer)
    followed: set[str] = set()
    while not answer.get("done"):
        url = answer.get("nextRecordsUrl")
        if not isinstance(url, str) or url in followed:
            raise _missing("more are said to follow, and not where, or where they were read before")
        followed.add(url)
        answer = api.more(url, rows_per_call)
        rows += _rows(answer)
    if total != len(rows):
        raise _missing(f"the query was said to have {total} rows, and {len(rows)} arrived")
    return rows


def _rows(answer: dict[str, Any]) -> list[dict[str, Any]]:
    rows = answer.get("records")
    if (
        not isinstance(rows, list)
        or not all(isinstance(row, dict) for row in rows)
        or type(answer.get("totalSize")) is not int
        or type(answer.get("done")) is not bool
    ):
        raise unusable("query")
    return rows


def _places(rows: list[dict[str, Any]]) -> list[Place]:
    places = [Place(_told(row, CURSOR, moment), _told(row, KEY, str)) for row in rows]
    stamps = [place.stamp for place in places]
    if stamps != sorted(stamps) or len({place.id for place in places}) != len(places):
        raise _missing("its rows are not in the order that was asked for, or one is there twice")
    return places


def _told(row: dict[str, Any], name: str, read: Callable[[str], V]) -> V:
    """Return what places a row, without which nobody knows whether all rows came."""
    try:
        return read(row[name])
    except (KeyError, TypeError, ValueError):
        raise unusable(f"query (a row's `{name}`)") from None


def _missing(what: str) -> IncompleteResponseError:
    return IncompleteResponseError(
        f"a query's rows did not arrive as promised: {what}",
        code="salesforce-rows-missing",
        hint="run again: it goes on from the last window that was complete",
    )
