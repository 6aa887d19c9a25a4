"""One connector under examination: what all rules share."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from connector_sdk.conformance.book import SeededBook, find
from connector_sdk.conformance.book.book import READS
from connector_sdk.conformance.catalogue import WHEEL
from connector_sdk.conformance.hosting import Hosts
from connector_sdk.conformance.protocol import Described

if TYPE_CHECKING:
    from connector_sdk.conformance.child import Reading
    from connector_sdk.conformance.wheel.facts import WheelFacts


@dataclass
class Findings:
    """What was seen in passing, by the rule that judges it; safe to show."""

    _seen: dict[str, list[str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, rule: str, found: str) -> None:
        """Keep a sentence, once."""
        with self._lock:
            kept = self._seen.setdefault(rule, [])
            if found not in kept:
                kept.append(found)

    def of(self, rule: str) -> tuple[str, ...]:
        """Return what was found for a rule so far."""
        with self._lock:
            return tuple(self._seen.get(rule, ()))


@dataclass
class Examination:
    """A connector, its book with this run's values, and the processes that it runs in.

    `python` is the interpreter of the environment that has it, `folder` where its processes work. `wheel` is
    what was found in the wheel, None where an installed connector is examined, and `problems` what went wrong
    when it was installed. Without `injecting` no fault ever strikes: rules that still pass then would pass
    anything. The processes start when they are first asked for.
    """

    connector: str
    book: SeededBook
    python: Path
    folder: Path
    wheel: "WheelFacts | None" = None
    problems: tuple[str, ...] = ()
    injecting: bool = True
    findings: Findings = field(default_factory=Findings)
    tried: set[str] = field(default_factory=set)
    """The rules that have aimed a fault at the connector."""
    _clean: "dict[str, Reading]" = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _open: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def hosts(self) -> Hosts:
        """The process that all others are forked from."""
        return self._open.enter_context(Hosts(self.python, self.folder))

    @cached_property
    def described(self) -> Described:
        """The connector's manifest; raises HostFailed or Raised where it cannot even be had."""
        with self.hosts.child() as child:
            return child.describe(self.connector)

    @cached_property
    def capabilities(self) -> frozenset[str]:
        """What the manifest says the connector can do; `wheel` stands for being examined as one."""
        return frozenset(self.described.capabilities) | ({WHEEL} if self.wheel else frozenset())

    @cached_property
    def identifiers(self) -> frozenset[str]:
        """What identifies the records of all answers, in lower case."""
        return frozenset(
            str(found).lower()
            for stream in self.book.streams
            for part in READS
            for each in self.book.scenario(f"read.{stream}.{part}")
            if each.answers_json and self.book.roles(stream).id
            for found in find(each.response, self.book.roles(stream).id)
        )

    def clean(self, stream: str, read: "Callable[[], Reading]") -> "Reading":
        """Return what a read without faults gives, read once for all rules."""
        with self._lock:
            lock = self._locks.setdefault(stream, threading.Lock())
        with lock:
            if stream not in self._clean:
                self._clean[stream] = read()
            return self._clean[stream]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()
