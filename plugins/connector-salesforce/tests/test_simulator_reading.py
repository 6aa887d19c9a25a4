"""The simulated org as its readers see it: tokens, versions, descriptions, pages, faults."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from connector_salesforce.simulator import SalesforceSimulator
from connector_salesforce.simulator.ids import canonical, full_id

from connector_sdk.testing import Answer, Caller

API = "/services/data/v67.0"
TOKEN = "/services/oauth2/token"
EVERYTHING = "SELECT Id, SystemModstamp FROM Contact ORDER BY SystemModstamp, Id"


@pytest.fixture
def sim() -> Iterator[SalesforceSimulator]:
    with SalesforceSimulator(seed=7, records=450) as simulator:
        yield simulator


@pytest.fixture
def caller(sim: SalesforceSimulator) -> Iterator[Caller]:
    with Caller(sim.url) as caller:
        log_in(sim, caller)
        yield caller


def log_in(sim: SalesforceSimulator, caller: Caller, **other: str) -> Answer:
    """Ask for a token, and use it from now on."""
    form = {"grant_type": "client_credentials", **sim.config, **other}
    del form["base_url"]
    answer = caller.ask("POST", TOKEN, body=urlencode(form))
    if answer.status == 200:
        caller.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return answer


def query(caller: Caller, text: str, resource: str = "query") -> list[dict[str, Any]]:
    """Walk a query to its end."""
    page = caller.ask("GET", f"{API}/{resource}", query={"q": text}).json()
    records = list(page["records"])
    while not page["done"]:
        page = caller.ask("GET", page["nextRecordsUrl"]).json()
        records += page["records"]
    assert "nextRecordsUrl" not in page
    assert len(records) == page["totalSize"]
    return records


def error(answer: Answer) -> tuple[int, str]:
    """Return status and code of a refusal, an array of one."""
    (found,) = answer.json()
    return answer.status, found["errorCode"]


def test_a_token_is_given_for_credentials_in_the_body_or_in_the_header(sim: SalesforceSimulator) -> None:
    with Caller(sim.url) as caller:
        token = log_in(sim, caller).json()
        assert token["instance_url"] == sim.url
        assert token["token_type"] == "Bearer"
        assert token["id"].split("/")[-2] == sim.organization
        assert "expires_in" not in token
        pair = f"{sim.config['client_id']}:{sim.config['client_secret']}".encode()
        basic = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        assert caller.ask("POST", TOKEN, body="grant_type=client_credentials", headers=basic).status == 200


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "wrong"}, "invalid_client_id"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_wrong_credentials_are_answered_by_an_object(
    sim: SalesforceSimulator, given: dict[str, str], name: str
) -> None:
    with Caller(sim.url) as caller:
        answer = log_in(sim, caller, **given)
        assert (answer.status, answer.json()["error"]) == (400, name)
        assert error(caller.ask("GET", f"{API}/limits")) == (401, "INVALID_SESSION_ID")


def test_a_session_ends_when_told_or_left_alone(sim: SalesforceSimulator, caller: Caller) -> None:
    sim.fault({"path": "/limits"}, expire_session=True)
    assert error(caller.ask("GET", f"{API}/limits")) == (401, "INVALID_SESSION_ID")
    log_in(sim, caller)
    sim.clock.advance(7000)
    assert caller.ask("GET", f"{API}/limits").status == 200
    sim.clock.advance(7201)
    assert error(caller.ask("GET", f"{API}/limits")) == (401, "INVALID_SESSION_ID")


def test_versions_are_listed_retired_or_unknown(caller: Caller) -> None:
    listed = caller.ask("GET", "/services/data/", headers={"Authorization": ""}).json()
    assert {"label": "Summer '26", "url": API, "version": "67.0"} in listed
    assert listed[-1]["label"] == "Winter '27"
    assert error(caller.ask("GET", "/services/data/v30.0/limits")) == (410, "UNSUPPORTED_API_VERSION")
    assert error(caller.ask("GET", "/services/data/v99.0/limits")) == (404, "NOT_FOUND")
    assert error(caller.ask("GET", "/services/data/67.0/limits")) == (404, "NOT_FOUND")
    assert "deprecated" in caller.ask("GET", "/services/data/v40.0/limits").headers["Warning"]
    assert "Warning" not in caller.ask("GET", "/services/data/v41.0/limits").headers


def test_what_is_nowhere_is_told_in_the_vendors_form(caller: Caller) -> None:
    assert error(caller.ask("GET", "/services/nowhere")) == (404, "NOT_FOUND")
    assert error(caller.ask("PUT", f"{API}/limits")) == (405, "METHOD_NOT_ALLOWED")
    assert error(caller.ask("GET", f"{API}/sobjects/Nope/describe")) == (404, "NOT_FOUND")


def test_objects_and_their_fields_are_described(caller: Caller) -> None:
    names = [each["name"] for each in caller.ask("GET", f"{API}/sobjects/").json()["sobjects"]]
    assert names == ["Account", "Contact", "Lab_Result__c", "Organization", "User"]
    fields = {
        each["name"]: each for each in caller.ask("GET", f"{API}/sobjects/Contact/describe").json()["fields"]
    }
    assert (fields["Hcp_Fee__c"]["precision"], fields["Hcp_Fee__c"]["scale"]) == (16, 2)
    assert fields["Region__c"]["calculated"] is True
    assert fields["MailingCity"]["compoundFieldName"] == "MailingAddress"
    assert [each["value"] for each in fields["Salutation"]["picklistValues"]][:2] == ["Mr.", "Ms."]
    assert fields["AccountId"]["referenceTo"] == ["Account"]


def test_the_org_tells_who_it_is(sim: SalesforceSimulator, caller: Caller) -> None:
    (org,) = query(caller, "SELECT Id, IsSandbox FROM Organization")
    assert org["Id"] == sim.organization
    assert org["Id"].startswith("00D")
    assert len(org["Id"]) == 18


@pytest.mark.parametrize("random_pages", [False, True])
def test_pages_hold_every_row_once(sim: SalesforceSimulator, caller: Caller, random_pages: bool) -> None:
    sim.settings.page_size, sim.settings.random_pages = 60, random_pages
    records = query(caller, EVERYTHING)
    assert len({record["Id"] for record in records}) == 450
    assert records == sorted(records, key=lambda each: (each["SystemModstamp"], each["Id"]))
    assert sim.requests["GET /services/data/{version}/query/{locator}"] >= 7


def test_the_size_of_a_page_is_a_hint_between_200_and_2000(caller: Caller) -> None:
    for hint, size in (("batchSize=300", 300), ("batchSize=10", 200), ("nonsense", 450)):
        headers = {"Sforce-Query-Options": hint}
        answer = caller.ask("GET", f"{API}/query", query={"q": EVERYTHING}, headers=headers)
        assert len(answer.json()["records"]) == size


def test_a_page_can_be_asked_for_again_until_its_cursor_is_forgotten(
    sim: SalesforceSimulator, caller: Caller
) -> None:
    sim.settings.page_size, sim.settings.open_cursors = 200, 1
    first = caller.ask("GET", f"{API}/query", query={"q": EVERYTHING}).json()
    again = [caller.ask("GET", first["nextRecordsUrl"]).body for _ in range(2)]
    assert again[0] == again[1]
    caller.ask("GET", f"{API}/query", query={"q": EVERYTHING})
    assert error(caller.ask("GET", first["nextRecordsUrl"])) == (400, "INVALID_QUERY_LOCATOR")
    assert error(caller.ask("GET", f"{API}/query/01gnowhere-200")) == (400, "INVALID_QUERY_LOCATOR")


def test_pages_keep_what_the_query_found(sim: SalesforceSimulator, caller: Caller) -> None:
    sim.settings.page_size = 200
    first = caller.ask("GET", f"{API}/query", query={"q": EVERYTHING}).json()
    late = sim.changes.insert("Contact", {"LastName": "Late"}, datetime(2025, 5, 2, tzinfo=UTC))
    second = caller.ask("GET", first["nextRecordsUrl"]).json()
    third = caller.ask("GET", second["nextRecordsUrl"]).json()
    assert (second["totalSize"], third["totalSize"], third["done"]) == (450, 450, True)
    kept = {each["Id"] for page in (first, second, third) for each in page["records"]}
    assert len(kept) == 450
    assert {each["Id"] for each in query(caller, EVERYTHING)} - kept == {late}


def test_values_have_the_vendors_forms(sim: SalesforceSimulator, caller: Caller) -> None:
    values = {
        "LastName": "Bekdan",
        "Hcp_Fee__c": Decimal("12.50"),
        "Years_In_Practice__c": 7,
        "Birthdate": "1980-02-29",
        "Last_Call__c": "2026-03-29T03:30:00+02:00",
        "MailingCity": "Ørstad",
        "Description": "two\nlines",
    }
    key = sim.changes.insert("Contact", values, datetime(2026, 1, 2, 3, 4, 5, 678000, UTC))
    names = f"{', '.join(values)}, MailingAddress, Title, HasOptedOutOfEmail, SystemModstamp"
    answer = caller.ask("GET", f"{API}/query", query={"q": f"SELECT {names} FROM Contact WHERE Id = '{key}'"})
    assert b'"Hcp_Fee__c":12.5,"Years_In_Practice__c":7.0,' in answer.body
    (record,) = answer.json()["records"]
    assert record.pop("attributes") == {"type": "Contact", "url": f"{API}/sobjects/Contact/{key}"}
    assert record.pop("MailingAddress")["city"] == "Ørstad"
    assert record == {
        **values,
        "Last_Call__c": "2026-03-29T01:30:00.000+0000",
        "Title": None,
        "HasOptedOutOfEmail": False,
        "SystemModstamp": "2026-01-02T03:04:05.000+0000",
    }


def test_a_count_has_no_records(caller: Caller) -> None:
    answer = caller.ask("GET", f"{API}/query/", query={"q": "SELECT COUNT() FROM Contact"})
    assert answer.json() == {"totalSize": 450, "done": True, "records": []}


def test_a_field_can_be_hidden_and_renamed(sim: SalesforceSimulator, caller: Caller) -> None:
    hide = {"object": "Contact", "field": "Title", "hidden": True}
    assert caller.ask("POST", "/_simulator/fields", json=hide).status == 200
    described = caller.ask("GET", f"{API}/sobjects/Contact/describe").json()["fields"]
    assert "Title" not in {each["name"] for each in described}
    for text in ("SELECT Title FROM Contact", "SELECT Id FROM Contact WHERE Title = 'x'"):
        assert error(caller.ask("GET", f"{API}/query", query={"q": text})) == (400, "INVALID_FIELD")
    caller.ask("POST", "/_simulator/fields", json={**hide, "hidden": False})
    titles = [each["Title"] for each in query(caller, "SELECT Title FROM Contact ORDER BY Id")]
    rename = {"object": "Contact", "field": "Title", "rename": "Job__c"}
    assert caller.ask("POST", "/_simulator/fields", json=rename).status == 200
    assert [each["Job__c"] for each in query(caller, "SELECT Job__c FROM Contact ORDER BY Id")] == titles
    assert caller.ask("POST", "/_simulator/fields", json=hide).status == 400


def test_the_days_limit_is_told_in_each_form_and_kept(sim: SalesforceSimulator, caller: Caller) -> None:
    sim.settings.daily_requests = 3
    assert caller.ask("GET", f"{API}/limits").headers["Sforce-Limit-Info"] == "api-usage=1/3"
    sim.settings.limit_header = "perapp"
    told = caller.ask("GET", f"{API}/limits").headers["Sforce-Limit-Info"]
    assert told == "api-usage=2/3; per-app-api-usage=2/250(appName=sample-connected-app)"
    sim.settings.limit_header = "none"
    last = caller.ask("GET", f"{API}/limits")
    assert last.json()["DailyApiRequests"] == {"Max": 3, "Remaining": 0}
    assert "Sforce-Limit-Info" not in last.headers
    assert error(caller.ask("GET", f"{API}/limits")) == (403, "REQUEST_LIMIT_EXCEEDED")


@pytest.mark.parametrize("kind", ["TotalRequests", "ConcurrentRequests"])
def test_either_limit_can_be_exceeded(sim: SalesforceSimulator, caller: Caller, kind: str) -> None:
    sim.fault({"path": "/query"}, limit_exceeded=kind)
    answer = caller.ask("GET", f"{API}/query", query={"q": EVERYTHING})
    assert error(answer) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert answer.json()[0]["message"].startswith(kind)


def test_deleted_rows_are_listed_and_found_by_query_all(sim: SalesforceSimulator, caller: Caller) -> None:
    sim.clock.set(datetime(2026, 3, 1, 12, 0, 0, 500, tzinfo=UTC))
    log_in(sim, caller)
    keys = [each["Id"] for each in query(caller, EVERYTHING)[:2]]
    for key in keys:
        assert caller.ask("DELETE", f"{API}/sobjects/Contact/{key}").status == 204
    assert len(query(caller, EVERYTHING)) == 448
    gone = query(caller, "SELECT Id, SystemModstamp FROM Contact WHERE IsDeleted = true", "queryAll")
    assert {each["Id"] for each in gone} == set(keys)
    assert {each["SystemModstamp"] for each in gone} == {"2026-03-01T12:00:00.000+0000"}
    span = {"start": "2026-03-01T11:00:00Z", "end": "2026-03-01T13:00:00+00:00"}
    listed = caller.ask("GET", f"{API}/sobjects/Contact/deleted/", query=span).json()
    assert {each["id"] for each in listed["deletedRecords"]} == set(keys)
    assert listed["latestDateCovered"] == "2026-03-01T12:00:00.000+0000"
    assert listed["earliestDateAvailable"] == "2026-02-14T12:00:00.000+0000"
    sim.changes.purge("Contact", keys[0])
    assert len(query(caller, "SELECT Id FROM Contact WHERE IsDeleted = true", "queryAll")) == 1
    assert len(caller.ask("GET", f"{API}/sobjects/Contact/deleted", query=span).json()["deletedRecords"]) == 2


def test_what_is_covered_lies_behind_open_transactions(sim: SalesforceSimulator, caller: Caller) -> None:
    sim.clock.set(datetime(2026, 3, 1, 12, tzinfo=UTC))
    log_in(sim, caller)
    sim.settings.covered_lag_seconds = 600
    key = query(caller, EVERYTHING)[0]["Id"]
    caller.ask("DELETE", f"{API}/sobjects/Contact/{key}")
    span = {"start": "2026-03-01T11:00:00Z", "end": "2026-03-01T12:00:00Z"}
    answer = caller.ask("GET", f"{API}/sobjects/Contact/deleted", query=span).json()
    assert (answer["deletedRecords"], answer["latestDateCovered"]) == ([], "2026-03-01T11:50:00.000+0000")


@pytest.mark.parametrize(("back", "length"), [(1, 60), (20 * 86400, 3600), (3600, -60)])
def test_a_span_too_short_or_too_old_is_refused(
    sim: SalesforceSimulator, caller: Caller, back: int, length: int
) -> None:
    start = sim.clock.now() - timedelta(seconds=back)
    span = {"start": start.isoformat(), "end": (start + timedelta(seconds=length)).isoformat()}
    answer = caller.ask("GET", f"{API}/sobjects/Contact/deleted", query=span)
    assert error(answer) == (400, "INVALID_REPLICATION_DATE")


def test_the_same_seed_gives_the_same_bytes() -> None:
    names = "Id, Name, Email, Hcp_Fee__c, Birthdate, MailingAddress, Description, CreatedDate, SystemModstamp"

    def bytes_of(seed: int) -> bytes:
        with SalesforceSimulator(seed=seed, records=200) as sim, Caller(sim.url) as caller:
            log_in(sim, caller)
            return caller.ask("GET", f"{API}/query", query={"q": f"SELECT {names} FROM Contact"}).body

    assert bytes_of(7) == bytes_of(7)
    assert bytes_of(7) != bytes_of(8)


def test_ids_carry_their_checksum() -> None:
    # A published pair: Salesforce Help shows how 15 characters become 18.
    assert full_id("001A0000006Vm9r") == "001A0000006Vm9rIAC"
    assert canonical("001A0000006Vm9r") == canonical("001A0000006Vm9rIAC") == "001A0000006Vm9rIAC"
    assert canonical("001A0000006Vm9rIAB") is None
    assert canonical("001A") is None
