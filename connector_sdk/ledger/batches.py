"""T1 and T2: a batch is intended before anything is sent, and committed together with its outcome.

Each is one transaction. Between them stands the write to the target; a run killed there is recovered from the
spooled page with the same batch.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connector_sdk.clock import timestamp
from connector_sdk.errors import LedgerError
from connector_sdk.ledger import audit_log, dead_letters, spool
from connector_sdk.ledger.batch_statements import (
    CLOSE_BATCH,
    COUNT,
    INSERT_KEYS,
    INSERT_PROOF,
    MOVE,
    OPEN_BATCH,
)
from connector_sdk.ledger.calls import CallMade, append_calls
from connector_sdk.ledger.commitments import PREFIX, leaves
from connector_sdk.ledger.dead_letters import SetAside
from connector_sdk.ledger.dispositions import LETTERS, pack
from connector_sdk.ledger.leases import Lease
from connector_sdk.ledger.merkle import root
from connector_sdk.ledger.partitions import Standing, to_json
from connector_sdk.ledger.spool import Redrive, SpooledPage
from connector_sdk.ledger.tables import batch, batch_keys


@dataclass(frozen=True, slots=True)
class Intent:
    """A batch about to be written: `keys[i]` and `values[i]` commit to the record of text i.

    `deleted` are the indexes of the records that the source deleted.

    `done` is how many records of its page are committed once this batch is. `page` is given with the page's
    first batch only, `last` says that the page ends here, and `cursor` is where the stream stands then.
    `redrive` names the dead letters that this batch closes, `calls` are those to the source not yet recorded.
    """

    seq: int
    arrival: int
    origin: int
    texts: Sequence[bytes]
    keys: Sequence[bytes]
    values: Sequence[bytes]
    done: int
    last: bool
    cursor: Any
    deleted: frozenset[int] = frozenset()
    page: SpooledPage | None = None
    redrive: Redrive | None = None
    calls: Sequence[CallMade] = ()


@dataclass(frozen=True, slots=True)
class Commit:
    """What the write came to: dispositions by name in the batch's order, records set aside, calls made."""

    dispositions: Sequence[str]
    aside: Sequence[SetAside]
    checkpoint: Any
    calls: Sequence[CallMade] = ()


def intend(lease: Lease, run_id: str, intent: Intent, bundle: str) -> None:
    """T1: record, before anything is sent, what is about to be written.

    Raises FencedError when another run took over, AuditUnavailableError when it cannot be recorded.
    """
    store = lease.store
    prefixes = _prefixes(intent)
    intended = timestamp(store.clock.now())
    store.require_space(sum(map(len, intent.texts)))
    with store.transaction() as connection:
        lease.require(connection)
        place = {"partition_id": lease.partition_id, "seq": intent.seq}
        connection.execute(
            OPEN_BATCH,
            {
                **place,
                "run_id": run_id,
                "epoch": lease.epoch,
                "state": "intent",
                "records": len(intent.texts),
                "arrival": intent.arrival,
                "origin": intent.origin,
                "intended": intended,
            },
        )
        connection.execute(INSERT_KEYS, {**place, "keys": prefixes})
        if intent.page is not None:
            spool.save(store, connection, lease.partition_id, intent.page)
        audit_log.append(
            connection,
            clock=store.clock,
            type="batch.intended",
            run=run_id,
            partition=str(lease.key),
            seq=intent.seq,
            epoch=lease.epoch,
            records=len(intent.texts),
            arrival=intent.arrival,
            origin=intent.origin,
            intended=intended,
            payloads=sha256(b"".join(intent.values)).hexdigest(),
            keys=sha256(prefixes).hexdigest(),
            bundle=bundle,
        )
        append_calls(
            connection, store.clock, run=run_id, side="source", calls=intent.calls, partition=str(lease.key)
        )


def resume(lease: Lease, run_id: str, intent: Intent) -> None:
    """Record that this run finishes a batch which another one left open; it is this run's from now on.

    Raises LedgerError when the spooled records are not the ones that were intended.
    """
    with lease.store.transaction() as connection:
        lease.require(connection)
        intended = connection.execute(
            sa.select(batch_keys.c["keys"]).where(
                batch_keys.c.partition_id == lease.partition_id, batch_keys.c.seq == intent.seq
            )
        ).scalar_one()
        if intended != _prefixes(intent):
            raise _moved(intent.seq)
        connection.execute(
            batch.update()
            .where(batch.c.partition_id == lease.partition_id, batch.c.seq == intent.seq)
            .values(run_id=run_id, epoch=lease.epoch)
        )
        audit_log.append(
            connection,
            clock=lease.store.clock,
            type="batch.resumed",
            run=run_id,
            partition=str(lease.key),
            seq=intent.seq,
            epoch=lease.epoch,
        )


