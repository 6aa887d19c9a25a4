"""Keys as people write them, turned into keys as the ledger knows them."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from connector_sdk.errors import ConfigurationError

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)")


def candidates(key: str) -> list[bytes]:
    """Return the keys that a text may stand for, each once.

    A JSON array stands for itself; anything else is a text and, where it has that form, also a number. A
    moment with an offset is also tried as what it is: the same moment in UTC.

    Raises ConfigurationError for an array that is not JSON, and for text that is not Unicode.
    """
    from connector_sdk.decode import canonical_key  # msgspec

    try:
        return list(dict.fromkeys(canonical_key(values) for values in _readings(key)))
    except UnicodeEncodeError:
        raise _malformed("the key is not Unicode") from None


def _readings(key: str) -> Iterator[list[Any]]:
    if key.lstrip().startswith("["):
        values = _parse(key)
        yield values
    else:
        values = [key]
        yield values
        if _NUMBER.fullmatch(key):
            yield [_number(key)]
    yield [_moment(value) for value in values]


def _parse(key: str) -> list[Any]:
    try:
        values: list[Any] = json.loads(key, parse_int=_number, parse_float=_number, parse_constant=_refuse)
    except (ValueError, RecursionError, InvalidOperation):
        raise _malformed("the key begins as a JSON array but is none") from None
    return values


def _number(text: str) -> Decimal:
    return Decimal(text)


def _moment(value: Any) -> Any:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return value
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return value


def _refuse(_text: str) -> NoReturn:
    raise ValueError


def _malformed(message: str) -> ConfigurationError:
    return ConfigurationError(
        message,
        code="key-malformed",
        hint="""write an array as ["01-701-1015", 3], in single quotes for the shell""",
        location="--key",
    )
