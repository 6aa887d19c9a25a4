"""An object as a stream: windows in the order of SystemModstamp and Id, each proven before it is used."""

from collections.abc import Iterator
from datetime import timedelta

from connector_salesforce.api import Api
from connector_salesforce.config import SalesforceConfig
from connector_salesforce.cursor import Position, position_of
from connector_salesforce.describe import DELETED, SObject, schema_of
from connector_salesforce.offer import ObjectOffer
from connector_salesforce.rows import RowReader
from connector_salesforce.soql import window_query
from connector_salesforce.window import Window, read_window
from connector_sdk.connector import Call, Deleted, Json, Page, Unreadable
from connector_sdk.schema import Schema


class ObjectStream(ObjectOffer):
    """Reads what was created, changed or deleted since the cursor, and what appeared late before it."""

    def __init__(self, api: Api, name: str, config: SalesforceConfig) -> None:
        self._api = api
        self._name = name
        self._config = config
        self._described: SObject | None = None

    def schema(self, call: Call) -> Schema:
        """Return the fields this user may read; raises ContractError where `fields` names another one."""
        del call
        return schema_of(self._object(), self._config.fields)

    def glance(self, call: Call) -> Schema:
        """Return the same; a field of `fields` that is gone is left for the pinned contract to name."""
        del call
        return schema_of(self._object(), self._config.fields, lenient=True)

    def read(self, call: Call, position: Json) -> Iterator[Page]:
        """Yield one page a window.

        A run begins `lookback` seconds before where the last one ended, and leaves out what that one read.
        """
        position_now = position_of(position, call.salt)
        described = self._object()
        reader = RowReader(schema_of(described, self._config.fields, lenient=True))
        names = [*reader.names]
        if DELETED in described.fields and DELETED not in names:
            names.append(DELETED)
        limit = max(call.page_size, self._config.rows_per_call)
        lookback = timedelta(seconds=self._config.lookback)
        after = position_now.start
        repeats = position_now.repeats
        while True:
            query = window_query(described.name, names, after, limit)
            window = read_window(self._api, query, self._config.rows_per_call)
            ended = len(window.rows) < limit
            records = list(_new(window, position_now, reader))
            last = window.places[-1] if window.places else after
            if last is not None:
                position_now.advance(last, lookback, window.asked, ended=ended)
            if records:
                yield Page(records, position_now.json(), restarted=repeats)
                repeats = False
            if ended:
                return
            after = last

    def _object(self) -> SObject:
        if self._described is None:
            self._described = self._api.describe(self._name)
        return self._described


def _new(window: Window, position: Position, reader: RowReader) -> Iterator[bytes | Unreadable | Deleted]:
    for row, place in zip(window.rows, window.places, strict=True):
        record = reader.record(row)
        gone = row.get(DELETED) is True
        state = (b"-" if gone else b"+") + (record.raw if isinstance(record, Unreadable) else record)
        if not position.delivered(place.stamp, state):
            position.deliver(place.stamp, state)
            yield Deleted(record) if gone else record
