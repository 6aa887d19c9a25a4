"""What a host tells the suite: manifests, pages, outcomes, failures, and all that can be noticed besides."""

from typing import Any

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
    are addresses and ports that a connection was tried to, `lookups` the names that were asked for,
    `variables` what was put into the environment. `output` is what was written to standard output and
    standard error, in pieces.
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
    variables: list[str] = []
    processes: list[str] = []
    threads: list[str] = []
    output: list[str] = []
