"""Find a run by the beginning of its id, and a record by its key, which the ledger does not hold in clear."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from connector_sdk.errors import ConfigurationError
from connector_sdk.ledger.commitments import PREFIX, Commitments
from connector_sdk.ledger.dispositions import LETTERS, unpack
from connector_sdk.ledger.events import read
from connector_sdk.ledger.merkle import HASH, root_of_packed
from connector_sdk.ledger.partitions import PartitionKey
from connector_sdk.ledger.tables import audit_event, batch, batch_keys, batch_proof, dead_letter, run


@dataclass(frozen=True, slots=True)
class Sighting:
    """One time that a record was read: where it stood, what became of it, and what proves it.

    `number` counts the partition's records and `origin` the source's, both from 1; a dead letter on its way
    again has no `origin`. `disposition` is empty while the batch is open; `deletion` says, once it is not,
    that the source reported the record as deleted. `leaf` (hex) is the record's hash
    under the batch's `root`, which the audit event number `event` states; `proven` tells whether the leaves
    kept lead to that root.
    """

    run: str
    seq: int
    position: int
    number: int
    origin: int | None
    state: str
    disposition: str
    deletion: bool
    intended: str
    committed: str | None
    leaf: str
    root: str
    proven: bool
    event: int | None
    dead_letter: str | None


def run_named(connection: Connection, key: PartitionKey, start: str) -> Row[Any]:
    """Return the pipeline's run whose id begins so; raises ConfigurationError where it is none or several."""
    rows = connection.execute(
        sa.select(run)
        .where(
            run.c.environment == key.environment,
            run.c.pipeline == key.pipeline,
            run.c.id.startswith(start.lower(), autoescape=True),
        )
        .limit(2)
    ).all()
    if not rows:
        raise ConfigurationError(
            f"{key.pipeline} has no run {start!r}", code="unknown-run", hint="`connector-sdk runs` lists them"
        )
    if len(rows) > 1:
        raise ConfigurationError(
            f"several runs of {key.pipeline} begin with {start!r}",
            code="ambiguous-run",
            hint="give more of the id",
        )
    return rows[0]


def sightings(connection: Connection, hmac_key: bytes, partition_id: int, key: bytes) -> Iterator[Sighting]:
    """Yield every time the partition read a record with this key (canonical JSON array), oldest first.

    A key is known by the first 8 bytes of its commitment: another one is mistaken for it once in 2^64.
    """
    prefix = Commitments(hmac_key).keys([key])[0][:PREFIX]
    rows = connection.execute(
        sa.select(
            batch, batch_keys.c["keys"].label("prefixes"), batch_proof.c.dispositions, batch_proof.c.leaves
        )
        .join(batch_keys, _same_batch(batch_keys))
        .outerjoin(batch_proof, _same_batch(batch_proof))
        .where(batch.c.partition_id == partition_id, sa.func.instr(batch_keys.c["keys"], prefix) > 0)
        .order_by(batch.c.seq)
    )
    for row in rows.all():
        for position in _aligned(row.prefixes, prefix):
            yield _sighting(connection, row, position)


def applied_after(
    connection: Connection, partition_id: int, commitment: bytes, arrival: int, *, deletions_only: bool
) -> bool:
    """Tell whether a version of the record with this key was applied that was read after number `arrival`.

    One that was a dead letter first counts with the number it was first read under. With `deletions_only`
    nothing but a deletion counts.
    """
    prefix, letter = commitment[:PREFIX], LETTERS["applied"]
    applied = letter.upper().encode() if deletions_only else (letter + letter.upper()).encode()
    here = (batch.c.partition_id == partition_id) & (sa.func.instr(batch_keys.c["keys"], prefix) > 0)
    rows = connection.execute(
        sa.select(batch.c.arrival, batch.c.origin, batch_keys.c["keys"], batch_proof.c.dispositions)
        .join(batch_keys, _same_batch(batch_keys))
        .join(batch_proof, _same_batch(batch_proof))
        .where(here)
    )
    found = [
        (row.origin, row.arrival + position)
        for row in rows
        for position in _aligned(row.keys, prefix)
        if row.dispositions[position] in applied
    ]
    if any(origin and number > arrival for origin, number in found):
        return True
    letters = here & (dead_letter.c.arrival > arrival)
    if deletions_only:
        letters &= dead_letter.c.deleted == 1
    return any(not origin for origin, _ in found) and _redriven(connection, letters, prefix)


def _redriven(connection: Connection, letters: sa.ColumnElement[bool], prefix: bytes) -> bool:
    rows = connection.execute(
        sa.select(dead_letter.c.arrival, dead_letter.c.state, dead_letter.c.position, batch_keys.c["keys"])
        .select_from(dead_letter)
        .join(batch, _same_batch(dead_letter))
        .join(batch_keys, _same_batch(batch_keys))
        .where(letters)
        .order_by(dead_letter.c.attempts)
    )
    # The last try says what became of it: what failed again is a dead letter again, open or discarded.
    last = {row.arrival: row.state for row in rows if row.position in set(_aligned(row.keys, prefix))}
    return "redriven" in last.values()


def _same_batch(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.partition_id == batch.c.partition_id, table.c.seq == batch.c.seq)


def _aligned(packed: bytes, prefix: bytes) -> Iterator[int]:
    at = packed.find(prefix)
    while at >= 0:
        if at % PREFIX == 0:
            yield at // PREFIX
        at = packed.find(prefix, at + 1)


def _sighting(connection: Connection, row: Row[Any], position: int) -> Sighting:
    letters, leaves = row.dispositions or b"", row.leaves or b""
    leaf = leaves[position * HASH : (position + 1) * HASH]
    disposition, deletion = unpack(letters[position : position + 1])
    proven = bool(leaf) and row.root is not None and root_of_packed(leaves) == row.root
    return Sighting(
        run=row.run_id,
        seq=row.seq,
        position=position,
        number=row.arrival + position,
        origin=row.origin + position if row.origin else None,
        state=row.state,
        disposition=disposition,
        deletion=deletion,
        intended=row.intended,
        committed=row.committed,
        leaf=leaf.hex(),
        root=row.root.hex() if row.root else "",
        proven=proven,
        event=_event(connection, row) if row.root else None,
        dead_letter=_dead_letter(connection, row, position),
    )


def _event(connection: Connection, row: Row[Any]) -> int | None:
    """Return the number of the audit event that states the batch's root."""
    bodies = connection.execute(
        sa.select(audit_event.c.seq, audit_event.c.body)
        .where(sa.func.instr(audit_event.c.body, row.root.hex().encode()) > 0)
        .order_by(audit_event.c.seq)
    )
    for number, body in bodies.all():
        event = read(body)
        if event.type == "batch.committed" and event.facts["seq"] == row.seq:
            return int(number)
    return None


def _dead_letter(connection: Connection, row: Row[Any], position: int) -> str | None:
    return connection.execute(
        sa.select(dead_letter.c.id).where(
            dead_letter.c.partition_id == row.partition_id,
            dead_letter.c.seq == row.seq,
            dead_letter.c.position == position,
        )
    ).scalar_one_or_none()
