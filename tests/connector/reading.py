"""Read a declared stream of the invented API, as often as a test likes."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from connector_sdk.config import Config, HttpUrl
from connector_sdk.connector import Call, Connector, Page
from connector_sdk.connector.connection import Connection
from connector_sdk.connector.rest import BodyCursor, RestStream
from connector_sdk.schema import Cursor, Key, Record
from tests.clocks import FakeClock

NOW = datetime(2026, 6, 1, tzinfo=UTC)


class Item(Record):
    id: Annotated[str, Key]
    updated_at: Annotated[datetime, Cursor]
    value: Decimal


class ItemsConfig(Config):
    base_url: HttpUrl
    study: str = "ACME-01"


class Reader:
    """A stream, and the position that its last page gave; `read` goes on from there."""

    def __init__(self, url: str, stream: RestStream) -> None:
        class Reading(Connector[ItemsConfig]):
            name = "reading"
            items = stream

        self.clock = FakeClock(NOW)
        self.connector = Reading(ItemsConfig(base_url=url))
        self.connector.attach(Connection(clock=self.clock))
        self.position: Any = None

    def pages(self, position: Any = None) -> list[Page]:
        stream = self.connector.stream("items")
        return list(stream.read(Call(clock=self.clock), position))

    def read(self) -> list[bytes]:
        """Read what is new, and keep the position."""
        records: list[bytes] = []
        stream = self.connector.stream("items")
        for page in stream.read(Call(clock=self.clock), self.position):
            records += page.records  # type: ignore[arg-type]  # this stream gives bytes
            self.position = page.cursor
        return records

    def close(self) -> None:
        self.connector.close()


def by_cursor(path: str = "/items", **options: Any) -> RestStream:
    options = {"paging": BodyCursor("meta.next"), "since": "updated_since", "total": "meta.total", **options}
    return RestStream(Item, path, **options)
