"""One process with a connector in it, seen from the suite."""

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from msgspec.structs import replace

from connector_sdk.conformance.channel import Channel, HostFailed, Raised
from connector_sdk.conformance.commands import (
    Begin,
    Close,
    Command,
    Describe,
    Discover,
    Fields,
    Next,
    Open,
    Show,
    Stop,
    Tell,
    Write,
    encode,
)
from connector_sdk.conformance.protocol import (
    Described,
    Failure,
    FieldSeen,
    OutcomeSeen,
    PageSeen,
    RecordFault,
    Resources,
    Told,
)

V = TypeVar("V")


@dataclass
class Reading:
    """The pages that a read gave, in order, and what ended it early if anything did."""

    begun: Any = None
    pages: list[PageSeen] = field(default_factory=list)
    raised: Failure | None = None

    @property
    def records(self) -> list[bytes]:
        """The texts of all records that can be moved, in order."""
        return [text for page in self.pages for at, text in enumerate(page.records) if at not in page.faults]

    @property
    def deleted(self) -> list[bytes]:
        """The texts of the records that are deleted in the source, as they were last."""
        return [page.records[at] for page in self.pages for at in page.deleted if at not in page.faults]

    @property
    def faults(self) -> list[RecordFault]:
        """Why records cannot be moved, in order."""
        return [page.faults[at] for page in self.pages for at in sorted(page.faults)]

    @property
    def state(self) -> Any:
        """The cursor to go on from: that of the last page, or the one that was begun from."""
        return self.pages[-1].cursor if self.pages else self.begun


@dataclass
class Writing:
    """The outcome of each record, in order; none where the sink raised."""

    outcomes: list[OutcomeSeen] = field(default_factory=list)
    raised: Failure | None = None

    @property
    def applied(self) -> int:
        """How many records are said to be applied."""
        return sum(1 for each in self.outcomes if each.disposition == "applied")


class Child:
    """Commands to one process; each raises HostFailed where the process fails, which is then ended.

    All that are given afterwards fail for the same reason.
    """

    def __init__(
        self, channel: Channel, pid: int, folder: Path, end: Callable[[int, bool], int], deadline: float
    ) -> None:
        self.pid = pid
        self.folder = folder
        """Its working folder, and its home; `tmp` in it is for temporary files."""
        self.deadline = deadline
        """Real seconds that each command may take."""
        self._channel = channel
        self._end = end
        self._ended = False
        self._failed: HostFailed | None = None
        self._shown = [0] * len(OUTPUTS)
        self._output: list[str] = []
        self._told = Told()

    def describe(self, connector: str) -> Described:
        """Import the plugin of this name and return its manifest; raises Raised."""
        return self._ask(Describe(connector), Described)

    def open(
        self,
        connector: str,
        config: Mapping[str, Any],
        *,
        clock: datetime,
        timeouts: Mapping[str, float] | None = None,
        ca_bundle: Path | None = None,
    ) -> int:
        """Assemble a connector whose day begins at `clock`, and return a handle; raises Raised.

        `timeouts` are those of `connector_sdk.http.policy.Timeouts`, in real seconds.
        """
        text = encode(config).decode()
        order = Open(connector, text, clock.isoformat(), dict(timeouts or {}), str(ca_bundle or ""))
        return self._ask(order, int)

    def fields(self, handle: int, stream: str) -> list[FieldSeen]:
        """Return the fields that a stream says it has, which it may have to ask for; raises Raised."""
        return self._ask(Fields(handle, stream), list[FieldSeen])

    def begin(self, handle: int, stream: str, state: Any = None) -> int:
        """Begin to read after a state, and return a number for the reading; nothing is asked yet."""
        from connector_sdk.ledger.partitions import to_json  # noqa: PLC0415 - who only verifies needs no ledger

        return self._ask(Begin(handle, stream, to_json(state)), int)

    def next(self, reading: int) -> PageSeen | None:
        """Return the next page, None at the end; raises Raised."""
        found: PageSeen | None = self._ask(Next(reading), PageSeen | None)
        return found

    def stop(self, reading: int) -> None:
        """Read no further."""
        self._ask(Stop(reading), None)

    def read(self, handle: int, stream: str, state: Any = None, pages: int | None = None) -> Reading:
        """Read to the end, or so many pages; what is raised is in the result."""
        found = Reading(state)
        try:
            number = self.begin(handle, stream, state)
            while pages is None or len(found.pages) < pages:
                page = self.next(number)
                if page is None:
                    break
                found.pages.append(page)
            self.stop(number)
        except Raised as raised:
            found.raised = raised.failure
        return found

    def write(
        self,
        handle: int,
        sink: str,
        records: Sequence[bytes],
        *,
        key: Sequence[str] = (),
        mode: str = "",
        seq: int = 1,
    ) -> Writing:
        """Write one batch of JSON texts; what is raised is in the result.

        `mode` is the sink's first where it is empty. The same `seq` and records have the same idempotency
        keys, in this process or another one.
        """
        order = Write(handle, sink, list(records), list(key), mode, seq)
        try:
            return Writing(self._ask(order, list[OutcomeSeen]))
        except Raised as raised:
            return Writing(raised=raised.failure)

    def discover(self, handle: int) -> list[str]:
        """Return the names of what the system offers; raises Raised."""
        return self._ask(Discover(handle), list[str])

    def shown(self, handle: int) -> list[str]:
        """Return all texts that the connector and its configuration make of themselves.

        To be searched for what must not be there, never to be shown.
        """
        return self._ask(Show(handle), list[str])

    def close(self, handle: int) -> Resources:
        """Close the connector, which may be done again; raises Raised."""
        return self._ask(Close(handle), Resources)

    def told(self) -> Told:
        """Return all that the process told since it began."""
        new: Told = self._ask(Tell(), Told)
        self._told = Told(
            **{name: getattr(self._told, name) + getattr(new, name) for name in Told.__struct_fields__}
        )
        return replace(self._told, output=self.output())

    def output(self) -> list[str]:
        """Return what was written to standard output and standard error, also after the process ended."""
        for at, name in enumerate(OUTPUTS):
            with (self.folder / name).open("rb") as file:
                file.seek(self._shown[at])
                data = file.read()
            self._shown[at] += len(data)
            if data:
                self._output.append(data.decode(errors="replace"))
        return list(self._output)

    def kill(self) -> None:
        """End the process at once, whatever it is doing; a command under way raises HostFailed."""
        if not self._ended:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def exit(self) -> None:
        """End the process and all that it started; may be called again."""
        self._reap(patient=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.exit()

    def _ask(self, command: Command, kind: type[V] | Any) -> V:
        if self._failed is not None:
            raise self._failed
        if self._ended:
            raise HostFailed("the process has ended before")
        try:
            value: V = self._channel.ask(command, kind, self.deadline)
        except HostFailed as failed:
            number = self._reap(patient=failed.ended)
            output = "".join(self.output())[-_TAIL:]
            self._failed = HostFailed(f"{failed}{_why(number)}", ended=failed.ended, output=output)
            raise self._failed from None
        return value

    def _reap(self, *, patient: bool) -> int:
        if self._ended:
            return 0
        self._ended = True
        self._channel.close()
        return self._end(self.pid, patient)


_TAIL: Final = 4000
OUTPUTS: Final = ("stdout", "stderr")
"""The files in a process's folder that its output goes to."""


def _why(number: int) -> str:
    if number < 0:
        return f" (signal {-number})" if number != -signal.SIGKILL else ""
    return f" (exit code {number})" if number else ""