def commit(lease: Lease, run_id: str, intent: Intent, result: Commit, before: Standing) -> Standing:
    """T2: record the outcome of every record and move the position, or nothing of both.

    Returns the new position.
    Raises LedgerError when a record is left without a disposition or the position is not the one the batch
    was built on, FencedError when another run took over.
    """
    store = lease.store
    counts = Counter(result.dispositions)
    counted: dict[str, Any] = {name: counts[name] for name in LETTERS}
    letters = pack(result.dispositions, intent.deleted)
    hashes = leaves(intent.keys, intent.values, intent.arrival, letters)
    batch_root = root(hashes)
    after = Standing(
        seq=intent.seq,
        arrival=before.arrival + len(intent.texts),
        cursor=intent.cursor if intent.last else before.cursor,
        checkpoint=result.checkpoint,
    )
    _require_conservation(intent, result, counts)
    committed = timestamp(store.clock.now())
    with store.transaction() as connection:
        _close_batch(connection, lease, intent, batch_root, committed)
        place = {"partition_id": lease.partition_id, "seq": intent.seq}
        connection.execute(INSERT_PROOF, {**place, "dispositions": letters, "leaves": b"".join(hashes)})
        opened = dead_letters.open_all(store, connection, lease.partition_id, intent.seq, result.aside)
        spool.advance(connection, lease.partition_id, intent.done, last=intent.last)
        if intent.redrive is not None:
            dead_letters.close_all(store, connection, lease.key, intent.redrive)
        _move(connection, lease, before, after)
        connection.execute(
            COUNT,
            {
                "counted_run": run_id,
                "new_read": len(intent.texts),
                **{f"new_{name}": count for name, count in counted.items()},
            },
        )
        audit_log.append(
            connection,
            clock=store.clock,
            type="batch.committed",
            run=run_id,
            partition=str(lease.key),
            seq=intent.seq,
            epoch=lease.epoch,
            records=len(intent.texts),
            **counted,
            committed=committed,
            root=batch_root.hex(),
            dispositions=sha256(letters).hexdigest(),
            cursor=audit_log.text_digest(to_json(after.cursor)),
            checkpoint=audit_log.text_digest(to_json(after.checkpoint)),
            dead_letters=audit_log.dead_letters_digest(opened),
        )
        append_calls(
            connection,
            store.clock,
            run=run_id,
            side="destination",
            calls=result.calls,
            partition=str(lease.key),
        )
    return after


def _prefixes(intent: Intent) -> bytes:
    return b"".join(commitment[:PREFIX] for commitment in intent.keys)


def _require_conservation(intent: Intent, result: Commit, counts: Counter[str]) -> None:
    aside = {index for index, name in enumerate(result.dispositions) if name == "dead_lettered"}
    if sum(counts.values()) != len(intent.texts) or aside != {record.index for record in result.aside}:
        raise LedgerError(
            f"batch {intent.seq}: {len(intent.texts)} records read, {sum(counts.values())} accounted for",
            code="conservation",
            hint="this is a fault of connector-sdk or of the sink: nothing was committed; please report it",
        )


def _close_batch(
    connection: Connection, lease: Lease, intent: Intent, batch_root: bytes, committed: str
) -> None:
    place = {"at_partition": lease.partition_id, "at_seq": intent.seq, "at_epoch": lease.epoch}
    closed = connection.execute(CLOSE_BATCH, {**place, "new_committed": committed, "new_root": batch_root})
    if closed.rowcount != 1:
        lease.require(connection)
        raise _moved(intent.seq)


def _move(connection: Connection, lease: Lease, before: Standing, after: Standing) -> None:
    """Compare and set the position: a cursor never passes records that this batch did not account for.

    The epoch is asserted here; who overtook is only asked when that fails.
    """
    moved = connection.execute(
        MOVE,
        {
            "at_partition": lease.partition_id,
            "at_epoch": lease.epoch,
            "at_seq": before.seq,
            "at_cursor": to_json(before.cursor),
            "new_seq": after.seq,
            "new_arrival": after.arrival,
            "new_cursor": to_json(after.cursor),
            "new_checkpoint": to_json(after.checkpoint),
        },
    )
    if moved.rowcount != 1:
        lease.require(connection)
        raise _moved(after.seq)


def _moved(seq: int) -> LedgerError:
    return LedgerError(
        f"the position before batch {seq} is not the one it was read at",
        code="ledger-moved",
        hint="the ledger was changed by hand or restored meanwhile: run `connector-sdk audit verify`",
    )


def open_seq(connection: Connection, partition_id: int) -> int | None:
    """Return the number of the batch that was intended and never committed, or None."""
    return connection.execute(
        sa.select(batch.c.seq).where(batch.c.partition_id == partition_id, batch.c.state == "intent")
    ).scalar_one_or_none()


def open_size(connection: Connection, partition_id: int, seq: int) -> int:
    """Return how many records the open batch holds."""
    size: int = connection.execute(
        sa.select(batch.c.records).where(batch.c.partition_id == partition_id, batch.c.seq == seq)
    ).scalar_one()
    return size
