"""A named collection that a connector reads."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, ClassVar

from connector_sdk.connector.call import Call
from connector_sdk.connector.page import Json, Page
from connector_sdk.schema import Record, Schema, schema_of


class Completeness(StrEnum):
    """What the pages of one read add up to."""

    PROVEN = "P"
    """A total, count, checksum or trailer was met."""
    TERMINATED = "T"
    """The source said explicitly that there is no more."""
    UNPROVEN = "U"
    """Nothing but the absence of more."""


class Stream(ABC):
    """Read records page by page, from any position it once gave out."""

    record: type[Record] | None = None
    """The record type, where it is known before the source is asked."""
    completeness: Completeness = Completeness.UNPROVEN
    reports_deletes: ClassVar[bool] = False
    """Whether pages may hold `Deleted`: a sink that cannot do as `write.deletes` says is then refused."""
    cursor_tells_source: ClassVar[bool] = False
    """Whether the stream itself notices the cursor of another source; it then begins anew and says so."""
    textual: bool = False
    """Whether the source knows text only (CSV), so that a contract may say what a text means."""

    def bound(self, connector: Any) -> "Stream":
        """Return the stream as this connector reads it; one declared in a class belongs to none yet."""
        return self

    def schema(self, call: Call) -> Schema:
        """Return the schema the source offers now; may read all of the source."""
        if self.record is None:
            raise TypeError(f"{type(self).__name__} must set `record` or override `schema`")
        return schema_of(self.record)

    def glance(self, call: Call) -> Schema:
        """Return the schema as far as a cheap look shows it: what a run compares with the pinned contract."""
        return self.schema(call)

    @abstractmethod
    def read(self, call: Call, position: Json) -> Iterator[Page]:
        """Yield the pages after `position` (None: from the beginning).

        A page is yielded only when it is proven complete; otherwise raises IncompleteResponseError. The
        position of the last page yielded must be a place to go on from, in this run or a later one.
        """

    def acknowledge(self, page_cursor: Json) -> None:
        """Learn that everything up to this cursor is durably committed; queues and file drops act on it.

        A run begins by saying so again of the cursor it goes on from: the one before may have died just then.
        """
