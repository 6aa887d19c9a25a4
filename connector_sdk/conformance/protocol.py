"""What suite and host say to each other: one JSON object a line, each command answered by one reply.

Bytes travel in Base64; cursors as their JSON text, exactly as a ledger would hold it.
"""

from typing import Any, Final

import msgspec
from msgspec import Struct


class Setting(Struct, frozen=True):
    """A setting of a connector: its name, its type in words, and whether it must be given or kept secret."""

    name: str
    type: str
    required: bool
    secret: bool


class StreamSeen(Struct, frozen=True):
    """A stream as the class tells it; `name` and what depends on the configuration may be None."""

    name: str | None
    completeness: str | None
    fields: list[str] | None


class SinkSeen(Struct, frozen=True):
    """A sink as the class tells it; `name` and what depends on the configuration may be None."""

    name: str | None
    delivery: str | None
    modes: list[str] | None
    keyed: bool | None
    sends_keys: bool | None


class Described(Struct, frozen=True):
    """A connector's manifest, told without configuration."""

    name: str
    vendor: str
    about: str
    distribution: str
    version: str
    api_versions: list[str]
    capabilities: list[str]
    settings: list[Setting]
    streams: list[StreamSeen]
    sinks: list[SinkSeen]


class Failure(Struct, frozen=True):
    """An exception that crossed the connector's border.

    `kind` is its class, `bases` the classes above it up to ConnectorError (Exception for a foreign one).
    `text` is its traceback with causes: to be searched for what must not be there, never to be shown.
    """

    kind: str
    bases: list[str]
    code: str
    message: str
    hint: str
    location: str
    retryable: bool
    exit_code: int
    attempts: int | None
    retry_after: float | None
    request_id: str | None
    from_sdk: bool
    text: str

    def is_a(self, name: str) -> bool:
        """Tell whether it is of the class of this name, or of one below it."""
        return name == self.kind or name in self.bases


class FieldSeen(Struct, frozen=True):
    """A field of a stream's schema; `optional` says that it may be absent, `nullable` that it may be null."""

    name: str
    type: str
    optional: bool
    nullable: bool


class RecordFault(Struct, frozen=True):
    """Why one record of a page would become a dead letter."""

    code: str
    message: str


class PageSeen(Struct, frozen=True):
    """A page as a run would take it.

    `records` are the texts that would be hashed and written, `faults` and `deleted` tell by index which of
    them cannot be moved, or are deleted in the source. `position` is the cursor's JSON text, `new_fields` are
    those met so far that the stream's schema does not have.
    """

    records: list[bytes]
    faults: dict[int, RecordFault]
    deleted: list[int]
    position: str | None
    restarted: bool
    new_fields: list[str] = []

    @property
    def cursor(self) -> Any:
        """The cursor as a later run gets it."""
        return None if self.position is None else msgspec.json.decode(self.position)


class OutcomeSeen(Struct, frozen=True):
    """What became of one record that was written."""

    disposition: str
    code: str
    message: str


class Held(Struct, frozen=True):
    """What a process holds: open descriptors, threads, and sockets among the descriptors."""

    fds: int
    threads: int
    sockets: int


class Resources(Struct, frozen=True):
    """What the process held before a connector was opened, and after it was closed."""

    before: Held
    after: Held


class LogSeen(Struct, frozen=True):
    """A log record: all of its text, with the traceback and whatever else hangs on it."""

    logger: str
    level: str
    text: str


class SpanSeen(Struct, frozen=True):
    """A span that ended. `kind` and `status` are names in capitals; `parent` is empty at the root."""

    id: str
    parent: str
    trace: str
    name: str
    kind: str
    status: str
    attributes: dict[str, Any]
    events: list[str]
    scope: str
    schema_url: str


class MetricSeen(Struct, frozen=True):
    """What was added at one point of an instrument since it was looked at before; `value` is a sum."""

    name: str
    unit: str
    attributes: dict[str, Any]
    value: float
    count: int


