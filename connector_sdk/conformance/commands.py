"""What the suite asks of a host: one JSON object a line, each answered by one reply.

Bytes travel in Base64; cursors as their JSON text, exactly as a ledger would hold it.
"""

from typing import Final

import msgspec
from msgspec import Struct

from connector_sdk.conformance.protocol import Failure


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


class Show(Struct, frozen=True, tag=True):
    """Tell how a connector and its configuration show themselves: texts (list of str)."""

    handle: int


class Close(Struct, frozen=True, tag=True):
    """Close a connector, which may be done again: Resources."""

    handle: int


class Tell(Struct, frozen=True, tag=True):
    """Tell what came since this was asked before: Told, but for the output."""


Command = Describe | Open | Fields | Begin | Next | Stop | Write | Discover | Show | Close | Tell


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
