"""Check the log itself: its numbering, the form of its events, its tree, its head and its checkpoints."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from connector_sdk.errors import LedgerError
from connector_sdk.ledger import audit_log
from connector_sdk.ledger.checkpoints import Checkpoint, origin
from connector_sdk.ledger.events import Event, read
from connector_sdk.ledger.findings import Findings, Verdict, readable, select, stream
from connector_sdk.ledger.merkle import Frontier, leaf_hash
from connector_sdk.ledger.tables import audit_event, audit_head, checkpoint
from connector_sdk.signing import Verifier, open_note


@dataclass(frozen=True, slots=True)
class _Signed:
    """A checkpoint to compare with: the stored one of this size, or the one that somebody retained."""

    where: str
    head: Checkpoint


class Log:
    """One pass over the events; `covered`, what valid checkpoints cover, stands when they are read.

    `complete` tells whether all of them could be read.
    """

    def __init__(
        self,
        connection: Connection,
        findings: Findings,
        verifiers: Sequence[Verifier],
        retained: str | None,
    ) -> None:
        self._connection = connection
        self._findings = findings
        self._verifiers = verifiers
        self._frontier = Frontier()
        self._origin: str | None = None
        self._retained = self._open("retained checkpoint", retained) if retained is not None else None
        self._stored = self._checkpoints()
        self._next: tuple[int, _Signed | None] | None = None
        # Beyond a gap every root differs, and after a wrong root every later one: one finding says it.
        self._gap = False
        self._altered: _Signed | None = None
        self.covered = 0
        self.complete = False

    @property
    def size(self) -> int:
        """Events read so far."""
        return self._frontier.size

    @property
    def root(self) -> bytes:
        """The root over the events read so far."""
        return self._frontier.root()

    def events(self) -> Iterator[Event]:
        """Yield the events that can be read, in order."""
        expected = 0
        self._next = next(self._stored, None)
        with readable(self._findings, "audit_event"):
            for row in stream(self._connection, select(audit_event).order_by(audit_event.c.seq)):
                seq, body = row["seq"], row["body"]
                if seq != expected:
                    self._gap = True
                    self._findings.tampering(f"event {expected}", f"it is missing: the next one is {seq!r}")
                expected = seq + 1 if isinstance(seq, int) else expected + 1
                event = self._read(seq, body)
                self._frontier.append(leaf_hash(body if isinstance(body, bytes) else b""))
                self._compare(event)
                if event is not None:
                    yield event
            self.complete = True

    def _read(self, seq: Any, body: Any) -> Event | None:
        where = f"event {seq}"
        if not isinstance(body, bytes):
            self._findings.tampering(where, "its body is not bytes")
            return None
        try:
            event = read(body)
        except ValueError as error:
            self._findings.tampering(where, f"it was altered: {error}")
            return None
        if event.seq != seq:
            self._findings.tampering(where, f"it was moved: it says that it is event {event.seq}")
            return None
        if (event.type == "ledger.created") != (seq == 0):
            self._findings.tampering(
                where, f"{event.type} cannot stand here: a log begins with ledger.created"
            )
            return None
        if event.type == "ledger.created":
            self._origin = origin(str(event.facts["ledger"]))
        return event

    def _compare(self, event: Event | None) -> None:
        """Compare the tree with the checkpoints of its present size."""
        size, signed = self._frontier.size, False
        if self._retained is not None and self._retained.head.size == size:
            self._compare_root(self._retained)
        while self._next is not None and self._next[0] <= size:
            stored_size, candidate = self._next
            if stored_size == size:
                signed = True
                self._compare_root(candidate)
            self._next = next(self._stored, None)
        if event is not None and event.type == "checkpoint.signed" and not signed:
            where = f"checkpoint of {size} events"
            self._findings.tampering(where, f"it is missing: event {size - 1} says it was signed")

    def _compare_root(self, candidate: _Signed | None) -> None:
        if candidate is None or self._gap or self._altered is not None:
            return
        if self._is_foreign(candidate):
            if candidate is not self._retained:
                self._findings.tampering(
                    candidate.where, f"it is that of another log, {candidate.head.origin}"
                )
        elif candidate.head.root != self._frontier.root():
            self._altered = candidate
        else:
            self.covered = self._frontier.size

    def finish(self) -> None:
        """Compare the whole with the head, and with checkpoints of more events than there are."""
        fits = self._check_head()
        if self._altered is not None and self._altered.head.size == self.covered:
            self._findings.tampering(self._altered.where, "it contradicts another one over as many events")
        elif self._altered is not None:
            rewritten = ", and the head was made to fit" if fits else ""
            self._findings.tampering(
                f"events {self.covered} to {self._altered.head.size - 1}",
                f"at least one is not what the {self._altered.where} covers{rewritten}",
            )
        self._check_longer()
        if self._retained is not None and self._is_foreign(self._retained):
            other = self._retained.head.origin
            self._findings.add(Verdict.TRUST, self._retained.where, f"it is that of another log, {other}")
        if not self.size:
            self._findings.tampering("log", "it is empty: even its first event, ledger.created, is gone")
        elif self._gap or self._altered is not None:
            return  # what cannot be covered any more is told above
        elif not self.covered:
            self._findings.add(Verdict.INCOMPLETE, "log", "no valid checkpoint covers it")
        elif self.covered < self.size:
            self._findings.add(
                Verdict.INCOMPLETE,
                f"events {self.covered} to {self.size - 1}",
                "no checkpoint covers them yet: a run is under way, or was killed",
            )

    def _check_longer(self) -> None:
        pending = [] if self._next is None else [self._next[1], *(candidate for _, candidate in self._stored)]
        for candidate in [*pending, self._retained]:
            if candidate is None or candidate.head.size <= self.size or self._is_foreign(candidate):
                continue
            self._findings.tampering(
                f"events {self.size} to {candidate.head.size - 1}",
                f"they are missing: the {candidate.where} covers more than the {self.size} in the log",
            )

    def _is_foreign(self, candidate: _Signed) -> bool:
        return self._origin is not None and candidate.head.origin != self._origin

    def _check_head(self) -> bool:
        rows = list(stream(self._connection, select(audit_head).limit(2)))
        if len(rows) != 1 or rows[0]["id"] != audit_log.HEAD:
            self._findings.tampering("audit_head", "it must be one row with the number 1")
            return False
        size = rows[0]["size"]
        if size != self.size:
            self._findings.tampering("audit_head", f"it counts {size!r} events, the log holds {self.size}")
            return False
        if rows[0]["frontier"] != self._frontier.to_bytes():
            if not self._gap:
                self._findings.tampering(
                    f"events {self.covered} to {self.size - 1}",
                    "at least one of them, or the head itself, was altered: the head does not fit them",
                )
            return False
        return True

    def _checkpoints(self) -> Iterator[tuple[int, _Signed | None]]:
        """Yield the stored checkpoints by size, None for one that proves nothing."""
        with readable(self._findings, "checkpoint"):
            for row in stream(self._connection, select(checkpoint).order_by(checkpoint.c.size)):
                size = row["size"]
                where = f"checkpoint of {size} events"
                signed = self._open(where, row["note"])
                if signed is not None and signed.head.size != size:
                    self._findings.tampering(where, f"its note is about {signed.head.size} events")
                    signed = None
                if isinstance(size, int):
                    yield size, signed

    def _open(self, where: str, note: Any) -> _Signed | None:
        retained = where == "retained checkpoint"
        try:
            text, _ = open_note(note if isinstance(note, str) else "", self._verifiers)
            return _Signed(where, Checkpoint.parse(text))
        except LedgerError as error:
            kind = Verdict.TRUST if retained or error.code == "note-unknown-key" else Verdict.TAMPERING
            self._findings.add(kind, where, str(error))
        except ValueError:
            kind = Verdict.TRUST if retained else Verdict.TAMPERING
            self._findings.add(kind, where, "its text is not that of a checkpoint")
        return None
