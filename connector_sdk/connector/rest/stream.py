"""A collection of a JSON API, declared in a connector's class."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Self

from connector_sdk.connector.call import Call
from connector_sdk.connector.page import Json, Page
from connector_sdk.connector.rest.collection import Collection
from connector_sdk.connector.rest.order import ORDERED, TIMED
from connector_sdk.connector.rest.paging import NoPaging, Paging
from connector_sdk.connector.rest.template import names_in, settled
from connector_sdk.connector.rest.walk import walk
from connector_sdk.connector.stream import Stream
from connector_sdk.schema import Record, schema_of

if TYPE_CHECKING:
    from connector_sdk.connector.base import Connector

_ONE_PAGE: Final = NoPaging()


class RestStream(Stream):
    """Reads records with GET, page by page, each kept byte for byte.

    `records` is the dotted path of the list in an answer ("": the answer itself), `total` that of the number
    of records that the whole question has, which completeness is then proven against. With `since`, a
    parameter's name, a later run asks from the latest value of the record's `Cursor` field, `lookback`
    seconds before it where sources are late; what was delivered is left out. `{names}` in the path are filled
    from `values` or the connector's settings.

    Raises TypeError where these do not fit the record.
    """

    def __init__(
        self,
        record: type[Record],
        path: str,
        *,
        records: str = "data",
        paging: Paging = _ONE_PAGE,
        since: str = "",
        lookback: int = 0,
        total: str = "",
        params: Mapping[str, str] | None = None,
        values: Mapping[str, str] | None = None,
    ) -> None:
        self.record = record
        schema = schema_of(record)
        kind = schema[schema.cursor].type if schema.cursor else None
        if since and kind not in ORDERED:
            raise TypeError(f"{record.__name__}: `since` needs a Cursor field, a text, integer or time")
        if lookback and (not since or kind not in TIMED):
            raise TypeError(f"{record.__name__}: `lookback` needs `since` and a Cursor field that is a time")
        self.connector: Connector[Any] | None = None
        self.source = Collection(
            path=path,
            records=records,
            paging=paging,
            total=total,
            params=params or {},
            values=values or {},
            key=schema.key,
            cursor=schema.cursor or "",
            kind=kind,
            since=since,
            lookback=lookback,
        )
        self.completeness = self.source.completeness

    def bound(self, connector: "Connector[Any]") -> Self:
        """Return a copy that reads through the connector's stack."""
        made = copy.copy(self)
        values = settled(names_in(self.source.path), self.source.values, connector)
        made.connector = connector
        made.source = replace(self.source, values=values)
        return made

    def read(self, call: Call, position: Json) -> Iterator[Page]:
        if self.connector is None:
            raise TypeError("this stream is only declared; `connector.stream(name)` returns one to read")
        return walk(self.connector.http, self.source, call, position)
