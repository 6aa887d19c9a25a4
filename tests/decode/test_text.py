"""Rows of text: exactly what is declared, or refused."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from connector_sdk.decode import encode_record, parse_text
from connector_sdk.errors import RecordError
from connector_sdk.schema import Field, FieldType, Schema
from tests.decode.samples import UNICODE, VALUES, one, spelled

X = FieldType


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (X.STRING, "007", "007"),
        (X.STRING, "", ""),
        (X.INTEGER, "-7", -7),
        (X.INTEGER, "9223372036854775807", 2**63 - 1),
        (X.DECIMAL, "1.10", Decimal("1.10")),
        (X.DECIMAL, "-0", Decimal("-0")),
        (X.DECIMAL, "9" * 40, 10**40 - 1),
        (X.FLOAT, "0.1", 0.1),
        (X.FLOAT, "1e-7", 1e-7),
        (X.FLOAT, "-0", -0.0),
        (X.BOOLEAN, "true", True),
        (X.DATE, "2026-01-31", dt.date(2026, 1, 31)),
        (X.TIME, "23:59:59.5", dt.time(23, 59, 59, 500_000)),
        (X.DATETIME, "2026-01-31T00:00:00Z", dt.datetime(2026, 1, 31, tzinfo=dt.UTC)),
        (X.LOCAL_DATETIME, "2026-01-31T00:00:00.0000000", dt.datetime(2026, 1, 31)),  # noqa: DTZ001  # no zone on purpose
        (X.JSON, '{"a": [1.10]}', Raw(b'{"a": [1.10]}')),
    ],
)
def test_plain_spellings_are_read(kind: FieldType, text: str, value: Any) -> None:
    row = parse_text(one("x", kind))({"x": text})
    assert spelled(row["x"]) == spelled(value)


@pytest.mark.req("A11-4.8", "A11-5")
@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *((X.INTEGER, text) for text in ["007", "+7", "1e3", "1.0", "-0", "", " 7", "٧", "1_0", str(2**63)]),
        *((X.DECIMAL, text) for text in ["007.5", "+1", ".5", "5.", "1e3", "NaN", "1,5", "", "9" * 4301]),
        *((X.FLOAT, text) for text in ["0.10000000000000001", "nan", "inf", "1e999", "", "0x1p3", "01.5"]),
        *((X.BOOLEAN, text) for text in ["TRUE", "True", "1", "yes", ""]),
        *((X.DATE, text) for text in ["31.01.2026", "2026-1-31", "2026-02-30", "2026-01-31T00:00:00Z", ""]),
        *((X.TIME, text) for text in ["24:00:00", "12:00", "12:00:00Z", "12:00:00.1234567"]),
        *((X.DATETIME, text) for text in ["2026-01-31T00:00:00", "2026-01-31", "1769817600"]),
        *((X.LOCAL_DATETIME, text) for text in ["2026-01-31T00:00:00Z", "2026-01-31T24:00:00"]),
        *((X.JSON, text) for text in ["", "NaN", "{'a': 1}", '{"k":1,"k":2}', "[1,]", "\ud800", '"\\ud800"']),
    ],
)
def test_other_spellings_are_refused(kind: FieldType, text: str) -> None:
    with pytest.raises(RecordError) as caught:
        parse_text(one("x", kind))({"x": text})
    assert caught.value.code == "text-not-exact"
    assert "field 'x'" in str(caught.value)
    assert not text.strip() or text not in str(caught.value)


def test_null_and_foreign_fields_pass_to_the_next_judge() -> None:
    schema = Schema(fields=(Field(name="a", type=X.INTEGER, nullable=True), Field(name="b", type=X.INTEGER)))
    assert parse_text(schema)({"a": None, "c": "x"}) == {"a": None, "c": "x"}


@pytest.mark.parametrize("kind", [kind for kind in FieldType if kind not in (X.JSON, X.STRING)])
@given(data=st.data())
def test_what_we_spell_is_read_back(kind: FieldType, data: st.DataObject) -> None:
    schema = one("x", kind)
    payload = encode_record({"x": data.draw(VALUES[kind])}, schema)
    text = payload[5:-1].decode().strip('"')
    try:
        row = parse_text(schema)({"x": text})
    except RecordError:
        assert kind is X.DECIMAL, text
        assert "E" in text
    else:
        assert encode_record(row, schema) == payload


@given(UNICODE)
def test_strings_pass_as_they_are(text: str) -> None:
    assert parse_text(one("x", X.STRING))({"x": text}) == {"x": text}
