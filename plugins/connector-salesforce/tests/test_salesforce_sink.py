"""Records written into the simulated org: once each, and each with its own outcome."""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from connector_salesforce.api import Api
from connector_salesforce.sink import ObjectSink
from msgspec import UNSET

from connector_sdk.connector import APPLIED, Batch, Call, Disposition, Mode, Outcome, WritePolicy
from connector_sdk.errors import (
    ConfigurationError,
    ConnectorError,
    ContractError,
    IncompleteResponseError,
    InvalidInputError,
    UnavailableError,
)
from connector_sdk.schema import Field, FieldType, Schema

UPSERT = "PATCH /services/data/{version}/composite/sobjects/{name}/{field}"
ROWS = "composite/sobjects"
LOST: list[dict[str, Any]] = [{"close": "after"}, {"close": "before"}, {"status": 503}, {"cut": 5}]
Rows = Sequence[Mapping[str, Any]]


def _schema(*fields: tuple[str, FieldType], key: Sequence[str] = ("Ext_Id__c",)) -> Schema:
    parts = (("Ext_Id__c", FieldType.STRING), ("LastName", FieldType.STRING), *fields)
    made = (Field(name=name, type=kind, nullable=name not in key, optional=True) for name, kind in parts)
    return Schema(fields=tuple(made), key=tuple(key))


def _batch(schema: Schema, rows: Rows) -> Batch:
    kind = msgspec.defstruct("Row", [(f"f{index}", Any) for index in range(len(schema.fields))])
    return Batch(
        pipeline="p",
        partition="0",
        epoch=1,
        seq=1,
        schema=schema,
        payloads=[b"{}"] * len(rows),
        records=[kind(*(row.get(name, UNSET) for name in schema.names)) for row in rows],
        versions=range(len(rows)),
    )


def _ready(connect: Any, call: Call, schema: Schema, *, omit_nulls: bool = False) -> ObjectSink:
    sink: ObjectSink = connect().sink("Contact")
    sink.prepare(call, schema, WritePolicy(omit_nulls=omit_nulls))
    return sink


def _write(
    connect: Any, call: Call, rows: Sequence[Mapping[str, Any]], *fields: Any, **how: Any
) -> list[Outcome]:
    schema = _schema(*fields)
    return list(_ready(connect, call, schema, **how).write(call, _batch(schema, rows)))


def _row(org: Any, key: str) -> Mapping[str, Any]:
    (found,) = (row for row in org.store.tables["Contact"].rows.values() if row["Ext_Id__c"] == key)
    return found  # type: ignore[no-any-return]


