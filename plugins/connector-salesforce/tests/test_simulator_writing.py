"""The simulated org as its writers see it: rows, external ids, collections and what is refused."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from connector_salesforce.simulator import SalesforceSimulator

from connector_sdk.testing import Answer, Caller

API = "/services/data/v67.0"
LAB = f"{API}/composite/sobjects/Lab_Result__c/Result_Key__c"


@pytest.fixture
def sim() -> Iterator[SalesforceSimulator]:
    with SalesforceSimulator(seed=3, records=20) as simulator:
        yield simulator


@pytest.fixture
def caller(sim: SalesforceSimulator) -> Iterator[Caller]:
    with Caller(sim.url) as caller:
        form = {"grant_type": "client_credentials", **sim.config}
        token = caller.ask("POST", "/services/oauth2/token", body=urlencode(form)).json()
        caller.headers["Authorization"] = f"Bearer {token['access_token']}"
        yield caller


def error(answer: Answer) -> tuple[int, str, list[str] | None]:
    """Return status, code and fields of a refusal, an array of one."""
    (found,) = answer.json()
    return answer.status, found["errorCode"], found.get("fields")


def result(key: str, code: str = "ALT", **more: Any) -> dict[str, Any]:
    """Return a lab result for a collection."""
    return {"attributes": {"type": "Lab_Result__c"}, "Result_Key__c": key, "Test_Code__c": code, **more}


def upserted(caller: Caller, *records: dict[str, Any], together: bool = False) -> list[dict[str, Any]]:
    """Upsert a collection and return what is said of each row."""
    answer = caller.ask("PATCH", LAB, json={"allOrNone": together, "records": records})
    assert answer.status == 200
    return list(answer.json())


def codes(results: list[dict[str, Any]]) -> list[str]:
    """Return each row's code, empty where it went well."""
    return [each["errors"][0]["statusCode"] if each["errors"] else "" for each in results]


def test_a_row_is_created_read_changed_and_deleted(caller: Caller) -> None:
    created = caller.ask("POST", f"{API}/sobjects/Contact/", json={"LastName": "Dorlund", "FirstName": ""})
    assert created.status == 201
    key = created.json()["id"]
    assert created.json() == {"id": key, "success": True, "errors": []}
    path = f"{API}/sobjects/Contact/{key}"
    row = caller.ask("GET", path).json()
    assert (row["Name"], row["FirstName"], row["HasOptedOutOfEmail"]) == ("Dorlund", None, False)
    changed = caller.ask("PATCH", path, json={"FirstName": "Élin", "MailingCountry": "Norway"})
    assert (changed.status, changed.body) == (204, b"")
    shown = caller.ask("GET", path, query={"fields": "Name,Region__c"}).json()
    assert (shown["Name"], shown["Region__c"]) == ("Élin Dorlund", "No")
    assert caller.ask("DELETE", path).status == 204
    assert error(caller.ask("DELETE", path))[:2] == (404, "ENTITY_IS_DELETED")


