"""A JSON text that is no record (a vendor's answer) as plain Python values: exactly, or refused."""

from typing import Any

from connector_sdk.decode.numbers import exact_decimal
from connector_sdk.decode.problems import MismatchError, problem
from connector_sdk.decode.strict import json_reader, read_json


def parse_plain(text: bytes) -> Any:
    """Return what one JSON text says: whole numbers of any size as int, all others as Decimal.

    `-0` is a Decimal, so that its sign is kept. Raises RecordError (json-malformed, json-duplicate-key,
    json-depth, number-out-of-range) for what is not JSON or cannot be held.
    """
    try:
        # Looking for depth first would take longer than all the rest, in answers of megabytes.
        return read_json(text, None, _PLAIN)
    except MismatchError as mismatch:
        raise problem(mismatch.code, mismatch.what) from None


_PLAIN = json_reader(exact_decimal)
