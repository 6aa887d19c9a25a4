"""What was written last, kept in the target itself and committed together with the data.

This is what makes a sink exactly-once: a batch that is already there is recognised, and a run that was
overtaken (a lower epoch) cannot write any more.
"""

import hashlib
from dataclasses import dataclass

import msgspec
from sqlalchemy.engine import Connection

from connector_sdk.clock import Clock, timestamp
from connector_sdk.connector import APPLIED, Batch, Outcome
from connector_sdk.errors import ContractError, FencedError, LedgerError
from connector_sql.names import CHECKPOINT

CREATE = """CREATE TABLE IF NOT EXISTS "_connector_checkpoint" (
  "pipeline" TEXT NOT NULL,
  "partition" TEXT NOT NULL,
  "epoch" INTEGER NOT NULL,
  "seq" INTEGER NOT NULL,
  "digest" TEXT NOT NULL,
  "outcomes" TEXT NOT NULL,
  "cursor" TEXT NOT NULL,
  "updated" TEXT NOT NULL,
  PRIMARY KEY ("pipeline", "partition")
)"""
"""`digest` is that of the batch's ledger and records; `outcomes` the JSON of those not applied."""

_COLUMNS = ("pipeline", "partition", "epoch", "seq", "digest", "outcomes", "cursor", "updated")

_READ = """SELECT "epoch", "seq", "digest", "outcomes" FROM "_connector_checkpoint"
  WHERE "pipeline" = ? AND "partition" = ?"""

_THERE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"

_ALL = """SELECT "pipeline", "partition", "seq" FROM "_connector_checkpoint" """

_SAVE = """INSERT INTO "_connector_checkpoint"
  ("pipeline", "partition", "epoch", "seq", "digest", "outcomes", "cursor", "updated")
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT ("pipeline", "partition") DO UPDATE SET "epoch" = excluded."epoch", "seq" = excluded."seq",
  "digest" = excluded."digest", "outcomes" = excluded."outcomes", "cursor" = excluded."cursor",
  "updated" = excluded."updated" """


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The partition's last batch in this database."""

    epoch: int
    seq: int
    digest: str
    outcomes: str


def require_ours(connection: Connection) -> None:
    """Raise ContractError when the table of checkpoints is there but is not the one made here."""
    found = (
        connection.exec_driver_sql("SELECT name FROM pragma_table_xinfo(?)", (CHECKPOINT,)).scalars().all()
    )
    if found and tuple(found) != _COLUMNS:
        raise ContractError(
            f"the table {CHECKPOINT!r} is not the connector's own",
            code="sql-table-differs",
            hint="rename that table, or write into another database",
            location=CHECKPOINT,
        )


def read(connection: Connection, batch: Batch) -> Checkpoint | None:
    """Return the checkpoint of the batch's partition, None before its first batch."""
    row = connection.exec_driver_sql(_READ, (batch.pipeline, batch.partition)).first()
    return None if row is None else Checkpoint(*row)


def written_before(last: Checkpoint | None, batch: Batch) -> list[Outcome] | None:
    """Return the outcomes of this very batch when it is in the database already, otherwise None.

    Raises FencedError when a newer run wrote here, LedgerError when the database is ahead of the ledger or
    holds another batch under this number: what was taken for written would be lost.
    """
    if last is None:
        return None
    if last.epoch > batch.epoch:
        raise FencedError(
            f"a newer run of {batch.pipeline!r} writes here (epoch {last.epoch}, this one has {batch.epoch})",
            code="sql-fenced",
            hint="let the newer run go on; if there is none, this ledger is a new one or an older copy: "
            "restore the one that wrote here",
        )
    if last.seq < batch.seq:
        return None
    if last.seq > batch.seq or last.digest != digest(batch):
        state = f"at batch {last.seq}" if last.seq > batch.seq else "at another batch of this number"
        raise LedgerError(
            f"the database is {state}, the ledger of {batch.pipeline!r} at batch {batch.seq}",
            code="sql-foreign-ledger",
            hint="restore the ledger that wrote here; to begin anew on purpose, write into another database, "
            f"or remove the table and this pipeline's row in {CHECKPOINT}",
        )
    exceptions = msgspec.json.decode(last.outcomes, type=dict[int, Outcome])
    return [exceptions.get(position, APPLIED) for position in range(len(batch))]


def save(connection: Connection, batch: Batch, outcomes: list[Outcome], clock: Clock) -> None:
    """Record the batch as written, in the transaction that writes it."""
    exceptions = {position: outcome for position, outcome in enumerate(outcomes) if outcome is not APPLIED}
    row = (
        batch.pipeline,
        batch.partition,
        batch.epoch,
        batch.seq,
        digest(batch),
        msgspec.json.encode(exceptions).decode(),
        msgspec.json.encode(batch.cursor).decode(),
        timestamp(clock.now()),
    )
    connection.exec_driver_sql(_SAVE, row)


def written(connection: Connection) -> dict[tuple[str, str], int]:
    """Return the number of the last batch in the database, by pipeline and partition."""
    if connection.exec_driver_sql(_THERE, (CHECKPOINT,)).first() is None:
        return {}
    return {(row.pipeline, row.partition): row.seq for row in connection.exec_driver_sql(_ALL)}


def digest(batch: Batch) -> str:
    """Return the SHA-256 of the batch's ledger and records; a NUL never stands in JSON, so it can part them.

    Which of them are deletions counts: their texts may be those of the records they delete.

    The ledger counts: a new one begins at batch 1 again, perhaps with the same records, of which none may be
    in the table any more.
    """
    parts = [batch.ledger.encode(), *batch.payloads]
    deleted = [index for index, each in enumerate(batch.deleted) if each]
    if deleted:
        parts.append(f"deleted {deleted}".encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
