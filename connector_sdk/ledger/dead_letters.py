"""Records set aside with their reason: opened by T2, closed by people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from connector_sdk.clock import timestamp
from connector_sdk.errors import ConfigurationError
from connector_sdk.ids import uuid7
from connector_sdk.ledger import audit_log
from connector_sdk.ledger.partitions import PartitionKey, find
from connector_sdk.ledger.spool import Fault, Redrive
from connector_sdk.ledger.store import Store
from connector_sdk.ledger.tables import dead_letter
from connector_sdk.signing import decrypt, encrypt


@dataclass(frozen=True, slots=True)
class SetAside:
    """A record to be set aside: its index in the batch, its text, its numbers, why; and if it was deleted."""

    index: int
    text: bytes
    arrival: int
    origin: int
    attempts: int
    fault: Fault
    deleted: bool = False


def open_all(
    store: Store, connection: Connection, partition_id: int, seq: int, aside: Sequence[SetAside]
) -> Sequence[Mapping[str, Any]]:
    """Set records of batch `seq` aside, inside its T2; returns the rows."""
    now = store.clock.now()
    rows = []
    for record in aside:
        identifier = str(uuid7(now))
        rows.append(
            {
                "id": identifier,
                "partition_id": partition_id,
                "seq": seq,
                "position": record.index,
                "arrival": record.arrival,
                "origin": record.origin,
                "stage": record.fault.stage,
                "code": record.fault.code,
                "message": record.fault.message,
                "payload": encrypt(store.keys.spool, record.text, _context(store, identifier)),
                "deleted": int(record.deleted),
                "attempts": record.attempts,
                "state": "open",
                "opened": timestamp(now),
            }
        )
    if rows:
        connection.execute(dead_letter.insert(), rows)
    return rows


def listed(connection: Connection, key: PartitionKey, *, state: str | None = "open") -> Sequence[Row[Any]]:
    """Return the partition's dead letters in the order they were read; `state` None: closed ones too."""
    where = find(connection, key)
    if where is None:
        return []
    query = sa.select(dead_letter).where(dead_letter.c.partition_id == where.id)
    if state is not None:
        query = query.where(dead_letter.c.state == state)
    return connection.execute(query.order_by(dead_letter.c.arrival, dead_letter.c.id)).all()


def count_open(connection: Connection, partition_id: int) -> int:
    """Return how many of the partition's dead letters nobody has closed."""
    return connection.execute(
        sa.select(sa.func.count())
        .select_from(dead_letter)
        .where(dead_letter.c.partition_id == partition_id, dead_letter.c.state == "open")
    ).scalar_one()


def chosen(
    connection: Connection, key: PartitionKey, ids: Sequence[str], *, state: str | None = "open"
) -> Sequence[Row[Any]]:
    """Return dead letters by id, or all open ones where none is named; `state` as in `listed`.

    Raises ConfigurationError for an id that is no such dead letter of this pipeline.
    """
    if not ids:
        return listed(connection, key)
    found = {row.id: row for row in listed(connection, key, state=state)}
    unknown = [name for name in ids if name not in found]
    if unknown:
        raise ConfigurationError(
            f"no {state + ' ' if state else ''}dead letter of {key.pipeline}: {', '.join(unknown)}",
            code="unknown-dead-letter",
            hint="`connector-sdk dead-letters list` shows the open ones",
        )
    return [found[name] for name in dict.fromkeys(ids)]


def payload(store: Store, row: Row[Any]) -> bytes:
    """Decrypt what was set aside: the record's JSON text, or its raw bytes where it could not be read."""
    return decrypt(store.keys.spool, row.payload, _context(store, row.id))


def reveal(
    store: Store, connection: Connection, key: PartitionKey, ids: Sequence[str], *, actor: str, reason: str
) -> None:
    """Record who is about to see payloads, and why; commit this before showing them."""
    for identifier in ids:
        audit_log.append(
            connection,
            clock=store.clock,
            type="dead_letter.revealed",
            actor={"kind": "human", "name": actor},
            reason=reason,
            partition=str(key),
            id=identifier,
        )


def discard(
    store: Store, connection: Connection, key: PartitionKey, ids: Sequence[str], *, actor: str, reason: str
) -> None:
    """Close dead letters for good, saying who and why; they stay in the ledger."""
    for identifier in ids:
        _close(store, connection, key, identifier, state="discarded", actor=actor, reason=reason)


def close_all(store: Store, connection: Connection, key: PartitionKey, redrive: Redrive) -> None:
    """Close the dead letters of a redrive, in the T2 that gives each of their records a new disposition."""
    for letter in redrive.letters:
        _close(
            store, connection, key, letter.id, state="redriven", actor=redrive.actor, reason=redrive.reason
        )


def _close(
    store: Store,
    connection: Connection,
    key: PartitionKey,
    identifier: str,
    *,
    state: str,
    actor: str,
    reason: str,
) -> None:
    closed = timestamp(store.clock.now())
    done = connection.execute(
        dead_letter.update()
        .where(dead_letter.c.id == identifier, dead_letter.c.state == "open")
        .values(state=state, closed=closed, actor=actor, reason=reason)
    )
    if done.rowcount != 1:
        return  # somebody closed it while it was on its way, which is on record
    audit_log.append(
        connection,
        clock=store.clock,
        type="dead_letter.closed",
        actor={"kind": "human", "name": actor},
        reason=reason,
        partition=str(key),
        id=identifier,
        state=state,
        closed=closed,
    )


def _context(store: Store, identifier: str) -> bytes:
    return f"dead letter|{store.ledger_id}|{identifier}".encode()