class CallSeen(Struct, frozen=True):
    """The record of a call over all its attempts; `path` is a template, `duration` in (virtual) seconds."""

    method: str
    host: str
    port: int
    path: str
    repeatable: bool
    attempts: int
    status: int | None
    code: str | None
    unclear: bool
    request_id: str | None
    sent: int
    received: int
    duration: float


class EventSeen(Struct, frozen=True):
    """An event that monitoring would be told."""

    type: str
    data: dict[str, Any]


class Told(Struct, frozen=True):
    """All that a process let be known since it began; every part only ever grows at its end.

    `sleeps` are the waits that went through the clock, `unmanaged` those that did not, in seconds. `connects`
    are addresses and ports that a connection was tried to, `lookups` the names that were asked for. `output`
    is what was written to standard output and standard error, in pieces.
    """

    logs: list[LogSeen] = []
    spans: list[SpanSeen] = []
    metrics: list[MetricSeen] = []
    calls: list[CallSeen] = []
    events: list[EventSeen] = []
    warnings: list[str] = []
    sleeps: list[float] = []
    unmanaged: list[float] = []
    connects: list[tuple[str, int]] = []
    lookups: list[str] = []
    opened_files: list[str] = []
    processes: list[str] = []
    threads: list[str] = []
    output: list[str] = []


class Describe(Struct, frozen=True, tag=True):
    """Import the plugin of this name and tell its manifest: Described."""

    connector: str


class Open(Struct, frozen=True, tag=True):
    """Assemble a connector: a handle (int).

    `config` is JSON, `clock` where the virtual time of day begins (RFC 3339), `timeouts` in seconds.
    """

    connector: str
    config: str
    clock: str
    timeouts: dict[str, float]
    ca_bundle: str


class Fields(Struct, frozen=True, tag=True):
    """Tell the fields of a stream as it offers them now: a list of FieldSeen."""

    handle: int
    stream: str


class Begin(Struct, frozen=True, tag=True):
    """Begin to read a stream after a position: a number for the reading (int)."""

    handle: int
    stream: str
    position: str | None


class Next(Struct, frozen=True, tag=True):
    """Read on: PageSeen, or None at the end."""

    reading: int


class Stop(Struct, frozen=True, tag=True):
    """Read no further."""

    reading: int


class Write(Struct, frozen=True, tag=True):
    """Write a batch: a list of OutcomeSeen."""

    handle: int
    sink: str
    records: list[bytes]
    key: list[str]
    mode: str
    seq: int


class Discover(Struct, frozen=True, tag=True):
    """Ask what the system offers: the names (list of str)."""

    handle: int


class Close(Struct, frozen=True, tag=True):
    """Close a connector, which may be done again: Resources."""

    handle: int


class Tell(Struct, frozen=True, tag=True):
    """Tell all so far: Told, but for the output."""


Command = Describe | Open | Fields | Begin | Next | Stop | Write | Discover | Close | Tell


class Reply(Struct, frozen=True):
    """The answer to a command: a value, what was raised, or (`broken`) what ended the process itself."""

    value: msgspec.Raw = msgspec.Raw(b"null")
    failure: Failure | None = None
    broken: str = ""


class Fork(Struct, frozen=True, tag=True):
    """Fork a process that works in a folder; its socket, standard output and error come as descriptors."""

    folder: str


class End(Struct, frozen=True, tag=True):
    """End a process and all that it started; `patient` first gives it time to end by itself."""

    pid: int
    patient: bool


Order = Fork | End


class Status(Struct, frozen=True):
    """The answer to an order: the new process, or how one ended (a code, or minus the signal)."""

    number: int


LONGEST: Final = 256 * 2**20
"""Bytes of the longest line that either side takes."""

encode: Final = msgspec.json.Encoder(decimal_format="number").encode
