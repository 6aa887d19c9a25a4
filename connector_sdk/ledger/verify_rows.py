"""Check the rows on the ledger, on runs and on dead letters against the events that recorded them."""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from connector_sdk.ledger import events
from connector_sdk.ledger.audit_log import dead_letters_digest, text_digest
from connector_sdk.ledger.dispositions import LETTERS
from connector_sdk.ledger.events import Event
from connector_sdk.ledger.findings import Findings, Verdict, differing, select, stream
from connector_sdk.ledger.tables import audit_event, dead_letter, meta, run

_COUNTS: Final = ("read", *LETTERS, "batches", "calls")


class Meta:
    """The ledger's identity, as `ledger.created` states it."""

    def __init__(self, connection: Connection, findings: Findings) -> None:
        self._connection = connection
        self._findings = findings
        self._facts: Mapping[str, Any] = {}

    def see(self, event: Event) -> None:
        """Take in one event."""
        if event.type == "ledger.created":
            self._facts = event.facts

    def finish(self) -> None:
        """Compare the rows with the facts, name by name."""
        rows = {row["name"]: row["value"] for row in stream(self._connection, select(meta))}
        expected = {name: str(value) for name, value in self._facts.items()}
        for name in sorted(rows.keys() | expected.keys(), key=str):
            if name not in rows or name not in expected or rows[name] != expected[name]:
                self._findings.tampering(f"meta {name}", "it is not what event 0 recorded")


@dataclass(slots=True)
class _Open:
    """A run that has not ended, and what its batches came to so far."""

    started: Event
    counts: Counter[str] = field(default_factory=Counter)


class Runs:
    """Runs, each compared with its row when it ends."""

    def __init__(self, connection: Connection, findings: Findings) -> None:
        self._connection = connection
        self._findings = findings
        self._open: dict[str | None, _Open] = {}
        self._count = 0
        self._query = select(run).where(run.c.id == sa.bindparam("of"))

    def see(self, event: Event) -> None:
        """Take in one event."""
        match event.type:
            case "run.started":
                self._open[event.run] = _Open(event)
                self._count += 1
            case "batch.committed" if event.run in self._open:
                counts = self._open[event.run].counts
                counts.update({name: event.facts[name] for name in LETTERS})
                counts.update(read=event.facts["records"], batches=1)
            case "http.called" if event.run in self._open:
                # One told after its end, by a run that was overtaken, was never counted.
                attempts = sum(call["attempts"] for call in event.facts["calls"])
                self._open[event.run].counts.update(calls=attempts)
            case "batch.committed":
                self._findings.tampering(
                    f"run {event.run}", f"event {event.seq} is its, but it was not running"
                )
            case "run.finished":
                self._finished(event)

    def _finished(self, event: Event) -> None:
        opened = self._open.pop(event.run, None)
        if opened is None:
            self._findings.tampering(f"run {event.run}", f"event {event.seq} ends it, but it never started")
            return
        if any(event.facts[name] != opened.counts[name] for name in _COUNTS):
            self._findings.tampering(f"run {event.run}", f"event {event.seq} does not add up its batches")
        facts = {name: event.facts[name] for name in ("status", "ended", *_COUNTS)}
        self._check_row(event, opened.started, facts, event.facts.get("error"))

    def _check_row(self, event: Event, started: Event, facts: Mapping[str, Any], error: Any) -> None:
        row = self._connection.execute(self._query, {"of": event.run}).mappings().one_or_none()
        if row is None:
            self._findings.tampering(
                f"run {event.run}", f"it is missing: event {event.seq} says that it was recorded"
            )
            return
        expected = {name: started.facts[name] for name in _STARTED} | {
            "retries": started.facts.get("retries"),
            **facts,
        }
        columns = [differing(row, expected)]
        if not isinstance(row["error"], str | None) or text_digest(row["error"]) != error:
            columns.append("error")
        if named := ", ".join(filter(None, columns)):
            self._findings.tampering(
                f"run {event.run}", f"it is not what event {event.seq} recorded: {named}"
            )

    def finish(self) -> None:
        """Compare the runs that never ended, and find rows that no event knows."""
        for name, opened in self._open.items():
            facts = {"status": "running", "ended": None, **{count: opened.counts[count] for count in _COUNTS}}
            self._check_row(opened.started, opened.started, facts, None)
            self._findings.add(
                Verdict.INCOMPLETE, f"run {name}", "it has not ended: it is under way, or was killed"
            )
        rows = self._connection.execute(sa.select(sa.func.count()).select_from(run)).scalar_one()
        if rows != self._count:
            known = set(self._started())
            for row in stream(self._connection, select(run)):
                if row["id"] not in known:
                    self._findings.tampering(f"run {row['id']}", "the log does not know it")

    def _started(self) -> Iterator[str | None]:
        for row in stream(self._connection, select(audit_event)):
            try:
                event = events.read(row["body"])
            except (ValueError, TypeError):
                continue
            if event.type == "run.started":
                yield event.run


