"""One run at a time for each partition: leases with epochs, and the file lock that dies with its holder."""

import fcntl
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TextIO

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from connector_sdk.clock import timestamp
from connector_sdk.errors import ConnectorError, FencedError, LeaseHeldError
from connector_sdk.ledger import audit_log
from connector_sdk.ledger.partitions import PartitionKey, find_or_create
from connector_sdk.ledger.store import Store
from connector_sdk.ledger.tables import partition

TTL = timedelta(seconds=60)
RENEWAL = 15.0
"""Seconds between two renewals of a lease of 60."""


_EPOCH: Final = sa.select(partition.c.epoch).where(partition.c.id == sa.bindparam("at_partition"))


class Holder(msgspec.Struct, frozen=True):
    """Who holds a lease, as the one it keeps waiting is told."""

    host: str
    pid: int
    run: str


@dataclass(frozen=True)
class Lease:
    """The right to write one partition until `epoch` is overtaken."""

    store: Store
    partition_id: int
    key: PartitionKey
    epoch: int
    lock: TextIO = field(repr=False)

    def require(self, connection: Connection) -> None:
        """Assert, inside a transaction, that nobody took over; raises FencedError."""
        epoch = connection.execute(_EPOCH, {"at_partition": self.partition_id}).scalar_one()
        if epoch != self.epoch:
            raise FencedError(
                f"another run took over {self.key}; this one stops without writing more",
                code="fenced",
                hint="nothing is lost: see `connector-sdk runs` for the run that goes on",
            )

    def renew(self) -> None:
        """Put the expiry off."""
        with self.store.transaction() as connection:
            self.require(connection)
            connection.execute(
                partition.update()
                .where(partition.c.id == self.partition_id)
                .values(lease_expires=_expiry(self.store))
            )

    def release(self, connection: Connection) -> None:
        """Give the partition back, in the transaction that ends the run."""
        self.require(connection)
        connection.execute(
            partition.update()
            .where(partition.c.id == self.partition_id)
            .values(holder=None, lease_expires=None)
        )
        audit_log.append(
            connection,
            clock=self.store.clock,
            type="lease.released",
            partition=str(self.key),
            epoch=self.epoch,
        )

    def close(self) -> None:
        """Let the file lock go; the next run finds the partition free even if `release` never came."""
        self.lock.close()
        with suppress(OSError):  # a file left behind holds no lock
            _lock_path(self.store, self.partition_id, self.epoch).unlink()


def take(store: Store, connection: Connection, key: PartitionKey, run: str) -> tuple[Lease, Holder | None]:
    """Take the partition inside the transaction that starts the run.

    Returns the lease and, where its last holder died without releasing it, that holder. Raises
    LeaseHeldError naming the holder while it lives.
    """
    row = find_or_create(connection, key)
    last = msgspec.json.decode(row.holder, type=Holder) if row.holder else None
    if last is not None:
        _require_gone(store, row, last, key)
    holder = Holder(socket.gethostname(), os.getpid(), run)
    epoch = row.epoch + 1
    lock = _lock(_lock_path(store, row.id, epoch))
    connection.execute(
        partition.update()
        .where(partition.c.id == row.id)
        .values(epoch=epoch, holder=msgspec.json.encode(holder).decode(), lease_expires=_expiry(store))
    )
    audit_log.append(
        connection,
        clock=store.clock,
        type="lease.taken",
        run=run,
        partition=str(key),
        epoch=epoch,
        holder=msgspec.to_builtins(holder),
    )
    if row.epoch:
        _lock_path(store, row.id, row.epoch).unlink(missing_ok=True)
    return Lease(store, row.id, key, epoch, lock), last


@contextmanager
def kept(lease: Lease) -> Iterator[None]:
    """Renew the lease from a thread of its own while the block runs, however long a page or a write takes."""
    done = threading.Event()

    def renew() -> None:
        while not lease.store.clock.sleep(RENEWAL, done):
            # A renewal that fails is no verdict: T1 and T2 assert the epoch themselves.
            with suppress(ConnectorError):
                lease.renew()

    thread = threading.Thread(target=renew, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _require_gone(store: Store, row: Row[Any], last: Holder, key: PartitionKey) -> None:
    if last.host == socket.gethostname():
        with suppress(BlockingIOError):
            _lock(_lock_path(store, row.id, row.epoch)).close()
            return
    expires = datetime.fromisoformat(row.lease_expires)
    if expires < store.clock.now():
        return
    raise LeaseHeldError(
        f"{key} is held by process {last.pid} on {last.host} (run {last.run})",
        code="lease-held",
        hint=f"let it finish, or end it; unless renewed, its lease expires at {row.lease_expires}",
        retry_after=max(0.0, (expires - store.clock.now()).total_seconds()),
    )


def _expiry(store: Store) -> str:
    return timestamp(store.clock.now() + TTL)


def _lock_path(store: Store, partition_id: int, epoch: int) -> Path:
    return store.path.with_name(f"{store.path.name}.lease-{partition_id}-{epoch}")


def _lock(path: Path) -> TextIO:
    """Lock a file for as long as it stays open; the kernel lets it go with the process, however that dies."""
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        file.close()
        raise
    return file
