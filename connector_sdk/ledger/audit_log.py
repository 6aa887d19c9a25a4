"""Append to the audit log, and sign what it holds: a Merkle log whose rows are only ever added.

Everything happens in the caller's transaction: what is recorded and its event become durable together. The
transaction must be the ledger's only writer (`BEGIN IMMEDIATE`), which makes `seq` a sequence without gaps.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connector_sdk.clock import Clock, timestamp
from connector_sdk.digest import canonical, sha256
from connector_sdk.errors import LedgerError
from connector_sdk.ids import uuid7
from connector_sdk.ledger import events
from connector_sdk.ledger.checkpoints import Checkpoint
from connector_sdk.ledger.merkle import Frontier, leaf_hash
from connector_sdk.ledger.tables import audit_event, audit_head, checkpoint
from connector_sdk.signing import Signer, sign_note

HEAD: Final = 1
"""`id` of the one row in `audit_head`."""

_SELECT_HEAD: Final = sa.select(audit_head.c.size, audit_head.c.frontier).where(audit_head.c.id == HEAD)
_UPDATE_HEAD: Final = (
    audit_head.update()
    .where(audit_head.c.id == HEAD)
    .values(size=sa.bindparam("new_size"), frontier=sa.bindparam("new_frontier"))
)
_INSERT_HEAD: Final = audit_head.insert()
_INSERT_EVENT: Final = audit_event.insert()
_FIRST: Final = "ledger.created"


def append(
    connection: Connection,
    *,
    clock: Clock,
    type: str,  # noqa: A002 - the event's own word for it; facts take every other name
    run: str | None = None,
    actor: Mapping[str, str] | None = None,
    reason: str | None = None,
    **facts: Any,
) -> int:
    """Add one event and return its number; the time is the clock's, never the caller's.

    `ledger.created` opens the log. `actor` is `{"kind": "human"|"system", "name": …}`, by default the system;
    facts that are None and optional are left out. Raises LedgerError when the event is too large or the log's
    head damaged, ValueError for an event that `events.FACTS` does not describe.
    """
    frontier = _head(connection, first=type == _FIRST)
    now = clock.now()
    optional = {name[:-1] for name in events.FACTS.get(type, ()) if name.endswith("?")}
    body = events.write(
        events.Event(
            seq=frontier.size,
            id=str(uuid7(now)),
            type=type,
            ts=timestamp(now),
            actor=actor or events.SYSTEM,
            facts={name: value for name, value in facts.items() if value is not None or name not in optional},
            run=run,
            reason=reason,
        )
    )
    seq = frontier.size
    frontier.append(leaf_hash(body))
    connection.execute(_INSERT_EVENT, {"seq": seq, "body": body})
    connection.execute(_UPDATE_HEAD, {"new_size": frontier.size, "new_frontier": frontier.to_bytes()})
    return seq


def sign_checkpoint(connection: Connection, signer: Signer, origin: str, clock: Clock) -> str:
    """Sign the log as it stands, this act included, and keep the note; return it, worth keeping elsewhere.

    Raises LedgerError when the log is shorter than its newest checkpoint.
    """
    newest = connection.execute(sa.select(sa.func.max(checkpoint.c.size))).scalar_one() or 0
    seq = append(connection, clock=clock, type="checkpoint.signed", key=signer.verifier.key_id.hex())
    if newest > seq:
        raise LedgerError(
            f"the audit log holds {seq} events, but {newest} of them were signed before",
            code="audit-truncated",
            hint="this looks like an older or cut copy of the ledger: run `connector-sdk audit verify`",
        )
    frontier = _head(connection)
    note = sign_note(Checkpoint(origin, frontier.size, frontier.root()).text(), signer)
    connection.execute(checkpoint.insert(), {"size": frontier.size, "note": note})
    return note


def latest_checkpoint(connection: Connection) -> str | None:
    """Return the newest signed checkpoint, or None before the first."""
    return connection.execute(
        sa.select(checkpoint.c.note).order_by(checkpoint.c.size.desc()).limit(1)
    ).scalar_one_or_none()


def head(connection: Connection) -> tuple[int, bytes]:
    """Return the log's size and root as it stands."""
    frontier = _head(connection)
    return frontier.size, frontier.root()


def text_digest(text: str | None) -> str | None:
    """Return `sha256:…` over the UTF-8 of what a text column holds, or None for null."""
    return None if text is None else sha256(text.encode())


def dead_letters_digest(rows: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the digest of the dead letters that a batch opened, in order of position; None for none.

    `sha256:…` over one line a row: canonical JSON of `[id, position, arrival, origin, stage, code, message,
    SHA-256 of payload in hex, deleted, attempts, opened]` and a newline. What closes one later is no part
    of it.
    """
    lines = b"".join(
        canonical(
            [
                *(row[name] for name in ("id", "position", "arrival", "origin", "stage", "code", "message")),
                hashlib.sha256(row["payload"]).hexdigest(),
                *(row[name] for name in ("deleted", "attempts", "opened")),
            ]
        )
        + b"\n"
        for row in rows
    )
    return sha256(lines) if lines else None


def _head(connection: Connection, *, first: bool = False) -> Frontier:
    row = connection.execute(_SELECT_HEAD).one_or_none()
    if row is None and first:
        connection.execute(_INSERT_HEAD, {"id": HEAD, "size": 0, "frontier": b""})
        return Frontier()
    return Frontier.from_bytes(row.size, row.frontier) if row is not None else Frontier.from_bytes(-1, b"")