_STARTED: Final = ("environment", "pipeline", "trigger", "bundle", "environment_digest", "started")


class DeadLetters:
    """Dead letters: opened with their batch, closed one by one.

    Memory grows with the batches that opened some and with those closed: exceptions, not records.
    """

    def __init__(self, connection: Connection, findings: Findings, ids: Mapping[str, Any]) -> None:
        self._connection = connection
        self._findings = findings
        self._ids = ids
        self._opened: dict[tuple[Any, Any], Event] = {}
        self._closed: dict[str, Event] = {}

    def see(self, event: Event) -> None:
        """Take in one event."""
        facts = event.facts
        if event.type == "batch.committed" and (facts["dead_lettered"] or facts["dead_letters"] is not None):
            self._opened[self._ids.get(facts["partition"]), facts["seq"]] = event
        if event.type == "dead_letter.closed":
            if facts["id"] in self._closed:
                self._findings.tampering(f"dead letter {facts['id']}", f"event {event.seq} closes it again")
            self._closed[facts["id"]] = event

    def finish(self) -> None:
        """Compare each batch's dead letters with its event, and each closing with its row."""
        ordered = select(dead_letter).order_by(
            dead_letter.c.partition_id, dead_letter.c.seq, dead_letter.c.position
        )
        rows = stream(self._connection, ordered)
        for place, group in itertools.groupby(rows, key=lambda row: (row["partition_id"], row["seq"])):
            self._check_opened(place, list(group))
        for event in self._opened.values():
            self._findings.tampering(
                f"dead letters of batch {event.facts['seq']} of {event.facts['partition']}",
                f"they are missing: event {event.seq} says that they were recorded",
            )
        for name, event in self._closed.items():
            self._findings.tampering(f"dead letter {name}", f"it is missing: event {event.seq} closes it")

    def _check_opened(self, place: tuple[Any, Any], rows: list[RowMapping]) -> None:
        event = self._opened.pop(place, None)
        if event is None:
            for row in rows:
                self._closed.pop(row["id"], None)
                self._findings.tampering(f"dead letter {row['id']}", "the log does not know it")
            return
        try:
            digest = dead_letters_digest([dict(row) for row in rows])
        except (TypeError, ValueError):
            digest = None
        if (
            digest is None
            or digest != event.facts["dead_letters"]
            or len(rows) != event.facts["dead_lettered"]
        ):
            self._findings.tampering(
                f"dead letters of batch {event.facts['seq']} of {event.facts['partition']}",
                f"they are not those that event {event.seq} recorded",
            )
        for row in rows:
            self._check_state(row, self._closed.pop(row["id"], None), event.facts["partition"])

    def _check_state(self, row: RowMapping, closing: Event | None, partition: str) -> None:
        expected = {"state": "open", "closed": None, "actor": None, "reason": None}
        if closing is not None:
            expected |= {"state": closing.facts["state"], "closed": closing.facts["closed"]}
            expected |= {"actor": closing.actor["name"], "reason": closing.reason}
        columns = differing(row, expected)
        if columns or (closing is not None and closing.facts["partition"] != partition):
            by = f"event {closing.seq} recorded" if closing is not None else "the log says, open"
            self._findings.tampering(
                f"dead letter {row['id']}", f"it is not what {by}: {columns or 'partition'}"
            )
