"""As much of a record as says which it is, and when it changed; the rest stays unread."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec

from connector_sdk.connector.rest.collection import Collection
from connector_sdk.connector.rest.order import value_reader
from connector_sdk.connector.rest.position import state_of

_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_ANY: Final = msgspec.json.Decoder(float_hook=str).decode
_SORTED: Final = msgspec.json.Encoder(order="sorted").encode
_REFUSED: Final = (msgspec.DecodeError, ValueError, RecursionError)
_ABSENT: Final = msgspec.Raw()


class Look(NamedTuple):
    """What is seen: the hash of the key (of this process), the 8 bytes by which the record's state is known
    again, and the cursor's value with its text; the value is None where it has none.
    """

    id: int
    state: bytes
    value: Any = None
    text: bytes = b""


def looking(source: Collection, salt: bytes) -> Callable[[bytes], Look]:
    """Return a function that glances at a record's bytes.

    The state is the whole record, as one that was read may change again under the same value of its cursor.
    Where a second question may meet it again, the order of its members does not count. `salt` is the call's.
    """
    read = value_reader(source.kind)
    width = len(source.key)
    names = (*source.key, source.cursor) if source.since else source.key
    parts = _parts(names) if names else None

    def look(record: bytes) -> Look:
        try:
            found = [bytes(part) for part in parts(record)] if parts else []
            state = state_of([_ordered(record) if source.since else record], salt)
        except _REFUSED:
            return Look(hash(record), state_of([record], salt))
        key = hash(tuple(found[:width]))
        if not source.since:
            return Look(key, state)
        text = found[-1]
        return Look(key, state, read(text) if text else None, text)

    return look


def _ordered(record: bytes) -> bytes:
    """Return a record with its members in the order of their names; one with texts that are none, as it is.

    The length tells names that are there twice, and texts from numbers written as they are.
    """
    try:
        return b"%d %s" % (len(record), _SORTED(_ANY(record)))
    except _REFUSED:
        return record


def _parts(names: tuple[str, ...]) -> Callable[[bytes], Any]:
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
    decode, values = msgspec.json.Decoder(glimpse).decode, msgspec.structs.astuple
    return lambda record: values(decode(record))
