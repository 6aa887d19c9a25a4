"""What cannot be held exactly is refused: code, field and place named, the neighbours untouched."""

import datetime as dt
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any

import msgspec
import pytest

from connector_sdk.decode import Decoder, encode_record
from connector_sdk.decode.strict import MAX_BYTES
from connector_sdk.errors import RecordError
from connector_sdk.schema import Field, FieldType, Schema
from tests.decode.samples import one

X = FieldType


def _id(value: Any) -> str:
    """Name a case; some values are too long, or beyond what Python turns into text."""
    if type(value) is int:
        return f"{value.bit_length()}bits"
    # The worker processes of a parallel run must agree on names: a Raw says its address otherwise.
    return ascii(bytes(value) if isinstance(value, msgspec.Raw) else value)[:40]


REFUSED: list[tuple[FieldType, bytes, str, str]] = [
    (X.STRING, b'{"x":"a"', "json-malformed", "byte 8"),
    (X.STRING, b'{"x":"\xc3\xa9\xff"}', "json-malformed", "byte 8 is not UTF-8"),
    (X.STRING, '{"x":"é" "y"}'.encode(), "json-malformed", "byte 10"),
    (X.STRING, b'\xef\xbb\xbf{"x":"a"}', "json-malformed", "byte 0"),
    (X.STRING, b'{"x":"a"}{"x":"b"}', "json-malformed", "byte 9"),
    (X.STRING, b'{"x":"\\ud83d\\ude00 \\ud800"}', "json-malformed", "byte 19 is half of a surrogate pair"),
    (X.STRING, b'{"x":"a\x01"}', "json-malformed", "byte 7"),
    (X.STRING, b"", "json-malformed", "byte 0"),
    (X.FLOAT, b'{"x":NaN}', "json-malformed", "byte 5"),
    (X.DECIMAL, b'{"x": -Infinity}', "json-malformed", "byte 6"),
    (X.JSON, b'{"x":["NaN",NaN]}', "json-malformed", "byte 12"),
    (X.JSON, b'{"x":["\xff"]}', "json-malformed", "byte 7 is not UTF-8"),
    (X.STRING, b'["a"]', "json-not-object", "not an object"),
    (X.STRING, b"null", "json-not-object", "not an object"),
    (X.STRING, b'{"x":"a", "x" :"b"}', "json-duplicate-key", "field 'x' (byte 10)"),
    (X.STRING, b'{"x":"a","\\u0078":"b"}', "json-duplicate-key", "field 'x' (byte 9)"),
    (X.JSON, b'{"x":[{"k":1},{"k":1,"l":{"m":1,"m":2}}]}', "json-duplicate-key", "field 'm' (byte 32)"),
    (X.JSON, b'{"x":' + b"[" * 64 + b"]" * 64 + b"}", "json-depth", "64 levels"),
    (X.JSON, b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "json-depth", "64 levels"),
    (X.STRING, b'{"x":' + b'[{"a":' * 100_000, "json-depth", "64 levels"),
    (X.STRING, b'{"x":"' + b"a" * MAX_BYTES + b'"}', "record-too-large", str(MAX_BYTES)),
    (X.STRING, b"{}", "field-missing", "field 'x' is absent"),
    (X.STRING, b'{"x":null}', "field-null", "field 'x' (byte 5)"),
    (X.JSON, b'{"x":null}', "field-null", "field 'x' (byte 5)"),
    (X.STRING, b'{"x":"a","y":1}', "field-unknown", "field 'y' (byte 13)"),
    (X.STRING, b'{"x":5}', "field-type", "expected text, found a number"),
    (X.INTEGER, b'{"x":"5"}', "field-type", "expected an integer, found text"),
    (X.INTEGER, b'{"x":1.0}', "field-type", "fraction or exponent"),
    (X.INTEGER, b'{"x":1e3}', "field-type", "fraction or exponent"),
    (X.INTEGER, b'{"x":true}', "field-type", "found a boolean"),
    (X.DECIMAL, b'{"x":"NaN"}', "field-type", "expected a number, found text"),
    (X.DECIMAL, b'{"x":"1.5"}', "field-type", "expected a number, found text"),
    (X.FLOAT, b'{"x":[1]}', "field-type", "found an array"),
    (X.BOOLEAN, b'{"x":1}', "field-type", "expected true or false"),
    (X.DATE, b'{"x":20260101}', "field-type", "expected a date in a text"),
    (X.INTEGER, b'{"x":9223372036854775808}', "number-out-of-range", "64 bits"),
    (X.INTEGER, b'{"x":-9223372036854775809}', "number-out-of-range", "64 bits"),
    (X.INTEGER, b'{"x":' + b"9" * 5000 + b"}", "number-out-of-range", "64 bits"),
    (X.DECIMAL, b'{"x":' + b"9" * 4301 + b"}", "number-out-of-range", "4300 digits"),
    (X.DECIMAL, b'{"x":1E99999999999999999999}', "number-out-of-range", "exponent"),
    (X.FLOAT, b'{"x":0.10000000000000001}', "number-inexact", "digits"),
    (X.FLOAT, b'{"x":9007199254740993}', "number-inexact", "digits"),
    (X.FLOAT, b'{"x":1e999}', "number-inexact", "digits"),
    (X.FLOAT, b'{"x":1e-999}', "number-inexact", "digits"),
    (X.FLOAT, b'{"x":' + b"9" * 400 + b"}", "number-inexact", "digits"),
    (X.DATE, b'{"x":"2026-01-01T00:00:00Z"}', "time-format", "RFC 3339"),
    (X.DATE, b'{"x":"2025-02-29"}', "time-format", "RFC 3339"),
    (X.DATE, b'{"x":"10000-01-01"}', "time-format", "RFC 3339"),
    (X.TIME, b'{"x":"24:00:00"}', "time-format", "RFC 3339"),
    (X.DATETIME, b'{"x":"2016-12-31T23:59:60Z"}', "time-format", "RFC 3339"),
    (X.DATETIME, b'{"x":"2026-01-01T00:00Z"}', "time-format", "RFC 3339"),
    (X.TIME, b'{"x":"12:00:00Z"}', "time-zone", "has no offset"),
    (X.DATETIME, b'{"x":"2026-01-01T00:00:00"}', "time-zone", "needs an offset"),
    (X.LOCAL_DATETIME, b'{"x":"2026-01-01T00:00:00Z"}', "time-zone", "has no offset"),
    (X.DATETIME, b'{"x":"2026-01-01T00:00:00.1234567Z"}', "time-precision", "microsecond"),
    (X.DATETIME, b'{"x":"2026-01-01T00:00:00.123456000001Z"}', "time-precision", "microsecond"),
    (X.TIME, b'{"x":"00:00:00.9999999"}', "time-precision", "microsecond"),
    (X.LOCAL_DATETIME, b'{"x":"2026-01-01T00:00:00\\u002e0000001"}', "time-precision", "microsecond"),
]


