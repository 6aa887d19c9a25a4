"""Check every batch against its events: row, keys, dispositions, leaves, root; and where partitions stand."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from connector_sdk.ledger import dispositions
from connector_sdk.ledger.audit_log import text_digest
from connector_sdk.ledger.commitments import PREFIX
from connector_sdk.ledger.events import Event
from connector_sdk.ledger.findings import Findings, Verdict, differing, select, stream
from connector_sdk.ledger.merkle import HASH, root_of_packed
from connector_sdk.ledger.tables import batch, batch_keys, batch_proof, partition

_BATCH: Final = (
    select(batch, batch_keys, batch_proof)
    .select_from(batch)
    .outerjoin(
        batch_keys,
        sa.and_(batch_keys.c.partition_id == batch.c.partition_id, batch_keys.c.seq == batch.c.seq),
    )
    .outerjoin(
        batch_proof,
        sa.and_(batch_proof.c.partition_id == batch.c.partition_id, batch_proof.c.seq == batch.c.seq),
    )
    .where(batch.c.partition_id == sa.bindparam("of"), batch.c.seq == sa.bindparam("number"))
)


@dataclass(slots=True)
class _Standing:
    """What the log says of one partition, so far."""

    epoch: int = 0
    holder: Any = None
    seq: int = 0
    arrival: int = 0
    cursor: Any = None
    checkpoint: Any = None
    intent: Event | None = None
    owner: Mapping[str, Any] = field(default_factory=dict)
    """Run and epoch that the open batch belongs to."""


class Batches:
    """Follows the partitions through the log, one standing each; batches are looked up as they come."""

    def __init__(self, connection: Connection, findings: Findings, ids: Mapping[str, Any]) -> None:
        self._connection = connection
        self._findings = findings
        self._ids = ids
        self._standings: dict[str, _Standing] = {}
        self.count = 0
        self.leaves = 0

    def see(self, event: Event) -> None:
        """Take in one event."""
        match event.type:
            case "lease.taken" | "lease.released":
                standing = self._standing(event)
                standing.epoch = event.facts["epoch"]
                standing.holder = event.facts.get("holder")
            case "batch.intended":
                self._intended(event, self._standing(event))
            case "batch.resumed":
                self._resumed(event, self._standing(event))
            case "batch.committed":
                self._committed(event, self._standing(event))

    def _standing(self, event: Event) -> _Standing:
        return self._standings.setdefault(event.facts["partition"], _Standing())

    def _intended(self, event: Event, standing: _Standing) -> None:
        if standing.intent is not None or event.facts["seq"] != standing.seq + 1:
            self._findings.tampering(_where(event), f"event {event.seq} intends it out of turn")
        standing.intent = event
        standing.owner = {"run_id": event.run, "epoch": event.facts["epoch"]}

    def _resumed(self, event: Event, standing: _Standing) -> None:
        if standing.intent is None or standing.intent.facts["seq"] != event.facts["seq"]:
            self._findings.tampering(_where(event), f"event {event.seq} resumes what was not open")
        standing.owner = {"run_id": event.run, "epoch": event.facts["epoch"]}

    def _committed(self, event: Event, standing: _Standing) -> None:
        facts, intent = event.facts, standing.intent
        if intent is None or intent.facts["seq"] != facts["seq"]:
            self._findings.tampering(_where(event), f"event {event.seq} commits what was never intended")
        else:
            self._check_row(event, intent, {"run_id": event.run, "epoch": facts["epoch"]})
        if facts["records"] != sum(facts[name] for name in dispositions.LETTERS):
            self._findings.tampering(_where(event), f"event {event.seq} does not account for every record")
        standing.intent = None
        standing.seq = facts["seq"]
        standing.arrival += facts["records"]
        standing.cursor, standing.checkpoint = facts["cursor"], facts["checkpoint"]
        self.count += 1
        self.leaves += facts["records"]

    def _check_row(self, event: Event, intent: Event, owner: Mapping[str, Any]) -> None:
        where, done = _where(event), event if event.type == "batch.committed" else None
        row = self._find(event)
        if row is None:
            self._findings.tampering(where, f"it is missing: event {event.seq} says that it was recorded")
            return
        expected = {
            **{name: intent.facts[name] for name in ("records", "arrival", "origin", "intended")},
            **owner,
            "state": "intent" if done is None else "committed",
            "committed": None if done is None else done.facts["committed"],
        }
        if columns := differing(row, expected):
            self._findings.tampering(where, f"it is not what event {event.seq} recorded: {columns}")
        if not _is_packed(row["keys"], PREFIX, intent.facts["records"], intent.facts["keys"]):
            self._findings.tampering(where, f"its keys are not those of event {intent.seq}")
        if done is not None:
            self._check_proof(where, row, done)
        elif any(row[name] is not None for name in ("root", "dispositions", "leaves")):
            self._findings.tampering(where, "it has an outcome that no event recorded")

    def _check_proof(self, where: str, row: RowMapping, event: Event) -> None:
        facts, letters, leaves = event.facts, row["dispositions"], row["leaves"]
        if not _is_packed(letters, 1, facts["records"], facts["dispositions"]):
            self._findings.tampering(where, f"its dispositions are not those of event {event.seq}")
        elif dispositions.counts(letters) != {name: facts[name] for name in dispositions.LETTERS}:
            self._findings.tampering(
                where, f"its dispositions do not add up to the counts of event {event.seq}"
            )
        if not isinstance(row["root"], bytes) or row["root"].hex() != facts["root"]:
            self._findings.tampering(where, f"its root is not that of event {event.seq}")
        if not isinstance(leaves, bytes) or len(leaves) != HASH * facts["records"]:
            self._findings.tampering(where, "its leaves are not as many as its records")
        elif root_of_packed(leaves).hex() != facts["root"]:
            self._findings.tampering(where, f"its leaves do not lead to the root of event {event.seq}")

    def _find(self, event: Event) -> RowMapping | None:
        place = {"of": self._ids.get(event.facts["partition"]), "number": event.facts["seq"]}
        return self._connection.execute(_BATCH, place).mappings().one_or_none()

    def finish(self) -> None:
        """Compare with the log what has no event of its own: open batches, standings, rows too many."""
        for text, standing in self._standings.items():
            if standing.intent is not None:
                self._check_row(standing.intent, standing.intent, standing.owner)
                message = "its outcome is not known yet: the next run of the pipeline recovers it"
                self._findings.add(Verdict.INCOMPLETE, _where(standing.intent), message)
            if text not in self._ids:
                self._findings.tampering(f"partition {text}", "it is missing, but the log knows it")
        self._check_partitions()
        for table in (batch, batch_keys, batch_proof):
            self._check_extent(table)

    def _check_partitions(self) -> None:
        for row in stream(self._connection, select(partition)):
            text = partition_text(row)
            standing = self._standings.get(text)
            if standing is None or text.split("/", 3)[:3] != [row[name] for name in _NAMES[:3]]:
                self._findings.tampering(f"partition {text}", "the log does not know it")
                continue
            expected = {name: getattr(standing, name) for name in ("epoch", "holder", "seq", "arrival")}
            columns = [differing(row, expected)]
            columns += [
                name for name in ("cursor", "checkpoint") if _digest(row[name]) != getattr(standing, name)
            ]
            if named := ", ".join(filter(None, columns)):
                self._findings.tampering(
                    f"partition {text}", f"it does not stand where the log says: {named}"
                )

    def _check_extent(self, table: sa.Table) -> None:
        """Find rows beyond those looked up: these were 1 to the last, without a gap."""
        last = {}
        for text, standing in self._standings.items():
            opened = 1 if standing.intent is not None and table is not batch_proof else 0
            last[self._ids.get(text)] = (text, standing.seq + opened)
        owner, seq = (sa.type_coerce(table.c[name], sa.types.NullType()) for name in ("partition_id", "seq"))
        grouped = sa.select(owner, sa.func.min(seq), sa.func.max(seq), sa.func.count()).group_by(
            table.c.partition_id
        )
        for group in self._connection.execute(grouped):
            identifier, lowest, highest, count = tuple[Any, ...](group)
            text, expected = last.get(identifier, (f"with the number {identifier!r}", 0))
            if (lowest, highest, count) != (1, expected, expected):
                self._findings.tampering(
                    f"{table.name} of partition {text}",
                    f"the log knows 1 to {expected}; the table holds {count}, {lowest!r} to {highest!r}",
                )


_NAMES: Final = ("environment", "pipeline", "flow", "name")


def partition_text(row: RowMapping) -> str:
    """Return a partition's name as events spell it."""
    return "/".join(str(row[name]) for name in _NAMES)


def partition_ids(connection: Connection) -> dict[str, Any]:
    """Return the partitions' numbers by name."""
    return {partition_text(row): row["id"] for row in stream(connection, select(partition))}


def _where(event: Event) -> str:
    return f"batch {event.facts['seq']} of {event.facts['partition']}"


def _is_packed(packed: Any, width: int, records: int, digest: Any) -> bool:
    return (
        isinstance(packed, bytes)
        and len(packed) == width * records
        and hashlib.sha256(packed).hexdigest() == digest
    )


def _digest(text: Any) -> Any:
    return text_digest(text) if isinstance(text, str | None) else text
