"""Plain values out of JSON: every digit, or a refusal."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_sdk.decode import parse_plain
from connector_sdk.errors import RecordError

NUMBERS = st.integers() | st.decimals(allow_nan=False, allow_infinity=False)
PLAIN = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)


@given(PLAIN)
def test_what_was_written_is_read(value: Any) -> None:
    text = msgspec.json.Encoder(decimal_format="number").encode(value)
    assert _spelled(parse_plain(text)) == _spelled(value)


def _spelled(value: Any) -> Any:
    """Tell 1.0 from 1.00 and from 1, which Python calls equal; a whole Decimal is an int in JSON."""
    if isinstance(value, dict):
        return {name: _spelled(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_spelled(part) for part in value]
    if (
        isinstance(value, Decimal)
        and value.as_tuple().exponent == 0
        and not (value == 0 and value.is_signed())
    ):
        return int(value)
    return str(value) if isinstance(value, Decimal) else value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"123456789012345678901234567890", 123456789012345678901234567890),
        (b"0.1000000000000000055511151231257827", Decimal("0.1000000000000000055511151231257827")),
        (b"1.10", Decimal("1.10")),
        (b"1E5", Decimal("1E+5")),
        (b"-0", Decimal("-0")),
    ],
)
def test_numbers_keep_their_digits(text: bytes, value: Any) -> None:
    found = parse_plain(text)
    assert (type(found), str(found)) == (type(value), str(value))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b'{"a": 1, "a": 1}', "json-duplicate-key"),
        (b'[{"b": {"a": 1, "a": 2}}]', "json-duplicate-key"),
        (b"[NaN]", "json-malformed"),
        (b"[-Infinity]", "json-malformed"),
        (b"<html>", "json-malformed"),
        (b'{"a": 1', "json-malformed"),
        (b'"\\ud800"', "json-malformed"),
        (b'"\xff"', "json-malformed"),
        (b"", "json-malformed"),
        (b"[" * 100_000 + b"]" * 100_000, "json-depth"),
        (b'{"a":' * 100_000, "json-depth"),
        (b"[" + b"1" * 4301 + b"]", "number-out-of-range"),
        (b"1e99999999999999999999", "number-out-of-range"),
    ],
)
def test_what_cannot_be_held_is_refused(text: bytes, code: str) -> None:
    with pytest.raises(RecordError) as refused:
        parse_plain(text)
    assert refused.value.code == code