@pytest.mark.req("G1", "A11-5", "A11-4.8")
@pytest.mark.parametrize(("kind", "text", "code", "said"), REFUSED, ids=_id)
def test_one_bad_record_is_one_error(kind: FieldType, text: bytes, code: str, said: str) -> None:
    values = {
        X.BOOLEAN: b"true",
        X.DATE: b'"2026-01-01"',
        X.TIME: b'"12:00:00"',
        X.DATETIME: b'"2026-01-01T00:00:00Z"',
        X.LOCAL_DATETIME: b'"2026-01-01T00:00:00"',
        X.STRING: b'"a"',
    }
    good = b'{"x":' + values.get(kind, b"1") + b"}"
    before, bad, after = Decoder(one("x", kind)).decode_page([good, text, good])
    assert isinstance(bad, RecordError)
    assert (bad.code, said in str(bad)) == (code, True), str(bad)
    assert bad.hint
    assert before == after
    assert not isinstance(before, RecordError)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (X.DATETIME, '"2026-01-01t00:00:00z"'),
        (X.DATETIME, '"2026-01-01T00:00:00.1234560000Z"'),
        (X.DATETIME, '"2026-01-01T00:00:00-00:00"'),
        (X.DECIMAL, "1.12345678901"),
        (X.FLOAT, "1.10"),
        (X.FLOAT, "5"),
        (X.STRING, '"a\\u0000b"'),
        (X.STRING, '"\\\\\\": \\\\"'),
        (X.JSON, "[" * 63 + "]" * 63),
        (X.JSON, "9" * 5000),
        (X.JSON, '{"a":{"k":1},"b":{"k":1}}'),
        (X.INTEGER, "-0"),
    ],
)
def test_what_loses_nothing_is_accepted(kind: FieldType, text: str) -> None:
    (record,) = Decoder(one("x", kind)).decode_page([b'{"x":%s}' % text.encode()])
    assert not isinstance(record, RecordError), str(record)


@pytest.mark.parametrize("name", ["x", 'qu"ote', "back\\slash", "line\nbreak", "é"])
def test_the_key_can_be_neither_null_nor_absent(name: str) -> None:
    field = Field(name=name, type=X.STRING, nullable=True, optional=True)
    schema = Schema(fields=(field,), key=(name,))
    null = msgspec.json.encode({name: None})
    found = Decoder(schema).decode_page([null, b"{}", msgspec.json.encode({name: "1"})])
    assert [getattr(each, "code", "") for each in found] == ["field-null", "field-missing", ""]
    for values, code in (({name: None}, "field-null"), ({}, "field-missing")):
        with pytest.raises(RecordError) as caught:
            encode_record(values, schema)
        assert caught.value.code == code


def test_new_fields_are_reported_by_name_and_left_out() -> None:
    schema = one("x", X.STRING)
    decoder = Decoder(schema, new_fields="report")
    texts = [b'{"x":"1","new":{"secret":1}}', b'{"x":"2","odd\\"":null,"new":null}', b'{"x":"3"}']
    bad = [b'{"x":"4","new":1,"new":2}', b'{"x":"5","new":{"k":1,"k":2}}', b'{"x":"6","new":NaN}']
    for _ in range(3):
        found = decoder.decode_page(texts + bad)
        assert found[:3] == Decoder(schema).decode_page([b'{"x":"1"}', b'{"x":"2"}', b'{"x":"3"}'])
        codes = [each.code for each in found[3:]]
        assert codes == ["json-duplicate-key", "json-duplicate-key", "json-malformed"]
        assert decoder.new_fields == {"new", 'odd"'}


