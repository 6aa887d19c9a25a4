"""What goes through text comes out as it went in."""

import ast
import datetime as dt
import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_sdk.decode import Decoder, encode_record, encoder
from connector_sdk.errors import RecordError
from connector_sdk.schema import UNSET, FieldType, Maybe, Record, Schema, schema_of
from tests.decode.samples import PLAIN, expected_of, one, schemas_and_rows, spelled, values_of


def _json_read(schema: Schema, values: dict[str, str]) -> dict[str, Any]:
    """Read the values of JSON fields: how their text is spelled is ours to choose when we write it."""
    read: dict[str, Any] = dict(values)
    for name, text in values.items():
        if schema[name].type is FieldType.JSON and text.startswith("json "):
            read[name] = json.loads(ast.literal_eval(text.removeprefix("json ")))
    return read


@pytest.mark.req("A11-4.8")
@given(schemas_and_rows())
def test_decoding_gives_what_was_encoded(sample: tuple[Schema, list[dict[str, Any]]]) -> None:
    schema, rows = sample
    texts = [encode_record(row, schema) for row in rows]
    records = Decoder(schema).decode_page(texts)
    for row, text, record in zip(rows, texts, records, strict=True):
        assert not isinstance(record, Exception), record
        found = _json_read(schema, values_of(schema, record))
        assert found == _json_read(schema, expected_of(schema, row))
        assert list(json.loads(text)) == [name for name in schema.names if name in row]
        assert encode_record(record, schema) == text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("-0", FieldType.DECIMAL),
        ("-0.00", FieldType.DECIMAL),
        ("1E+3", FieldType.DECIMAL),
        ("1.10", FieldType.DECIMAL),
        ("0.1000000000000000055511151231257827", FieldType.DECIMAL),
        ("9" * 40, FieldType.DECIMAL),
        ("9" * 4300, FieldType.DECIMAL),
        (str(2**63), FieldType.DECIMAL),
        ("-0.0", FieldType.FLOAT),
        ("5e-324", FieldType.FLOAT),
        ("1e22", FieldType.FLOAT),
        ("9223372036854775807", FieldType.INTEGER),
        ("-9223372036854775808", FieldType.INTEGER),
        ('"2026-03-29T01:30:00.000001+05:45"', FieldType.DATETIME),
        ('"0001-01-01T00:00:00+10:00"', FieldType.DATETIME),
        ('"9999-12-31T23:59:59.999999Z"', FieldType.DATETIME),
        ('{"b":1,"a":[1.10,null]}', FieldType.JSON),
    ],
)
def test_the_text_itself_comes_back(text: str, kind: FieldType) -> None:
    schema = one("x", kind)
    payload = b'{"x":' + text.encode() + b"}"
    (record,) = Decoder(schema).decode_page([payload])
    assert encode_record(record, schema) == payload


def test_minus_zero_keeps_its_sign() -> None:
    for kind, value in ((FieldType.DECIMAL, Decimal("-0")), (FieldType.FLOAT, -0.0)):
        records = Decoder(one("x", kind)).decode_page([b'{"x":-0}', b'{"x": -0 }', b'{"x":0}'])
        assert [spelled(record.f0) for record in records[:2]] == [spelled(value)] * 2
        assert spelled(records[2].f0) == spelled(0 if kind is FieldType.DECIMAL else 0.0)


def test_null_is_not_absent() -> None:
    for kind in FieldType:
        schema = one("x", kind, nullable=True, optional=True)
        null, absent = Decoder(schema).decode_page([b'{"x":null}', b"{}"])
        assert null.f0 is None
        assert absent.f0 is UNSET
        assert encode_record(null, schema) == b'{"x":null}'
        assert encode_record(absent, schema) == b"{}"


def test_absent_may_be_said_with_unset() -> None:
    schema = one("x", FieldType.JSON, optional=True)
    assert encode_record({"x": UNSET}, schema) == b"{}"


def test_an_authors_record_is_written_by_its_names() -> None:
    class Visit(Record, rename={"taken": "taken-at"}):
        id: str
        taken: dt.datetime
        note: Maybe[str] = UNSET
        tags: list[str]

    visit = Visit(id="001", taken=dt.datetime(2026, 1, 2, tzinfo=dt.UTC), tags=["a", "é"])
    text = '{"id":"001","taken-at":"2026-01-02T00:00:00Z","tags":["a","é"]}'
    assert encode_record(visit, schema_of(Visit)) == text.encode()


def test_what_is_no_record_is_the_authors_mistake() -> None:
    with pytest.raises(TypeError, match="a record is a mapping or a struct, not int"):
        encode_record(5, one("x", FieldType.STRING))


@given(st.one_of(st.binary(max_size=20), PLAIN.map(lambda value: json.dumps(value).encode())))
def test_json_that_is_given_as_text_is_kept_or_refused(raw: bytes) -> None:
    encode = encoder(one("x", FieldType.JSON, nullable=True))
    try:
        json.loads(raw.decode())
    except ValueError:
        with pytest.raises(RecordError) as caught:
            encode({"x": msgspec.Raw(raw)})
        assert caught.value.code == "json-malformed"
    else:
        assert encode({"x": msgspec.Raw(raw)}) == b'{"x":' + raw + b"}"
