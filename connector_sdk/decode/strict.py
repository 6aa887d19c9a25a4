"""One JSON text read strictly (RFC 8259, unique keys): nothing is guessed, merged, rounded or dropped."""

import json
from collections.abc import Callable
from typing import Any, NoReturn

from connector_sdk.decode.problems import named, problem
from connector_sdk.decode.tokens import (
    MAX_DEPTH,
    constant_offset,
    lone_surrogate,
    repeated_key,
    too_deep,
)
from connector_sdk.errors import RecordError

MAX_BYTES = 16 << 20
"""16 MiB: the largest record that is read."""


class Number(str):
    """A JSON number as it is spelled."""

    __slots__ = ()


class _RepeatedKeyError(Exception):
    pass


class _ConstantError(Exception):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _RepeatedKeyError
    return members


def _refuse_constant(_: str) -> NoReturn:
    raise _ConstantError


def json_reader(number: Callable[[str], Any]) -> json.JSONDecoder:
    """Return a reader for `read_json` that makes of each number, as it is spelled, what `number` returns."""
    return json.JSONDecoder(
        object_pairs_hook=_unique, parse_int=number, parse_float=number, parse_constant=_refuse_constant
    )


_READER = json_reader(Number)


def read_object(text: bytes) -> dict[str, Any]:
    """Read one JSON object; its numbers come as `Number`.

    Raises RecordError (json-malformed, json-duplicate-key, json-depth, json-not-object, record-too-large).
    """
    if len(text) > MAX_BYTES:
        raise problem("record-too-large", f"the record has {len(text)} bytes, more than {MAX_BYTES}")
    value = read_json(text)
    if type(value) is not dict:
        raise problem("json-not-object", "the record is JSON, but not an object")
    return value


def read_json(text: bytes, depth: int | None = MAX_DEPTH, reader: json.JSONDecoder = _READER) -> Any:
    """Read one JSON text of at most `depth` levels (None: what Python bears); errors as `read_object`."""
    try:
        decoded = text.decode()
    except UnicodeDecodeError as error:
        raise _malformed("is not UTF-8", error.start) from None
    if depth is not None and too_deep(text, depth):
        raise _deep()
    try:
        value = reader.decode(decoded)
    except json.JSONDecodeError as error:
        raise _malformed("is not JSON", len(decoded[: error.pos].encode())) from None
    except _ConstantError:
        raise _malformed("is not JSON", constant_offset(text)) from None
    except _RepeatedKeyError:
        raise _repeated(text) from None
    except RecursionError:
        raise _deep() from None
    half = lone_surrogate(text)
    if half is not None:
        raise _malformed("is half of a surrogate pair", half)
    return value


def _malformed(what: str, offset: int) -> RecordError:
    return problem("json-malformed", f"what stands at byte {offset} {what}")


def _deep() -> RecordError:
    return problem("json-depth", f"arrays and objects nest more than {MAX_DEPTH} levels deep")


def _repeated(text: bytes) -> RecordError:
    found = repeated_key(text)
    where = f"{named(found[0])} (byte {found[1]})" if found else "a field"
    return problem("json-duplicate-key", f"{where} is there twice in one object")
