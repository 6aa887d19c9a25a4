"""Keys are equal as bytes exactly where they are equal as values."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_sdk.decode import Decoder, canonical_key, encode_record, key_of
from connector_sdk.schema import Field, FieldType, Schema
from tests.decode.samples import VALUES


def _keyed(**kinds: FieldType) -> Schema:
    fields = (
        *(Field(name=name, type=kind) for name, kind in kinds.items()),
        Field(name="z", type=FieldType.JSON),
    )
    return Schema(fields=fields, key=tuple(reversed(kinds)))


def _key(schema: Schema, **values: Any) -> bytes:
    (record,) = Decoder(schema).decode_page([encode_record({**values, "z": 0}, schema)])
    return key_of(schema)(record)


def test_a_key_is_a_json_array_in_the_keys_order() -> None:
    schema = _keyed(site=FieldType.INTEGER, subject=FieldType.STRING)
    assert _key(schema, site=7, subject="001") == b'["001",7]'
    assert _key(_keyed(id=FieldType.STRING), id="é") == '["é"]'.encode()
    assert _key(_keyed(id=FieldType.DATE), id=dt.date(2026, 1, 2)) == b'["2026-01-02"]'


@pytest.mark.parametrize("text", ["1", "1.0", "1E0", "100e-2", "0.1E1"])
def test_equal_numbers_have_one_key(text: str) -> None:
    schema = _keyed(id=FieldType.DECIMAL)
    (record,) = Decoder(schema).decode_page([b'{"id":%s,"z":0}' % text.encode()])
    assert key_of(schema)(record) == b"[1]"


def test_floats_have_the_keys_of_the_numbers_they_are() -> None:
    schema = _keyed(id=FieldType.FLOAT)
    keys = [_key(schema, id=value) for value in (1.0, -0.0, 0.5, 1e22, 1e300)]
    assert keys == [b"[1]", b"[0]", b"[0.5]", b"[10000000000000000000000]", b"[1E+300]"]


def test_a_moment_has_one_key_whatever_its_offset() -> None:
    schema = _keyed(id=FieldType.DATETIME)
    moment = dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.UTC)
    offsets = [dt.timezone(dt.timedelta(hours=hours)) for hours in (-5, 0, 14)]
    assert {_key(schema, id=moment.astimezone(offset)) for offset in offsets} == {b'["2026-03-29T01:30:00Z"]'}
    first = dt.datetime(1, 1, 1, tzinfo=offsets[2])
    assert _key(schema, id=first) == b'["0001-01-01T00:00:00+14:00"]'


KEYS = [kind for kind in FieldType if kind is not FieldType.JSON]


@pytest.mark.req("G3")
@given(st.data(), st.sampled_from(KEYS))
def test_keys_are_equal_exactly_where_values_are(data: st.DataObject, kind: FieldType) -> None:
    schema = _keyed(id=kind, other=FieldType.STRING)
    one, two = data.draw(VALUES[kind]), data.draw(VALUES[kind])
    keys = [_key(schema, id=value, other="x") for value in (one, two)]
    assert (keys[0] == keys[1]) == (one == two)
    assert len(json.loads(keys[0])) == 2


@pytest.mark.parametrize("digits", [40, 41, 42, 60])
def test_whole_numbers_have_one_key_however_long(digits: int) -> None:
    for number in (10**digits, 10**digits - 1, 12 * 10 ** (digits - 1)):
        assert canonical_key([number]) == canonical_key([Decimal(number)])
        assert canonical_key([number]) == canonical_key([Decimal(f"{number}.00")])


@given(st.decimals(allow_nan=False, allow_infinity=False), st.integers(0, 60))
def test_zeros_at_the_end_do_not_count(value: Decimal, zeros: int) -> None:
    sign, digits, exponent = value.as_tuple()
    longer = Decimal((sign, (*digits, *[0] * zeros), int(exponent) - zeros))
    assert canonical_key([longer]) == canonical_key([value])
    if value == value.to_integral_value() and abs(value) < 10**60:
        assert canonical_key([int(value)]) == canonical_key([value])


def test_no_key_is_an_empty_one() -> None:
    schema = Schema(fields=(Field(name="z", type=FieldType.STRING),))
    (record,) = Decoder(schema).decode_page([b'{"z":"a"}'])
    assert key_of(schema)(record) == b"[]"