@pytest.mark.parametrize(
    ("values", "code", "fields"),
    [
        ({}, "REQUIRED_FIELD_MISSING", ["LastName"]),
        ({"LastName": "x" * 81}, "STRING_TOO_LONG", ["LastName"]),
        ({"LastName": "x", "Nope": 1}, "INVALID_FIELD", ["Nope"]),
        ({"LastName": "x", "SystemModstamp": None}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["SystemModstamp"]),
        ({"LastName": "x", "Region__c": "N"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["Region__c"]),
        ({"LastName": "x", "Email": "nobody"}, "INVALID_EMAIL_ADDRESS", ["Email"]),
        ({"LastName": "x", "AccountId": "001"}, "MALFORMED_ID", ["AccountId"]),
        ({"LastName": "x", "AccountId": "001Sm00000zzzzz"}, "INVALID_CROSS_REFERENCE_KEY", ["AccountId"]),
        ({"LastName": "x", "Hcp_Fee__c": 10**14}, "NUMBER_OUTSIDE_VALID_RANGE", ["Hcp_Fee__c"]),
        ({"LastName": "x", "HasOptedOutOfEmail": None}, "INVALID_TYPE_ON_FIELD_IN_RECORD", []),
        ({"LastName": 7}, "JSON_PARSER_ERROR", None),
        ({"LastName": "x", "Hcp_Fee__c": "much"}, "JSON_PARSER_ERROR", None),
        ({"LastName": "x", "Birthdate": "1.2.1980"}, "JSON_PARSER_ERROR", None),
        ({"LastName": "x", "Last_Call__c": "2026-03-29T01:30:00"}, "JSON_PARSER_ERROR", None),
        ({"LastName": "x", "HasOptedOutOfEmail": "yes"}, "JSON_PARSER_ERROR", None),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused(
    sim: SalesforceSimulator, caller: Caller, values: dict[str, Any], code: str, fields: list[str] | None
) -> None:
    assert error(caller.ask("POST", f"{API}/sobjects/Contact", json=values)) == (400, code, fields)
    assert len(sim.store.tables["Contact"].rows) == 20


def test_a_body_that_is_no_object_is_refused(caller: Caller) -> None:
    path = f"{API}/sobjects/Contact"
    json = {"Content-Type": "application/json"}
    assert error(caller.ask("POST", path, body=b"{", headers=json))[:2] == (400, "JSON_PARSER_ERROR")
    assert error(caller.ask("POST", path, json=[]))[:2] == (400, "JSON_PARSER_ERROR")
    assert error(caller.ask("POST", path, body=b"LastName=x"))[:2] == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert error(caller.ask("POST", f"{API}/sobjects/Organization", json={}))[1].startswith("CANNOT_INSERT")


def test_a_restricted_picklist_and_a_unique_field_are_watched(caller: Caller) -> None:
    path = f"{API}/sobjects/Lab_Result__c"
    row = {"Test_Code__c": "ALT", "Result_Key__c": "K/1"}
    refused = error(caller.ask("POST", path, json={**row, "Status__c": "Maybe"}))
    assert refused == (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["Status__c"])
    assert caller.ask("POST", path, json=row).status == 201
    assert error(caller.ask("POST", path, json={**row, "Result_Key__c": "k/1"}))[1] == "DUPLICATE_VALUE"


def test_an_upsert_creates_then_changes_by_a_key_that_needs_encoding(caller: Caller) -> None:
    path = f"{API}/sobjects/Contact/Ext_Id__c/{quote('A/1 ü%', safe='')}"
    first = caller.ask("PATCH", path, json={"LastName": "Halmar"})
    second = caller.ask("PATCH", path, json={"Title": "Médecin"})
    assert (first.status, second.status) == (201, 200)
    assert (first.json()["created"], second.json()["created"]) == (True, False)
    assert first.json()["id"] == second.json()["id"]
    assert caller.ask("GET", path).json()["Title"] == "Médecin"
    old = caller.ask("PATCH", path.replace("v67.0", "v45.0"), json={"Title": None})
    assert (old.status, old.body) == (204, b"")
    assert error(caller.ask("PATCH", path, json={"Ext_Id__c": "A"}))[1] == "INVALID_FIELD"
    assert error(caller.ask("PATCH", path.replace("Ext_Id__c", "Title"), json={}))[:2] == (404, "NOT_FOUND")
    assert caller.ask("DELETE", path).status == 204
    assert error(caller.ask("GET", path))[:2] == (404, "NOT_FOUND")


def test_a_row_is_found_by_the_external_id_it_has_now(caller: Caller) -> None:
    base = f"{API}/sobjects/Contact"
    key = caller.ask("PATCH", f"{base}/Ext_Id__c/before", json={"LastName": "Halmar"}).json()["id"]
    assert caller.ask("PATCH", f"{base}/{key}", json={"Ext_Id__c": "after"}).status == 204
    assert caller.ask("PATCH", f"{base}/Ext_Id__c/after", json={}).json()["id"] == key
    assert caller.ask("PATCH", f"{base}/Ext_Id__c/before", json={"LastName": "Other"}).status == 201


def test_several_matches_are_listed_and_nothing_is_written(sim: SalesforceSimulator, caller: Caller) -> None:
    keys = [sim.changes.insert("Contact", {"LastName": name, "Ext_Id__c": "T"}) for name in ("One", "Two")]
    answer = caller.ask("PATCH", f"{API}/sobjects/Contact/Ext_Id__c/t", json={"Title": "x"})
    assert (answer.status, answer.json()) == (300, [f"{API}/sobjects/Contact/{key}" for key in keys])
    assert all(sim.store.tables["Contact"].rows[key]["Title"] is None for key in keys)


def test_a_collection_is_answered_row_by_row_in_order(sim: SalesforceSimulator, caller: Caller) -> None:
    answer = upserted(
        caller,
        result("A", Value__c=Decimal("1.250000")),
        result("B", "x" * 21),
        result("C", Nope="x"),
        result(""),
        {**result("D"), "attributes": {"type": "Contact"}},
        result("E"),
    )
    assert codes(answer) == ["", "STRING_TOO_LONG", "INVALID_FIELD", "MISSING_ARGUMENT", "INVALID_TYPE", ""]
    assert [each["created"] for each in answer] == [True, False, False, False, False, True]
    again = upserted(caller, result("E"), result("F"))
    assert [each["created"] for each in again] == [False, True]
    assert again[0]["id"] == answer[5]["id"]
    row = sim.store.tables["Lab_Result__c"].rows[answer[0]["id"]]
    assert row["Value__c"] == Decimal("1.25")


def test_an_external_id_twice_in_one_call_fails_both_rows(caller: Caller) -> None:
    assert codes(upserted(caller, result("A"), result("B"), result("a"))) == [
        "DUPLICATE_VALUE",
        "",
        "DUPLICATE_VALUE",
    ]


def test_all_or_none_undoes_what_went_well(sim: SalesforceSimulator, caller: Caller) -> None:
    before = dict(sim.store.tables["Lab_Result__c"].rows)
    answer = upserted(caller, result("A"), result("B", "x" * 21), together=True)
    assert codes(answer) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "STRING_TOO_LONG"]
    assert sim.store.tables["Lab_Result__c"].rows == before
    assert [each["created"] for each in upserted(caller, result("A"))] == [True]


def test_a_value_of_the_wrong_type_refuses_the_whole_collection(
    sim: SalesforceSimulator, caller: Caller
) -> None:
    before = dict(sim.store.tables["Lab_Result__c"].rows)
    answer = caller.ask("PATCH", LAB, json={"records": [result("A"), result("B", Value__c="much")]})
    assert error(answer)[:2] == (400, "JSON_PARSER_ERROR")
    assert sim.store.tables["Lab_Result__c"].rows == before


def test_more_than_200_rows_are_refused(caller: Caller) -> None:
    records = [result(f"K{number}") for number in range(201)]
    assert error(caller.ask("PATCH", LAB, json={"records": records}))[1] == "EXCEEDED_ID_LIMIT"
    assert codes(upserted(caller, *records[:200])) == [""] * 200
    assert error(caller.ask("PATCH", LAB, json={"records": "all"}))[1] == "INVALID_INPUT"


def test_rows_are_created_changed_read_and_deleted_together(caller: Caller) -> None:
    every = f"{API}/composite/sobjects"
    records = [
        {"attributes": {"type": "Account"}, "Name": "Lund Clinic"},
        {"attributes": {"type": "Contact"}, "LastName": "Lund"},
        {"LastName": "without a type"},
    ]
    created = caller.ask("POST", every, json={"records": records}).json()
    assert codes(created) == ["", "", "INVALID_INPUT"]
    account, contact = created[0]["id"], created[1]["id"]
    changes = [
        {"attributes": {"type": "Contact"}, "id": contact, "AccountId": account},
        {"attributes": {"type": "Contact"}, "LastName": "without an id"},
    ]
    assert codes(caller.ask("PATCH", every, json={"records": changes}).json()) == ["", "MISSING_ARGUMENT"]
    read = {"ids": f"{contact},003Sm00000zzzzz", "fields": "LastName,AccountId"}
    first, second = caller.ask("GET", f"{every}/Contact", query=read).json()
    assert (first["LastName"], first["AccountId"], second) == ("Lund", account, None)
    asked = {"ids": [contact], "fields": ["LastName"]}
    assert caller.ask("POST", f"{every}/Contact", json=asked).json()[0]["LastName"] == "Lund"
    gone = caller.ask("DELETE", every, query={"ids": f"{contact},{account},x", "allOrNone": "false"}).json()
    assert codes(gone) == ["", "", "MALFORMED_ID"]


def test_a_scripted_fault_refuses_the_rows_it_names(sim: SalesforceSimulator, caller: Caller) -> None:
    sim.fault({"method": "PATCH"}, row_error={"at": [1], "statusCode": "UNABLE_TO_LOCK_ROW"})
    assert codes(upserted(caller, result("A"), result("B"), result("C"))) == ["", "UNABLE_TO_LOCK_ROW", ""]
    assert codes(upserted(caller, result("B"))) == [""]
    sim.fault({"method": "POST"}, row_error={})
    answer = caller.ask("POST", f"{API}/sobjects/Contact", json={"LastName": "x"})
    assert error(answer)[1] == "UNABLE_TO_LOCK_ROW"


def test_a_write_whose_answer_is_lost_is_there(sim: SalesforceSimulator, caller: Caller) -> None:
    sim.fault({"path": "Result_Key__c"}, close="after")
    with pytest.raises(OSError):
        upserted(caller, result("A"))
    assert [each["created"] for each in upserted(caller, result("A"))] == [False]


def test_another_process_writes_rows_that_commit_late(caller: Caller) -> None:
    late = {"object": "Contact", "values": {"LastName": "Late"}, "modified": "2025-05-03T04:05:06Z"}
    key = caller.ask("POST", "/_simulator/rows", json=late).json()["id"]
    row = caller.ask("GET", f"{API}/sobjects/Contact/{key}").json()
    assert row["SystemModstamp"] == "2025-05-03T04:05:06.000+0000"
    change = {"object": "Contact", "id": key, "values": {"Title": "x"}}
    assert caller.ask("POST", "/_simulator/rows", json=change).status == 200
    assert caller.ask("POST", "/_simulator/rows", json={**change, "values": {"Nope": 1}}).status == 400
    assert (
        caller.ask("POST", "/_simulator/rows", json={"object": "Contact", "id": key, "purge": True}).status
        == 200
    )
    assert caller.ask("GET", f"{API}/sobjects/Contact/{key}").status == 404
