"""What one read returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector_sdk.schema import Record

Json = Any
"""A value that has a JSON form: what cursors and checkpoints are made of."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record the stream itself could not read: its bytes as they came, and why, without a value."""

    raw: bytes
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """A record that the source says is deleted: all its fields as they were last, in a form as below."""

    record: bytes | Mapping[str, Any] | Record | Unreadable


@dataclass(frozen=True, slots=True)
class Page:
    """Records the source served completely, and where the stream stands after them.

    A record is the bytes of one JSON object (kept as they are), a mapping from field names to Python values
    (absent fields left out), a `Record`, `Unreadable`, or one of these in `Deleted`. `cursor` is opaque JSON
    of the stream, `first` the source's own number of the first record, counted from 1. `restarted` says that
    the source begins anew with this page: of it, and of what follows, anything was perhaps read before.
    """

    records: Sequence[bytes | Mapping[str, Any] | Record | Unreadable | Deleted]
    cursor: Json
    first: int = 1
    restarted: bool = False
