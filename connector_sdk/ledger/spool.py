"""The page being written, kept encrypted so that recovery never needs the source to serve it again."""

from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connector_sdk.errors import LedgerError
from connector_sdk.ledger.store import Store
from connector_sdk.ledger.tables import spool
from connector_sdk.schema import Schema
from connector_sdk.signing import decrypt, encrypt


class Fault(msgspec.Struct, frozen=True):
    """Why one record of a page cannot be moved."""

    stage: str
    code: str
    message: str


class Again(msgspec.Struct, frozen=True):
    """A dead letter on its way again: its id, its first numbers, and how often it was tried."""

    id: str
    arrival: int
    origin: int
    attempts: int


class Redrive(msgspec.Struct, frozen=True):
    """The dead letters that a page holds, in its order, and who asked for it and why."""

    letters: list[Again]
    actor: str
    reason: str


class SpooledPage(msgspec.Struct, frozen=True):
    """A page as it came, with all that recovery needs to write it again exactly alike.

    `texts` are the records (JSON texts, or raw bytes where a fault says why there is none), `faults` by index
    in the page, `schema` and `new_fields` what they were decoded with, `target` the digest of the destination
    they are meant for, `origin` the source's number of the first record, `cursor` where the stream stands
    after the page, `deleted` the indexes of the records that the source deleted.
    """

    texts: list[bytes]
    faults: dict[int, Fault]
    schema: Schema
    new_fields: Literal["report", "refuse"]
    target: str
    origin: int
    cursor: Any
    deleted: frozenset[int] = frozenset()
    redrive: Redrive | None = None

    def origins(self) -> Sequence[int]:
        """Return the source's own number of each record."""
        if self.redrive is not None:
            return [letter.origin for letter in self.redrive.letters]
        return range(self.origin, self.origin + len(self.texts))

    def arrivals(self, first: int) -> Sequence[int]:
        """Return each record's number of arrival, which orders the versions of a key; `first` is new."""
        if self.redrive is not None:
            return [letter.arrival for letter in self.redrive.letters]
        return range(first, first + len(self.texts))

    def attempts(self) -> Sequence[int]:
        """Return how often each record was tried, this time included."""
        if self.redrive is not None:
            return [letter.attempts + 1 for letter in self.redrive.letters]
        return [1] * len(self.texts)


_FORMAT: Final = b"\x01"
"""Stands before the MessagePack of a `SpooledPage`, and changes with its layout."""
_SAVE: Final = spool.insert()
_DROP: Final = spool.delete().where(spool.c.partition_id == sa.bindparam("at_partition"))
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(SpooledPage)


def save(store: Store, connection: Connection, partition_id: int, page: SpooledPage) -> None:
    """Put the page into the transaction of its first batch's intent."""
    sealed = encrypt(store.keys.spool, _FORMAT + _ENCODER.encode(page), _context(store, partition_id))
    connection.execute(_SAVE, {"partition_id": partition_id, "page": sealed, "done": 0})


def load(store: Store, connection: Connection, partition_id: int) -> tuple[SpooledPage, int] | None:
    """Return the page that a run left unfinished and how many of its records are committed, or None.

    Raises LedgerError for a page that another version of this package spooled, or that was altered.
    """
    row = connection.execute(
        sa.select(spool.c.page, spool.c.done).where(spool.c.partition_id == partition_id)
    ).one_or_none()
    if row is None:
        return None
    opened = decrypt(store.keys.spool, row.page, _context(store, partition_id))
    if not opened.startswith(_FORMAT):
        raise LedgerError(
            "a page is left open that another version of connector-sdk spooled",
            code="spool-format",
            hint="run the pipeline once with the version that was used last, then with this one",
        )
    return _DECODER.decode(opened[len(_FORMAT) :]), row.done


def advance(connection: Connection, partition_id: int, done: int, *, last: bool) -> None:
    """Count the records committed; the page goes with its last batch."""
    if last:
        connection.execute(_DROP, {"at_partition": partition_id})
    else:
        connection.execute(spool.update().where(spool.c.partition_id == partition_id).values(done=done))


def _context(store: Store, partition_id: int) -> bytes:
    """Bind the ciphertext to its place, so that it cannot be moved to another one."""
    return f"spool|{store.ledger_id}|{partition_id}".encode()
