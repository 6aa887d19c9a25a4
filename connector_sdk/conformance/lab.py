"""What a rule works with: visits of the connector to a server that plays the book, and what came of them."""

import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

from connector_sdk.conformance.anatomy import Anatomy
from connector_sdk.conformance.book import SeededBook, filled_in, parse, written
from connector_sdk.conformance.catalogue import Broken
from connector_sdk.conformance.child import Child, Reading, Writing
from connector_sdk.conformance.comparing import agree, compared, shown
from connector_sdk.conformance.examination import Examination
from connector_sdk.conformance.hosting import Raised
from connector_sdk.conformance.player import Fault, Player, Seen
from connector_sdk.conformance.protocol import Failure, FieldSeen, Told
from connector_sdk.conformance.watching import watch

PATIENT: Mapping[str, float] = {"connect": 5.0, "read": 10.0, "write": 10.0, "pool": 5.0, "total": 20.0}
"""Seconds that the connector gives the server, where a rule is not about that."""


class NotStruck(Exception):  # noqa: N818 - no error of ours: the rule could not be tried
    """A fault never struck, or struck too often, so that nothing is known."""


@dataclass
class Visit:
    """One connection of the connector to one server."""

    lab: "Lab"
    player: Player
    handle: int
    before: Told

    def read(self, stream: str, state: Any = None, pages: int | None = None) -> Reading:
        """Read a stream to its end, or so many pages."""
        reading = self.lab.child.read(self.handle, stream, state, pages)
        self.lab.met(reading.raised)
        self.lab.given.append(reading)
        return reading

    def write(
        self, sink: str, records: Sequence[bytes] | None = None, *, seq: int = 1, mode: str = ""
    ) -> Writing:
        """Write records, those of the book where none are given."""
        given = self.lab.inputs(sink) if records is None else records
        key = self.lab.book.roles(sink).key
        writing = self.lab.child.write(self.handle, sink, given, key=key, mode=mode, seq=seq)
        self.lab.met(writing.raised)
        self.lab.given.append(writing)
        return writing

    def fields(self, stream: str) -> list[FieldSeen]:
        """Return the fields that a stream says it has."""
        return self.lab.child.fields(self.handle, stream)

    @property
    def asked(self) -> list[Seen]:
        """The requests for data so far: those whose answer issues no credentials."""
        return [seen for seen in self.player.seen if not self.lab.issues_token(seen)]

    @property
    def logins(self) -> list[Seen]:
        """The requests for credentials so far."""
        return [seen for seen in self.player.seen if self.lab.issues_token(seen)]

    def told(self) -> Told:
        """Return what the connector's process told since this visit began."""
        return since(self.before, self.lab.child.told())


