"""What a run called, and what it was refused, as its events in the audit log say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connector_sdk.ledger.events import Event, read
from connector_sdk.ledger.tables import audit_event


@dataclass(slots=True)
class CallsMade:
    """Calls of one kind: how many, how many requests they took, and how many ended with an error."""

    side: str
    method: str
    host: str
    path: str
    calls: int = 0
    attempts: int = 0
    failed: int = 0


def calls_of(connection: Connection, run: str) -> Sequence[CallsMade]:
    """Return the calls of a run by side, method, host and path template, in order of their first."""
    found: dict[tuple[str, str, str, str], CallsMade] = {}
    for event in _events(connection, run, "http.called"):
        for call in event.facts["calls"]:
            key = (event.facts["side"], call["method"], call["host"], call["path"])
            made = found.setdefault(key, CallsMade(*key))
            made.calls += 1
            made.attempts += call["attempts"]
            made.failed += "code" in call
    return list(found.values())


def refusals_of(connection: Connection, run: str) -> Sequence[dict[str, str]]:
    """Return what the run was refused, in order: the facts of each event `compliance.refused`."""
    return [dict(event.facts) for event in _events(connection, run, "compliance.refused")]


def _events(connection: Connection, run: str, kind: str) -> Iterator[Event]:
    bodies = connection.execute(
        sa.select(audit_event.c.body)
        .where(sa.func.instr(audit_event.c.body, run.encode()) > 0)
        .order_by(audit_event.c.seq)
    )
    for (body,) in bodies:
        try:
            event = read(body)
        except (ValueError, TypeError):  # altered: `audit verify` tells
            continue
        if event.type == kind and event.run == run:
            yield event
