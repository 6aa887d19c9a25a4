"""The record of calls: which requests a run sent, and what it was refused to send."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connector_sdk.clock import Clock
from connector_sdk.digest import canonical
from connector_sdk.ledger import audit_log
from connector_sdk.ledger.tables import run as run_table

ROOM: Final = 60_000
"""Bytes of calls in one event; the rest of its body needs far less than what `events.MAX_BODY` leaves."""

LONGEST: Final = 1000
"""Characters kept of a name: a path template that is longer is cut, so that it cannot fill an event."""

_COUNT: Final = (
    run_table.update()
    .where(run_table.c.id == sa.bindparam("counted_run"), run_table.c.status == "running")
    .values(calls=run_table.c.calls + sa.bindparam("new_calls"))
)


@dataclass(frozen=True, slots=True)
class CallMade:
    """One call that ended: `path` is a template, `status` None where no answer came, `attempts` what was
    sent; `code` names the error that ended it.
    """

    method: str
    host: str
    path: str
    status: int | None
    attempts: int
    code: str | None = None


def append_calls(
    connection: Connection, clock: Clock, *, run: str, side: str, calls: Sequence[CallMade], partition: str
) -> None:
    """Record calls to one side (`source`, `destination`) in as few events as hold them, and count them.

    A run that another one has recorded as ended keeps the figures it ended with.
    """
    for facts in _packed([_facts(call) for call in calls]):
        audit_log.append(
            connection,
            clock=clock,
            type="http.called",
            run=run,
            partition=partition,
            side=side,
            calls=facts,
        )
    if attempts := sum(call.attempts for call in calls):
        connection.execute(_COUNT, {"counted_run": run, "new_calls": attempts})


def append_refusal(
    connection: Connection,
    clock: Clock,
    *,
    run: str | None,
    code: str,
    side: str = "",
    connector: str = "",
    method: str = "",
    host: str = "",
    path: str = "",
) -> None:
    """Record that something was refused before it was sent; names that are empty are left out."""
    names = {"side": side, "connector": connector, "method": method, "host": host, "path": path[:LONGEST]}
    facts: dict[str, Any] = {name: value for name, value in names.items() if value}
    audit_log.append(connection, clock=clock, type="compliance.refused", run=run, code=code, **facts)


def _facts(call: CallMade) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "method": call.method,
        "host": call.host,
        "path": call.path[:LONGEST],
        "status": call.status,
        "attempts": call.attempts,
    }
    if call.code is not None:
        facts["code"] = call.code
    return facts


def _packed(calls: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield runs of calls whose texts fit into one event."""
    room, several = ROOM, list[dict[str, Any]]()
    for call in calls:
        size = len(canonical(call)) + 1
        if several and size > room:
            yield several
            room, several = ROOM, []
        several.append(call)
        room -= size
    if several:
        yield several
