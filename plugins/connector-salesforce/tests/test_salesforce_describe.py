"""From describe to a schema, from rows to records: every value exactly, or a refusal."""

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from connector_salesforce import moments
from connector_salesforce.describe import SObject, read_describe, schema_of
from connector_salesforce.rows import RowReader
from hypothesis import given
from hypothesis import strategies as st

from connector_sdk.connector import Unreadable
from connector_sdk.decode import Decoder, parse_plain
from connector_sdk.errors import ConfigurationError, ContractError, IncompleteResponseError
from connector_sdk.schema import Field, FieldType, Schema


def _described(*fields: tuple[str, str] | dict[str, Any], queryable: bool = True) -> SObject:
    parts = [
        {"name": each[0], "type": each[1]} if isinstance(each, tuple) else each
        for each in (("Id", "id"), ("SystemModstamp", "datetime"), *fields)
    ]
    usual = {"nillable": True, "createable": True, "updateable": True}
    return read_describe(
        {"name": "Visit__c", "queryable": queryable, "fields": [{**usual, **part} for part in parts]}
    )


KINDS = {
    "string": FieldType.STRING,
    "reference": FieldType.STRING,
    "picklist": FieldType.STRING,
    "multipicklist": FieldType.STRING,
    "textarea": FieldType.STRING,
    "email": FieldType.STRING,
    "encryptedstring": FieldType.STRING,
    "boolean": FieldType.BOOLEAN,
    "int": FieldType.INTEGER,
    "long": FieldType.INTEGER,
    "double": FieldType.DECIMAL,
    "currency": FieldType.DECIMAL,
    "percent": FieldType.DECIMAL,
    "date": FieldType.DATE,
    "datetime": FieldType.DATETIME,
    "time": FieldType.TIME,
    "anyType": FieldType.JSON,
}


@pytest.mark.parametrize(("kind", "type_"), KINDS.items())
def test_types_are_those_of_describe(kind: str, type_: FieldType) -> None:
    schema = schema_of(_described(("X__c", kind)))
    assert schema["X__c"] == Field(name="X__c", type=type_, nullable=True)
    assert (schema.key, schema.cursor) == (("Id",), "SystemModstamp")


@pytest.mark.parametrize("kind", ["address", "location", "base64", "complexvalue", "something-new"])
def test_sf10_what_repeats_its_parts_or_is_no_value_is_left_out(kind: str) -> None:
    described = _described(("X__c", kind))
    assert "X__c" not in schema_of(described)
    with pytest.raises(ConfigurationError) as refused:
        schema_of(described, ["X__c"])
    assert refused.value.code == "salesforce-field-unreadable"


def test_nillable_is_nullable() -> None:
    part = {"name": "X__c", "type": "string", "nillable": False}
    assert not schema_of(_described(part))["X__c"].nullable


def test_named_fields_are_read_with_key_and_cursor() -> None:
    described = _described(("A__c", "string"), ("B__c", "string"))
    assert schema_of(described, ["B__c"]).names == ("Id", "SystemModstamp", "B__c")


def test_a_named_field_that_is_gone_is_a_contract_difference() -> None:
    described = _described(("A__c", "string"))
    with pytest.raises(ContractError, match="B__c") as refused:
        schema_of(described, ["A__c", "B__c"])
    assert refused.value.code == "salesforce-field-missing"
    assert schema_of(described, ["A__c", "B__c"], lenient=True).names == ("Id", "SystemModstamp", "A__c")


def test_what_has_no_cursor_is_not_read() -> None:
    usual = {"nillable": True, "createable": True, "updateable": True}
    bare = read_describe({"name": "X", "queryable": True, "fields": [{"name": "Id", "type": "id", **usual}]})
    for described in (bare, _described(queryable=False)):
        with pytest.raises(ConfigurationError) as refused:
            schema_of(described)
        assert refused.value.code == "salesforce-object-unreadable"


@pytest.mark.parametrize("document", [None, [], {}, {"name": "X", "queryable": True, "fields": [{}]}])
def test_what_is_no_description_is_refused(document: Any) -> None:
    with pytest.raises(IncompleteResponseError) as refused:
        read_describe(document)
    assert refused.value.code == "salesforce-answer"


