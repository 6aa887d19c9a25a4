"""Objects read from the simulated org: incrementally, completely, and again after trouble."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from connector_salesforce.simulator import SalesforceSimulator

from connector_sdk.connector import Call, Deleted, Page, Stream
from connector_sdk.errors import (
    ConfigurationError,
    ConnectorError,
    ContractError,
    InvalidInputError,
)
from connector_sdk.schema import FieldType

QUERY = "/queryAll"
MORE = "/query/01g"


def _documents(pages: Iterator[Page]) -> tuple[list[dict[str, Any]], Any]:
    found: list[dict[str, Any]] = []
    cursor = None
    for page in pages:
        cursor = json.loads(json.dumps(page.cursor))
        found += [_document(record) for record in page.records]
    return found, cursor


def _document(record: Any) -> dict[str, Any]:
    deleted = isinstance(record, Deleted)
    document: dict[str, Any] = json.loads(record.record if deleted else record)
    assert document["IsDeleted"] == deleted
    return document


def _read(stream: Stream, call: Call, cursor: Any = None) -> tuple[list[dict[str, Any]], Any]:
    found, last = _documents(stream.read(call, cursor))
    return found, cursor if last is None else last


def _refused(stream: Stream, call: Call) -> ConnectorError:
    with pytest.raises(ConnectorError) as refused:
        _read(stream, call)
    return refused.value


def _contacts(org: SalesforceSimulator) -> list[str]:
    return sorted(org.store.tables["Contact"].rows)


@pytest.mark.req("G1")
def test_every_row_is_read_once_and_nothing_without_changes(
    org: SalesforceSimulator, connect: Any, call: Call
) -> None:
    org.settings.page_size, org.settings.random_pages = 7, True
    found, cursor = _read(connect().stream("Contact"), call)
    assert sorted(each["Id"] for each in found) == _contacts(org)
    stamps = [(each["SystemModstamp"], each["Id"]) for each in found]
    assert stamps == sorted(stamps)
    assert _read(connect().stream("Contact"), call, cursor) == ([], cursor)


def test_pages_are_windows_of_the_batch_size_or_more(
    org: SalesforceSimulator, connect: Any, call: Call
) -> None:
    call.page_size = 10
    pages = list(connect(rows_per_call=200).stream("Contact").read(call, None))
    assert [len(page.records) for page in pages] == [50]


def test_what_changed_came_or_went_is_read_and_nothing_else(
    org: SalesforceSimulator, connect: Any, call: Call
) -> None:
    _found, cursor = _read(connect().stream("Contact"), call)
    first, second, *_ = _contacts(org)
    org.changes.update("Contact", first, {"LastName": "Neu"})
    org.changes.delete("Contact", second)
    new = org.changes.insert("Contact", {"LastName": "Nouveau"})
    found, cursor = _read(connect().stream("Contact"), call, cursor)
    assert {each["Id"]: (each["LastName"], each["IsDeleted"]) for each in found if each["Id"] != second} == {
        first: ("Neu", False),
        new: ("Nouveau", False),
    }
    assert [each["IsDeleted"] for each in found if each["Id"] == second] == [True]
    assert _read(connect().stream("Contact"), call, cursor)[0] == []


@pytest.mark.req("G1")
def test_a_row_that_changes_once_more_in_the_second_in_which_it_was_read_is_read_again(
    org: SalesforceSimulator, connect: Any, call: Call
) -> None:
    key = _contacts(org)[0]
    org.clock.set(datetime(2026, 3, 1, tzinfo=UTC))
    org.changes.update("Contact", key, {"LastName": "Once"})
    _found, cursor = _read(connect().stream("Contact"), call)
    org.changes.update("Contact", key, {"LastName": "Twice"})
    found, cursor = _read(connect().stream("Contact"), call, cursor)
    assert [each["LastName"] for each in found] == ["Twice"]
    org.changes.delete("Contact", key)
    found, cursor = _read(connect().stream("Contact"), call, cursor)
    assert [each["IsDeleted"] for each in found] == [True]
    assert _read(connect().stream("Contact"), call, cursor) == ([], cursor)


def test_sf12_a_row_that_was_deleted_and_restored_comes_back(
    org: SalesforceSimulator, connect: Any, call: Call
) -> None:
    key = _contacts(org)[0]
    org.clock.set(datetime(2026, 3, 1, tzinfo=UTC))
    org.changes.delete("Contact", key)
    found, cursor = _read(connect().stream("Contact"), call)
    assert [each["Id"] for each in found if each["IsDeleted"]] == [key]
    row = dict(org.store.tables["Contact"].rows[key])
    restored = {**row, "IsDeleted": False, "SystemModstamp": row["SystemModstamp"] + timedelta(seconds=9)}
    org.store.tables["Contact"].put(restored)
    found, cursor = _read(connect().stream("Contact"), call, cursor)
    assert [(each["Id"], each["IsDeleted"]) for each in found] == [(key, False)]


def test_sf01_rows_that_commit_late_are_read(org: SalesforceSimulator, connect: Any, call: Call) -> None:
    found, cursor = _read(connect().stream("Contact"), call)
    latest = datetime.fromisoformat(max(each["SystemModstamp"] for each in found))
    late = org.changes.insert("Contact", {"LastName": "Late"}, latest - timedelta(seconds=300))
    found, cursor = _read(connect().stream("Contact"), call, cursor)
    assert [each["Id"] for each in found] == [late]
    assert _read(connect().stream("Contact"), call, cursor)[0] == []
    too_late = org.changes.insert("Contact", {"LastName": "Later"}, latest - timedelta(seconds=301))
    assert _read(connect().stream("Contact"), call, cursor)[0] == []
    found, _cursor = _read(connect(lookback=0).stream("Contact"), call)
    assert too_late in {each["Id"] for each in found}


def test_sf01_without_a_lookback_a_row_of_the_same_second_is_read(
    org: SalesforceSimulator, connect: Any, call: Call
) -> None:
    found, cursor = _read(connect(lookback=0).stream("Contact"), call)
    latest = datetime.fromisoformat(max(each["SystemModstamp"] for each in found))
    tie = org.changes.insert("Contact", {"LastName": "Tie"}, latest)
    found, cursor = _read(connect(lookback=0).stream("Contact"), call, cursor)
    assert [each["Id"] for each in found] == [tie]
    assert _read(connect(lookback=0).stream("Contact"), call, cursor)[0] == []


def test_sf03_the_first_run_begins_at_the_beginning(
    org: SalesforceSimulator, connect: Any, call: Call
) -> None:
    old = org.changes.insert("Contact", {"LastName": "Old"}, datetime(1999, 3, 1, tzinfo=UTC))
    assert _read(connect().stream("Contact"), call)[0][0]["Id"] == old


def test_ties_at_the_edge_of_a_window_are_neither_lost_nor_doubled(
    org: SalesforceSimulator, connect: Any, call: Call
) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(450):
        org.changes.insert("Lab_Result__c", {"Test_Code__c": "K", "Result_Key__c": f"T{number}"}, moment)
    call.page_size = 1
    stream = connect(rows_per_call=200).stream("Lab_Result__c")
    pages = list(stream.read(call, None))
    ids = [_document(record)["Id"] for page in pages for record in page.records]
    assert len(pages) == 3
    assert sorted(ids) == sorted(org.store.tables["Lab_Result__c"].rows)
    # A run that died after the first window goes on and ends with the same rows.
    rest = _read(connect(rows_per_call=200).stream("Lab_Result__c"), call, pages[0].cursor)[0]
    assert [_document(record)["Id"] for record in pages[0].records] + [each["Id"] for each in rest] == ids


def test_sf11_formula_fields_are_read_as_they_are_when_a_row_changes(
    org: SalesforceSimulator, connect: Any, call: Call
) -> None:
    """Their change alone moves no stamp: a full refresh brings it, as the README says."""
    schema = connect().stream("Contact").schema(call)
    assert schema["Region__c"].type is FieldType.STRING
    found, _cursor = _read(connect(fields=["Region__c", "IsDeleted"]).stream("Contact"), call)
    assert any(each["Region__c"] for each in found)


def test_the_values_are_those_of_the_org(org: SalesforceSimulator, connect: Any, call: Call) -> None:
    key = org.changes.insert(
        "Contact", {"LastName": "N/A", "FirstName": "null", "Hcp_Fee__c": 10, "Birthdate": "1980-02-29"}
    )
    found = {each["Id"]: each for each in _read(connect().stream("Contact"), call)[0]}[key]
    assert (found["LastName"], found["FirstName"], found["Email"]) == ("N/A", "null", None)
    assert found["Birthdate"] == "1980-02-29"
    assert found["SystemModstamp"].endswith("Z")
    page = next(connect().stream("Contact").read(call, None))
    record = next(bytes(each) for each in page.records if key.encode() in bytes(each))  # type: ignore[arg-type]
    assert b'"Hcp_Fee__c":10.00' in record or b'"Hcp_Fee__c":10.0' in record


def test_the_schema_is_what_describe_says(org: SalesforceSimulator, connect: Any, call: Call) -> None:
    stream = connect().stream("Contact")
    schema = stream.schema(call)
    assert stream.glance(call) == schema
    assert schema.key == ("Id",)
    assert "MailingAddress" not in schema
    assert schema["Hcp_Fee__c"].type is FieldType.DECIMAL
    assert schema["Email"].nullable
    assert not schema["LastName"].nullable


def test_a_field_that_was_hidden_is_no_null(org: SalesforceSimulator, connect: Any, call: Call) -> None:
    org.store.hide("Contact", "Email")
    assert "Email" not in connect().stream("Contact").glance(call)
    with pytest.raises(ContractError, match="Email"):
        connect(fields=["Email"]).stream("Contact").schema(call)
    assert "Email" not in connect(fields=["Email", "Phone"]).stream("Contact").glance(call)


def test_a_field_hidden_while_it_is_read_ends_the_run(
    org: SalesforceSimulator, connect: Any, call: Call
) -> None:
    stream = connect().stream("Contact")
    stream.glance(call)
    org.store.hide("Contact", "Email")
    error = _refused(stream, call)
    assert (type(error), error.code) == (InvalidInputError, "salesforce:INVALID_FIELD")
    assert "'Email'" in str(error)


def test_an_object_that_is_not_there_is_refused(org: SalesforceSimulator, connect: Any, call: Call) -> None:
    for name in ("Kontakt", "Contact; DROP", "a/b", ""):
        with pytest.raises(ConfigurationError) as refused:
            connect().stream(name).schema(call)
        assert refused.value.code == "salesforce-object-unknown"


def test_too_many_fields_for_an_address_are_refused(
    org: SalesforceSimulator, connect: Any, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector_salesforce.api.LONGEST", 100)
    assert _refused(connect().stream("Contact"), call).code == "salesforce-query-too-long"


def test_the_quota_is_read_from_every_answer(org: SalesforceSimulator, connect: Any, call: Call) -> None:
    connector = connect()
    _read(connector.stream("Contact"), call)
    assert (connector.figures.quota.used, connector.figures.quota.limit) == (2, 15000)
    org.settings.limit_header = "perapp"
    _read(connector.stream("Contact"), call)
    assert connector.figures.quota.used == 4


def test_calls_per_thousand_rows_are_few(org: SalesforceSimulator, connect: Any, call: Call) -> None:
    connector = connect()
    _read(connector.stream("Contact"), call)
    assert org.requests == {
        "POST /services/oauth2/token": 1,
        "GET /services/data/{version}/sobjects/{name}/describe": 1,
        "GET /services/data/{version}/queryAll": 1,
    }
    assert [exchange.path for exchange in connector.exchanges()] == [
        "/services/oauth2/token",
        "/services/data/v67.0/sobjects/{object}/describe",
        "/services/data/v67.0/queryAll",
    ]
