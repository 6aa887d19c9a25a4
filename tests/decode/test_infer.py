"""The schema inferred is exactly what was seen."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_sdk.decode import Decoder, infer_schema
from connector_sdk.decode.infer import _Seen
from connector_sdk.errors import RecordError
from connector_sdk.schema import Field, FieldType
from tests.decode.samples import PLAIN

X = FieldType


def _field(*texts: bytes) -> Field:
    """Infer the field `x`."""
    return infer_schema([texts])["x"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([b'"a"', b'"12"'], X.STRING),
        ([b"1", b"-9223372036854775808", b"9223372036854775807"], X.INTEGER),
        ([b"1", b"9223372036854775808"], X.DECIMAL),
        ([b"1", b"9" * 5000], X.DECIMAL),
        ([b"1", b"-0"], X.DECIMAL),
        ([b"1", b"1.0"], X.DECIMAL),
        ([b"1e999"], X.DECIMAL),
        ([b"true", b"false"], X.BOOLEAN),
        ([b"true", b"1"], X.JSON),
        ([b"1", b'"1"'], X.JSON),
        ([b"{}"], X.JSON),
        ([b"[1]", b'"a"'], X.JSON),
    ],
)
def test_types_seen(values: list[bytes], kind: FieldType) -> None:
    texts = [b'{"x":%s}' % value for value in values]
    assert _field(*texts) == Field(name="x", type=kind)
    assert _field(*texts, b'{"x":null}') == Field(name="x", type=kind, nullable=True)
    assert _field(*texts, b"{}") == Field(name="x", type=kind, optional=True)


def test_what_is_only_ever_null_is_json() -> None:
    assert _field(b'{"x":null}') == Field(name="x", type=X.JSON, nullable=True, unseen=True)
    assert not _field(b'{"x":null}', b'{"x":[]}').unseen


def test_fields_stand_in_the_order_of_first_appearance() -> None:
    schema = infer_schema([[b'{"b":1}'], [b'{"c":1,"a":2}', b'{"b":1,"c":1}']])
    assert schema.names == ("b", "c", "a")
    assert all(field.optional for field in schema.fields)


def test_fields_of_the_key_are_neither_null_nor_absent() -> None:
    schema = infer_schema([[b'{"id":null}', b"{}", b'{"id":"1"}']], key=("id",))
    assert schema.fields == (Field(name="id", type=X.STRING),)
    assert schema.key == ("id",)


@pytest.mark.parametrize(
    "text",
    [
        b'{"x":1,"x":2,"y":1}',
        b'{"y":',
        b'["y"]',
        b'{"y":NaN}',
        b'{"y":{"k":1,"k":2}}',
        b'{"y":"\\ud800"}',
        b'{"y":"\xff"}',
    ],
)
def test_texts_that_are_no_records_do_not_count(text: bytes) -> None:
    assert infer_schema([[b'{"x":"a"}', text]]).fields == (Field(name="x", type=X.STRING),)


def test_nothing_seen_is_no_fields() -> None:
    assert infer_schema([]).fields == ()
    assert infer_schema([[], [b"{}"]]).fields == ()


@pytest.mark.req("A11-5")
@given(st.lists(st.dictionaries(st.sampled_from(["a", "b", "c", 'q"']), PLAIN), max_size=6), st.randoms())
def test_every_record_fits_and_nothing_is_permitted_in_vain(
    records: list[dict[str, Any]], random: Any
) -> None:
    texts = [json.dumps(record).encode() for record in records]
    schema = infer_schema([texts[:2], texts[2:]])
    assert not any(isinstance(each, RecordError) for each in Decoder(schema).decode_page(texts))
    for field in schema.fields:
        held = [record[field.name] for record in records if field.name in record]
        assert field.optional == (len(held) < len(records))
        assert field.nullable == (None in held)
    shuffled = infer_schema([random.sample(texts, len(texts))])
    assert sorted(shuffled.fields, key=lambda field: field.name) == sorted(
        schema.fields, key=lambda field: field.name
    )


def test_memory_does_not_grow_with_the_shapes_seen() -> None:
    seen = _Seen()
    held = []
    for start in range(2**17, 2**17 + 12_000, 100):
        seen.page([_shape(number) for number in range(start, start + 100)])
        held.append(len(seen._shapes))
    assert max(held) <= 1000
    assert len(seen.schema(()).fields) == 15


def _shape(number: int) -> bytes:
    """Write a record that has a field for each bit set."""
    bits = (bit for bit in range(number.bit_length()) if number >> bit & 1)
    return b"{%s}" % b",".join(b'"f%d":1' % bit for bit in bits)


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        ([b'{"a":1}'] * 3 + [b'{"a":"x"}'], FieldType.INTEGER),
        ([b'{"a":1}', b'{"a":1.5}', b'{"a":"x"}'], FieldType.DECIMAL),
        ([b'{"a":"x"}'] * 2 + [b'{"a":{}}', b'{"a":null}'], FieldType.STRING),
        ([b'{"a":{}}'] * 2 + [b'{"a":"x"}'], FieldType.JSON),
        ([b'{"a":null}'], FieldType.JSON),
    ],
)
def test_what_is_usual_is_what_most_records_hold(texts: list[bytes], kind: FieldType) -> None:
    assert infer_schema([texts], usual=True)["a"].type is kind
    mixed = infer_schema([texts])["a"].type
    assert mixed is FieldType.JSON
