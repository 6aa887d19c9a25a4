"""As much of a record as says which it is, and when it changed; the rest stays unread."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from connector_sdk.connector.rest.collection import Collection
from connector_sdk.connector.rest.order import Mark, reader
from connector_sdk.connector.rest.position import mark_of

_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_REFUSED: Final = (msgspec.DecodeError, ValueError, RecursionError)
_ABSENT: Final = msgspec.Raw()


@dataclass(frozen=True, slots=True)
class Look:
    """The hash of a record's key (of this process), the mark of its state, and its cursor's value."""

    id: int
    state: bytes
    mark: Mark | None


def looking(source: Collection) -> Callable[[bytes], Look]:
    """Return a function that glances at a record's bytes.

    The state is key and cursor where both are known, else the whole record.
    """
    read = reader(source.kind)
    names = (*source.key, source.cursor) if source.since else source.key
    parts = _parts(names) if names else None

    def look(record: bytes) -> Look:
        try:
            found: list[Any] = parts(record) if parts else []
        except _REFUSED:
            return Look(hash(record), mark_of([record]), None)
        key = tuple(map(bytes, found[: len(source.key)]))
        if not source.since:
            return Look(hash(key), mark_of([record]), None)
        state = mark_of([*key, bytes(found[-1])] if source.key else [record])
        return Look(hash(key), state, read(found[-1]) if found[-1] else None)

    return look


def _parts(names: tuple[str, ...]) -> Callable[[bytes], list[Any]]:
    """Return a function from an object to the texts of some members; absent ones are empty."""
    if any(not name.isprintable() or '"' in name or "\\" in name for name in names):
        return lambda record: [_MEMBERS(record).get(name, _ABSENT) for name in names]
    attributes = [f"f{index}" for index in range(len(names))]
    glimpse = msgspec.defstruct(
        "Glimpse",
        [(attribute, msgspec.Raw, _ABSENT) for attribute in attributes],
        rename=dict(zip(attributes, names, strict=True)),
        gc=False,
    )
    decode = msgspec.json.Decoder(glimpse).decode
    return lambda record: list(msgspec.structs.astuple(decode(record)))