@dataclass
class Lab:
    """One rule's own: a process of the connector, and what it told."""

    examination: Examination
    rule: str
    facts: list[str] = field(default_factory=list)
    """What was seen, for the report; never a value of a record."""
    given: list[Reading | Writing] = field(default_factory=list)
    """What was read and written since it was last watched."""
    _child: Child | None = None
    _met: list[Failure] = field(default_factory=list)
    _players: list[Player] = field(default_factory=list)

    @property
    def book(self) -> SeededBook:
        """The book, with this run's values."""
        return self.examination.book

    @property
    def connector(self) -> str:
        """The connector's name."""
        return self.examination.connector

    @property
    def capabilities(self) -> frozenset[str]:
        """What the connector's manifest says it can do."""
        return self.examination.capabilities

    @property
    def child(self) -> Child:
        """The process in which the connector runs for this rule."""
        if self._child is None:
            self._child = self.examination.hosts.child()
        return self._child

    def anatomy(self, stream: str) -> Anatomy:
        """Return where in a stream's answers what stands."""
        return Anatomy(self.book, stream)

    def anatomies(self) -> list[Anatomy]:
        """Return the same of every stream."""
        return [self.anatomy(stream) for stream in self.book.streams]

    def inputs(self, sink: str, part: str = "") -> list[bytes]:
        """Return the JSON texts of the records that the book writes to a sink, or has `rejected`."""
        return [written(record) for record in self.book.inputs(sink, part)]

    def issues_token(self, seen: Seen) -> bool:
        """Tell whether a request asked for credentials."""
        return seen.exchange is not None and self.book.exchanges[seen.exchange].issues_token

    @contextmanager
    def visit(
        self,
        *scenarios: str,
        faults: Sequence[Fault] = (),
        timeouts: Mapping[str, float] = PATIENT,
        config: Mapping[str, Any] | None = None,
        tls: ssl.SSLContext | None = None,
        ca_bundle: Path | None = None,
    ) -> Iterator[Visit]:
        """Connect to a server that plays these scenarios of the book and strikes with these faults.

        With `tls` the server speaks TLS; the connector trusts the authorities of `ca_bundle`, if given.
        Raises Raised where the connector cannot be opened, NotStruck where a fault was never met.
        """
        injecting = self.examination.injecting
        with Player(
            self.book, *scenarios, faults=faults, injecting=injecting, date=self.book.clock, tls=tls
        ) as player:
            self._players.append(player)
            settings = filled_in(self.book.config if config is None else config, {"SERVER": player.url})
            before = self.child.told()
            try:
                handle = self._opened(settings, timeouts, ca_bundle)
                try:
                    yield Visit(self, player, handle, before)
                finally:
                    self.child.close(handle)
            finally:
                now = self.child.told()
                # A file may be opened once and written to in every visit.
                files = [self.child.folder / name for name in dict.fromkeys(now.opened_files)]
                seen = (since(before, now), self._met, files, self.given)
                watch(self.examination, self.rule, self._players, *seen)
                self._met.clear()
                self.given.clear()
                if player.faults:
                    self.examination.tried.add(self.rule)
                unfired = player.unfired()
                if unfired:
                    raise NotStruck(f"a fault did not strike as often as it must: {', '.join(unfired)}")

    def _opened(
        self, settings: Mapping[str, Any], timeouts: Mapping[str, float], ca_bundle: Path | None
    ) -> int:
        try:
            return self.child.open(
                self.connector,
                settings,
                clock=self.book.clock,
                timeouts={**PATIENT, **timeouts},
                ca_bundle=ca_bundle,
            )
        except Raised as raised:
            self.met(raised.failure)
            raise

    def clean(self, stream: str) -> Reading:
        """Return what an undisturbed read of a stream gives."""

        def read() -> Reading:
            with self.visit(f"read.{stream}.full") as visit:
                return visit.read(stream)

        reading = self.examination.clean(stream, read)
        if reading.raised is not None:
            self.fails(f"an undisturbed read of {stream} ended with {shown(reading.raised)}")
        return reading

    def met(self, failure: Failure | None) -> None:
        """Remember an error that the connector raised, for the rules that judge all of them."""
        if failure is not None:
            self._met.append(failure)

    def holds(self, condition: bool, otherwise: str) -> None:
        """Assert; `otherwise` says in words what was seen instead, without a value."""
        if not condition:
            raise Broken(otherwise)

    def fails(self, seen: str) -> NoReturn:
        """Say that the rule does not hold."""
        raise Broken(seen)

    def same(self, reading: Reading, stream: str, during: str) -> None:
        """Assert that a read gave what an undisturbed one gives."""
        self.equal(reading, self.clean(stream).records, during)

    def equal(self, reading: Reading, wanted: Sequence[bytes], during: str) -> None:
        """Assert that a read gave these records and no error."""
        if reading.raised is not None:
            self.fails(f"{during}: the read ended with {shown(reading.raised)}")
        if reading.records != list(wanted):
            self.fails(f"{during}: {compared(wanted, reading.records)}")

    def sends(self, reading: Reading, wanted: Sequence[Any], during: str) -> None:
        """Assert that a read gave the records that the system sent, in the fields that it reads."""
        if reading.raised is not None:
            self.fails(f"{during}: the read ended with {shown(reading.raised)}")
        found = [parse(record) for record in reading.records]
        alike = len(found) == len(wanted) and all(map(agree, found, wanted))
        self.holds(alike, f"{during}: {len(found)} records came where {len(wanted)} certain ones were due")

    def never_short(self, reading: Reading, stream: str, during: str) -> None:
        """Assert that a read gave what an undisturbed one gives, or an error after a prefix of it."""
        self.never_other(reading, self.clean(stream).records, during)

    def never_other(self, reading: Reading, wanted: Sequence[bytes], during: str) -> None:
        """Assert that a read gave these records, or the first of them and an error of the SDK."""
        if reading.raised is None:
            self.equal(reading, wanted, during)
        else:
            self.sdk_error(reading, during)
            came = len(reading.records)
            if reading.records != list(wanted[:came]):
                self.fails(f"{during}: other records came before the error than otherwise")

    def sdk_error(self, tried: Reading | Writing, during: str) -> Failure:
        """Assert that there was an error, and one of the SDK's; returns it."""
        if tried.raised is None:
            self.fails(f"{during}: no error was raised")
        self.holds(tried.raised.from_sdk, f"{during}: {tried.raised.kind} is no error of the SDK")
        return tried.raised

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child is not None:
            self._child.exit()


def since(before: Told, now: Told) -> Told:
    """Return what was told in between."""
    return Told(**{name: getattr(now, name)[len(getattr(before, name)) :] for name in Told.__struct_fields__})