def _rows(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [{"Ext_Id__c": f"N{number}", "LastName": f"L{number}"} for number in range(start, start + count)]


@pytest.mark.req("G2")
def test_records_are_created_once_and_then_updated(org: Any, connect: Any, call: Call) -> None:
    rows = _rows(3)
    for name in ("L0", "L0", "Other"):
        rows[0]["LastName"] = name
        assert _write(connect, call, rows) == [APPLIED] * 3
        assert _row(org, "N0")["LastName"] == name
    assert len(org.store.tables["Contact"].rows) == 53


def test_a_call_has_200_records_at_most(org: Any, connect: Any, call: Call) -> None:
    assert _write(connect, call, _rows(401)) == [APPLIED] * 401
    assert org.requests[UPSERT] == 3


@pytest.mark.req("G3")
def test_a_key_that_is_there_twice_is_sent_in_order(org: Any, connect: Any, call: Call) -> None:
    rows = [
        {"Ext_Id__c": "K1", "LastName": "first"},
        {"Ext_Id__c": "K2", "LastName": "only"},
        {"Ext_Id__c": "k1", "LastName": "second"},
        {"Ext_Id__c": "K1", "LastName": "third"},
    ]
    assert _write(connect, call, rows) == [APPLIED] * 4
    assert org.requests[UPSERT] == 3
    assert "third" in {row["LastName"] for row in org.store.tables["Contact"].rows.values()}
    assert "first" not in {row["LastName"] for row in org.store.tables["Contact"].rows.values()}


@pytest.mark.parametrize("key", ["a/b", "a b?c=d&e", "Ünï%2F", "../x", "'; DELETE"])
def test_sf25_a_key_may_hold_anything(org: Any, connect: Any, call: Call, key: str) -> None:
    assert _write(connect, call, [{"Ext_Id__c": key, "LastName": "x"}]) == [APPLIED]
    assert _row(org, key)["LastName"] == "x"


def test_values_arrive_as_they_are(org: Any, connect: Any, call: Call) -> None:
    moment = dt.datetime(2026, 3, 1, 12, 0, 5, tzinfo=dt.timezone(dt.timedelta(hours=5)))
    row = {
        "Ext_Id__c": "V",
        "LastName": "null",
        "Hcp_Fee__c": Decimal("12345678901234.10"),
        "Birthdate": dt.date(1980, 2, 29),
        "Last_Call__c": moment,
        "HasOptedOutOfEmail": True,
        "Description": "two\nlines — “ß”",
    }
    kinds = (
        ("Hcp_Fee__c", FieldType.DECIMAL),
        ("Birthdate", FieldType.DATE),
        ("Last_Call__c", FieldType.DATETIME),
        ("HasOptedOutOfEmail", FieldType.BOOLEAN),
        ("Description", FieldType.STRING),
    )
    assert _write(connect, call, [row], *kinds) == [APPLIED]
    stored = _row(org, "V")
    assert {name: stored[name] for name in row} == row


def test_sf07_null_is_set_or_left_out_and_absent_is_left_alone(org: Any, connect: Any, call: Call) -> None:
    phone = ("Phone", FieldType.STRING)
    title = ("Title", FieldType.STRING)
    full = {"Ext_Id__c": "P", "LastName": "x", "Phone": "5", "Title": "Dr"}
    for how, row, left in (
        ({}, {"Phone": None}, (None, "Dr")),
        ({"omit_nulls": True}, {"Phone": None}, ("5", "Dr")),
        ({}, {"Title": None}, ("5", None)),
    ):
        _write(connect, call, [full], phone, title)
        rows = [{"Ext_Id__c": "P", "LastName": "x", **row}]
        assert _write(connect, call, rows, phone, title, **how) == [APPLIED]
        assert (_row(org, "P")["Phone"], _row(org, "P")["Title"]) == left


def test_a_refused_record_is_told_by_code_and_field_and_the_others_are_written(
    org: Any, connect: Any, call: Call
) -> None:
    rows = _rows(3)
    rows[1]["LastName"] = "Ada" * 40
    first, second, third = _write(connect, call, rows)
    assert (first, third) == (APPLIED, APPLIED)
    assert (second.disposition, second.code) == (Disposition.DEAD_LETTERED, "salesforce:STRING_TOO_LONG")
    assert "LastName" in second.message
    assert "Ada" not in second.message
    (alone,) = _write(connect, call, [{"Ext_Id__c": "Q", "LastName": None}])
    assert alone.code == "salesforce:REQUIRED_FIELD_MISSING"


def test_an_external_id_that_fits_several_records_is_refused(org: Any, connect: Any, call: Call) -> None:
    for _ in range(2):
        org.changes.insert("Contact", {"LastName": "x", "Ext_Id__c": "twice"})
    (outcome,) = _write(connect, call, [{"Ext_Id__c": "twice", "LastName": "y"}])
    assert outcome.disposition is Disposition.DEAD_LETTERED
    assert outcome.code.startswith("salesforce:DUPLICATE")


def test_a_value_that_spoils_its_call_is_found_and_the_others_are_written(
    org: Any, connect: Any, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector_salesforce.values.holds", lambda *_: True)
    monkeypatch.setattr("connector_salesforce.target.holds", lambda *_: True)
    rows: list[dict[str, Any]] = _rows(9)
    for row in rows:
        row["Birthdate"] = "1980-01-01"
    rows[5]["Birthdate"] = "yesterday"
    outcomes = _write(connect, call, rows, ("Birthdate", FieldType.STRING))
    assert outcomes[5].code == "salesforce:JSON_PARSER_ERROR"
    assert outcomes[:5] + outcomes[6:] == [APPLIED] * 8
    assert _row(org, "N8")["LastName"] == "L8"


@pytest.mark.parametrize(
    ("name", "kind", "value"),
    [
        ("Title", FieldType.STRING, ""),
        ("Title", FieldType.STRING, " Dr"),
        ("Title", FieldType.STRING, "Dr\n"),
        ("Hcp_Fee__c", FieldType.DECIMAL, Decimal("1.001")),
        ("Hcp_Fee__c", FieldType.FLOAT, 0.001),
        ("Last_Call__c", FieldType.DATETIME, dt.datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=dt.UTC)),
    ],
)
def test_what_salesforce_would_change_is_refused(
    org: Any, connect: Any, call: Call, name: str, kind: FieldType, value: Any
) -> None:
    rows = [{"Ext_Id__c": "A", "LastName": "x", name: value}, {"Ext_Id__c": "B", "LastName": "x"}]
    refused, written = _write(connect, call, rows, (name, kind))
    assert (refused.code, written) == ("salesforce-value-unfit", APPLIED)
    assert name in refused.message


def test_what_it_keeps_is_not_refused(org: Any, connect: Any, call: Call) -> None:
    fee = ("Hcp_Fee__c", FieldType.DECIMAL)
    for value in (Decimal("1.100"), Decimal("1E+2"), Decimal("0.000"), 5, Decimal("-0.01")):
        assert _write(connect, call, [{"Ext_Id__c": "A", "LastName": "x", fee[0]: value}], fee) == [APPLIED]
        assert _row(org, "A")["Hcp_Fee__c"] == value


def test_an_integer_wider_than_the_field_is_refused(org: Any, connect: Any, call: Call) -> None:
    schema = Schema(
        fields=(
            Field(name="Ext_Id__c", type=FieldType.STRING),
            Field(name="Name", type=FieldType.STRING),
            Field(name="NumberOfEmployees", type=FieldType.INTEGER),
        ),
        key=("Ext_Id__c",),
    )
    sink = connect().sink("Account")
    sink.prepare(call, schema, WritePolicy())
    numbers = (2**31 - 1, 2**31)
    rows = [{"Ext_Id__c": f"E{n}", "Name": "x", "NumberOfEmployees": n} for n in numbers]
    fits, refused = sink.write(call, _batch(schema, rows))
    assert (fits, refused.code) == (APPLIED, "salesforce-value-unfit")


def test_locked_rows_are_sent_again_and_only_they(
    org: Any, connect: Any, call: Call, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    upsert = Api.upsert

    def counted(api: Api, name: str, key: str, records: Any) -> Any:
        sent.append(len(records))
        return upsert(api, name, key, records)

    monkeypatch.setattr(Api, "upsert", counted)
    org.fault({"path": ROWS}, row_error={"at": [1], "statusCode": "UNABLE_TO_LOCK_ROW"})
    assert _write(connect, call, _rows(3)) == [APPLIED] * 3
    assert sent == [3, 1]
    assert len(org.store.tables["Contact"].rows) == 53
    assert clock.slept == [1.0]


def test_rows_that_stay_locked_park_the_run_and_the_batch_may_come_again(
    org: Any, connect: Any, call: Call
) -> None:
    org.fault({"path": ROWS}, row_error={"at": [0], "statusCode": "UNABLE_TO_LOCK_ROW"}, times=4)
    with pytest.raises(UnavailableError) as parked:
        _write(connect, call, _rows(3))
    assert (parked.value.code, parked.value.exit_code) == ("salesforce:UNABLE_TO_LOCK_ROW", 75)
    assert _write(connect, call, _rows(3)) == [APPLIED] * 3
    assert len(org.store.tables["Contact"].rows) == 53


@pytest.mark.req("G2")
@pytest.mark.parametrize("fault", LOST, ids=str)
def test_a_call_whose_answer_was_lost_is_repeated_without_harm(
    org: Any, connect: Any, call: Call, fault: Any
) -> None:
    org.fault({"path": ROWS}, times=2, **fault)
    assert _write(connect, call, _rows(3)) == [APPLIED] * 3
    assert len(org.store.tables["Contact"].rows) == 53


@pytest.mark.parametrize("body", ["[]", "{}", '[{"success": true}]', "[1, 2, 3]"])
def test_results_that_do_not_add_up_are_no_outcome(org: Any, connect: Any, call: Call, body: str) -> None:
    org.fault({"path": ROWS}, status=200, body=body)
    with pytest.raises(IncompleteResponseError) as refused:
        _write(connect, call, _rows(3))
    assert refused.value.code == "salesforce-results-missing"


def test_a_result_of_an_unknown_form_is_a_refusal(org: Any, connect: Any, call: Call) -> None:
    org.fault({"path": ROWS}, status=200, body='[{"success": "true"}]')
    (outcome,) = _write(connect, call, _rows(1))
    assert (outcome.disposition, outcome.code) == (Disposition.DEAD_LETTERED, "salesforce:UNKNOWN")


def test_another_refusal_of_the_whole_call_ends_the_run(org: Any, connect: Any, call: Call) -> None:
    org.fault({"path": ROWS}, status=400, body='[{"errorCode": "INVALID_TYPE", "message": "x"}]')
    with pytest.raises(InvalidInputError):
        _write(connect, call, _rows(1))


def _check(
    connect: Any, call: Call, schema: Schema, write: WritePolicy, name: str = "Contact"
) -> ConnectorError:
    with pytest.raises(ConnectorError) as refused:
        connect().sink(name).check(call, schema, write)
    return refused.value


def test_fields_that_do_not_fit_are_all_named_before_anything_is_written(
    org: Any, connect: Any, call: Call
) -> None:
    schema = _schema(
        ("Nope__c", FieldType.STRING),
        ("Region__c", FieldType.STRING),
        ("CreatedDate", FieldType.DATETIME),
        ("Birthdate", FieldType.STRING),
        ("MailingAddress", FieldType.JSON),
    )
    error = _check(connect, call, schema, WritePolicy())
    assert (type(error), error.code) == (ContractError, "salesforce-fields-unfit")
    for told in (
        "Nope__c does not exist for this user",
        "Region__c is a formula",
        "CreatedDate may not be written",
        "Birthdate is date there and string here",
        "MailingAddress may not be written",
    ):
        assert told in str(error)
    assert UPSERT not in org.requests


@pytest.mark.parametrize("key", [("LastName",), (), ("Ext_Id__c", "LastName")])
def test_the_key_must_be_one_external_id(org: Any, connect: Any, call: Call, key: Sequence[str]) -> None:
    error = _check(connect, call, _schema(key=key), WritePolicy())
    assert (type(error), error.code) == (ContractError, "salesforce-external-id")


def test_salesforces_own_ids_are_no_external_ids(org: Any, connect: Any, call: Call) -> None:
    schema = Schema(fields=(Field(name="Id", type=FieldType.STRING),), key=("Id",))
    error = _check(connect, call, schema, WritePolicy())
    assert error.code in {"salesforce-external-id", "salesforce-fields-unfit"}


@pytest.mark.parametrize("mode", [Mode.INSERT, Mode.UPDATE, Mode.APPEND])
def test_other_modes_are_refused(org: Any, connect: Any, call: Call, mode: Mode) -> None:
    error = _check(connect, call, _schema(), WritePolicy(mode=mode))
    assert (type(error), error.code) == (ConfigurationError, "salesforce-write-mode")


def test_an_object_that_is_not_there_is_refused(org: Any, connect: Any, call: Call) -> None:
    assert _check(connect, call, _schema(), WritePolicy(), "Kontakt").code == "salesforce-object-unknown"


def test_a_key_that_ignores_case_is_told(
    org: Any, connect: Any, call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        connect().sink("Contact").check(call, _schema(), WritePolicy())
    assert "Ext_Id__c" in caplog.text