def test_names_of_new_fields_take_bounded_memory() -> None:
    decoder = Decoder(one("x", X.STRING), new_fields="report")
    texts = [b'{"x":"1","%d":1,"%s":1}' % (index, b"n" * 300) for index in range(1500)]
    assert not any(isinstance(record, RecordError) for record in decoder.decode_page(texts))
    assert len(decoder.new_fields) == 1000
    assert max(map(len, decoder.new_fields)) == 200


def test_a_callers_decimal_context_changes_nothing() -> None:
    with localcontext() as context:
        context.traps[InvalidOperation] = False
        context.prec = 3
        found = Decoder(one("x", X.DECIMAL)).decode_page([b'{"x":1E99999999999999999999}', b'{"x":1.2345}'])
    assert [getattr(each, "code", "") for each in found] == ["number-out-of-range", ""]
    assert found[1].f0 == Decimal("1.2345")


def test_an_empty_page_has_no_records() -> None:
    assert Decoder(one("x", X.JSON, nullable=True)).decode_page([]) == []


ODD = dt.timezone(dt.timedelta(seconds=3601))


@pytest.mark.req("A11-4.8")
@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        (X.STRING, 5, "field-type"),
        (X.STRING, b"x", "field-type"),
        (X.STRING, None, "field-null"),
        (X.STRING, "\ud800", "text-not-unicode"),
        (X.JSON, ["\ud800"], "text-not-unicode"),
        (X.INTEGER, True, "field-type"),
        (X.INTEGER, 1.0, "field-type"),
        (X.INTEGER, 2**63, "number-out-of-range"),
        (X.DECIMAL, 1.5, "field-type"),
        (X.DECIMAL, "1.5", "field-type"),
        (X.DECIMAL, True, "field-type"),
        (X.DECIMAL, Decimal("NaN"), "number-out-of-range"),
        (X.DECIMAL, Decimal("sNaN"), "number-out-of-range"),
        (X.DECIMAL, Decimal("-Infinity"), "number-out-of-range"),
        (X.DECIMAL, 10**4300, "number-out-of-range"),
        (X.FLOAT, float("nan"), "number-out-of-range"),
        (X.FLOAT, float("inf"), "number-out-of-range"),
        (X.FLOAT, Decimal("1.5"), "field-type"),
        (X.FLOAT, 2**53 + 1, "number-inexact"),
        (X.BOOLEAN, 1, "field-type"),
        (X.DATE, "2026-01-01", "field-type"),
        (X.DATE, dt.datetime(2026, 1, 1), "field-type"),  # noqa: DTZ001  # without a zone on purpose
        (X.TIME, dt.time(1, tzinfo=dt.UTC), "time-zone"),
        (X.DATETIME, dt.datetime(2026, 1, 1), "time-zone"),  # noqa: DTZ001  # without a zone on purpose
        (X.DATETIME, dt.datetime(2026, 1, 1, tzinfo=ODD), "time-zone"),
        (X.DATETIME, "2026-01-01T00:00:00Z", "field-type"),
        (X.LOCAL_DATETIME, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "time-zone"),
        (X.JSON, None, "field-null"),
        (X.JSON, msgspec.Raw(b" null"), "field-null"),
        (X.JSON, float("nan"), "number-out-of-range"),
        (X.JSON, [Decimal("NaN")], "number-out-of-range"),
        (X.JSON, {1: 2}, "field-type"),
        (X.JSON, {"a": dt.date(2026, 1, 1)}, "field-type"),
        (X.JSON, {"a": {1, 2}}, "field-type"),
        (X.JSON, msgspec.Raw(b'{"k":1,"k":2}'), "json-duplicate-key"),
        (X.JSON, msgspec.Raw(b"NaN"), "json-malformed"),
        (X.JSON, msgspec.Raw(b"[" * 64 + b"]" * 64), "json-depth"),
    ],
    ids=_id,
)
def test_values_that_cannot_be_held_are_not_written(kind: FieldType, value: Any, code: str) -> None:
    with pytest.raises(RecordError) as caught:
        encode_record({"x": value}, one("x", kind))
    assert caught.value.code == code
    assert "field 'x'" in str(caught.value)


def test_a_value_that_nests_too_deeply_is_not_written() -> None:
    value: list[Any] = []
    for _ in range(63):
        value = [value]
    with pytest.raises(RecordError) as caught:
        encode_record({"x": value}, one("x", X.JSON))
    assert caught.value.code == "json-depth"
    encode_record({"x": value[0]}, one("x", X.JSON))


def test_unknown_names_are_not_written() -> None:
    for name in ("x", 'qu"ote'):
        with pytest.raises(RecordError) as caught:
            encode_record({name: "a", "y": "b"}, one(name, X.STRING))
        assert caught.value.code == "field-unknown"