SCHEMA = Schema(
    fields=(
        Field(name="Id", type=FieldType.STRING),
        Field(name="Text", type=FieldType.STRING, nullable=True),
        Field(name="Number", type=FieldType.DECIMAL, nullable=True),
        Field(name="Count", type=FieldType.INTEGER, nullable=True),
        Field(name="At", type=FieldType.DATETIME, nullable=True),
        Field(name="On", type=FieldType.DATE, nullable=True),
        Field(name="Time", type=FieldType.TIME, nullable=True),
        Field(name="Any", type=FieldType.JSON, nullable=True),
    ),
    key=("Id",),
)


def _record(**values: Any) -> Any:
    """Read a row as it came over the wire, and decode the record that was made of it."""
    row = dict.fromkeys(SCHEMA.names) | {"attributes": {"type": "X", "url": "/x"}, "Id": "1", **values}
    text = msgspec.json.Encoder(decimal_format="number").encode(row)
    record = RowReader(SCHEMA).record(parse_plain(text))
    if isinstance(record, Unreadable):
        return record
    (decoded,) = Decoder(SCHEMA).decode_page([record])
    return dict(zip(SCHEMA.names, msgspec.structs.astuple(decoded), strict=True))


@pytest.mark.parametrize("text", ["null", "N/A", "NA", "None", "#N/A", "", " ", "007", "1e5", "\0", "𝒳\n\"'"])
def test_sf07_texts_that_look_like_nothing_are_texts(text: str) -> None:
    assert _record(Text=text)["Text"] == text
    assert _record(Text=None)["Text"] is None


@given(st.integers() | st.decimals(allow_nan=False, allow_infinity=False))
def test_numbers_keep_every_digit(number: int | Decimal) -> None:
    found = _record(Number=number)["Number"]
    assert found == number
    if isinstance(number, Decimal) and isinstance(found, Decimal):
        assert str(found) == str(number)


def test_a_whole_number_wider_than_64_bits_is_refused_where_an_integer_is_declared() -> None:
    assert _record(Count=2**63 - 1)["Count"] == 2**63 - 1
    assert _record(Count=2**63).code == "number-out-of-range"
    assert _record(Count=Decimal("1.5")).code == "field-type"


@given(st.datetimes(timezones=st.just(UTC) | st.just(timezone(timedelta(hours=5, minutes=30)))))
def test_moments_are_read_in_each_spelling(moment: datetime) -> None:
    spelled = moment.isoformat()
    for text in (spelled, spelled[:-3] + spelled[-2:]):
        assert moments.moment(text) == moment
        assert _record(At=text)["At"] == moment


def test_the_spelling_of_rest_is_read() -> None:
    assert moments.moment("2024-07-24T14:05:58.000+0000").isoformat() == "2024-07-24T14:05:58+00:00"
    assert moments.moment("2024-07-24T14:05:58Z").isoformat() == "2024-07-24T14:05:58+00:00"
    assert _record(On="2024-02-29")["On"] == date(2024, 2, 29)
    assert _record(Time="14:05:58.120Z")["Time"] == time(14, 5, 58, 120000)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("At", "2024-07-24T14:05:58"),
        ("At", "2024-07-24T14:05:58.1234567Z"),
        ("At", "2023-02-29T00:00:00Z"),
        ("At", "2024-07-24 14:05:58Z"),
        ("On", "2024-7-4"),
        ("On", "2024-07-24T00:00:00Z"),
        ("Time", "14:05"),
        ("Time", "25:00:00Z"),
    ],
)
def test_other_spellings_are_refused_record_by_record(name: str, text: str) -> None:
    refused = _record(**{name: text})
    assert (refused.code, text in refused.message) == ("time-format", False)
    assert name in refused.message
    assert json.loads(refused.raw)[name] == text


def test_a_value_of_another_type_is_refused_with_the_field_and_without_the_value() -> None:
    refused = _record(Number="Ada")
    assert (refused.code, "Number" in refused.message, "Ada" in refused.message) == (
        "field-type",
        True,
        False,
    )


def test_a_field_that_is_not_in_the_row_is_missed_and_one_too_many_is_not_read() -> None:
    row = dict.fromkeys(SCHEMA.names) | {"Id": "1", "Owner": {"attributes": {}, "Name": "x"}}
    assert isinstance(RowReader(SCHEMA).record(row), bytes)
    del row["Text"]
    refused = RowReader(SCHEMA).record(row)
    assert isinstance(refused, Unreadable)
    assert refused.code == "field-missing"


def test_any_value_is_kept_as_json() -> None:
    assert json.loads(bytes(_record(Any="x")["Any"])) == "x"
    assert bytes(_record(Any=Decimal("1.10"))["Any"]) == b"1.10"
