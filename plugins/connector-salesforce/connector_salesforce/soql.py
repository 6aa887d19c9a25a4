"""Queries as text: names are checked, values are literals of one safe form.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from connector_salesforce.config import api_name
from connector_salesforce.cursor import Place

_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")
LONGEST = 12_000
"""Characters of a query that still fit into the address of a request (about 16 KB, once encoded)."""


def literal(moment: datetime) -> str:
    """Write a moment as SOQL does: unquoted, in UTC."""
    moment = moment.astimezone(UTC)
    exact = moment.microsecond // 1000 * 1000 == moment.microsecond
    precision = "microseconds" if not exact else "milliseconds" if moment.microsecond else "seconds"
    return moment.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def window_query(object_name: str, fields: Sequence[str], after: Place | None, limit: int) -> str:
    """Return the query of the rows that follow a place, in the order of the cursor.

    The order is total, because ids are unique; so no row stands on both sides of a place.
    """
    listed = ",".join(api_name(name) for name in fields)
    where = f" WHERE {_beyond(after)}" if after else ""
    order = f" ORDER BY SystemModstamp,Id LIMIT {limit}"
    return f"SELECT {listed} FROM {api_name(object_name)}{where}{order}"  # noqa: S608 - names and literals are checked


def _beyond(place: Place) -> str:
    stamp = literal(place.stamp)
    if not place.id:
        return f"SystemModstamp>={stamp}"
    if not _ID.fullmatch(place.id):
        raise ValueError("a record id has 15 or 18 letters and digits")
    return f"SystemModstamp>={stamp} AND (SystemModstamp>{stamp} OR Id>'{place.id}')"
