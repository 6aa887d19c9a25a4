"""simple-salesforce, unchanged, against the simulator: what the real client understands is faithful.

The client writes `https://` in front of every host; an adapter turns that into the simulator's address and
leaves the Host header as the client meant it.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce, format_soql
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)

DOMAIN = "acme.my"
HOST = f"{DOMAIN}.salesforce.com"
QUERY = "SELECT Id, LastName, SystemModstamp, Hcp_Fee__c FROM Contact ORDER BY SystemModstamp, Id"


class Rewriting(HTTPAdapter):
    """Sends what is meant for any host to the simulator."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._to = urlsplit(url).netloc

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        request.headers["Host"] = parts.netloc
        request.url = parts._replace(scheme="http", netloc=self._to).geturl()
        return super().send(request, *args, **options)


def _session(url: str) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", Rewriting(url))
    return session


def _client(running: Any, session: requests.Session, **options: Any) -> Salesforce:
    given = {
        "consumer_key": running.config["client_id"],
        "consumer_secret": running.config["client_secret"],
        "domain": DOMAIN,
        "version": "67.0",
        **options,
    }
    return Salesforce(session=session, **given)


@pytest.fixture
def org(simulated: Callable[..., Any]) -> Iterator[Any]:
    with simulated("salesforce", "--seed", "7", "--records", "450") as running:
        yield running


@pytest.fixture
def session(org: Any) -> Iterator[requests.Session]:
    with _session(org.url) as session:
        yield session


@pytest.fixture
def salesforce(org: Any, session: requests.Session) -> Salesforce:
    return _client(org, session)


def test_wrong_credentials_are_refused_in_the_way_the_client_expects(
    org: Any, session: requests.Session
) -> None:
    with pytest.raises(SalesforceAuthenticationFailed, match="invalid_client"):
        _client(org, session, consumer_secret="wrong")


def test_a_query_is_walked_to_its_end_over_several_pages(org: Any, salesforce: Salesforce) -> None:
    org.control("settings", {"page_size": 200, "random_pages": True})
    result = salesforce.query_all(QUERY)
    assert (result["totalSize"], len(result["records"]), result["done"]) == (450, 450, True)
    assert len({record["Id"] for record in result["records"]}) == 450
    stamps = [record["SystemModstamp"] for record in result["records"]]
    assert stamps == sorted(stamps)
    assert org.requests["GET /services/data/{version}/query/{locator}"] >= 2


def test_a_literal_is_escaped_by_the_client_and_read_as_it_was_meant(salesforce: Salesforce) -> None:
    for name in ("O'Néville", "back\\slash", "two\nlines", 'a "quoted" one', "emoji 🧪"):
        created = salesforce.Contact.create({"LastName": name})
        found = salesforce.query(format_soql("SELECT Id FROM Contact WHERE LastName = {}", name))
        assert [record["Id"] for record in found["records"]] == [created["id"]]


def test_deleted_rows_are_found_by_query_all_and_by_get_deleted(salesforce: Salesforce) -> None:
    key = salesforce.query(QUERY + " LIMIT 1")["records"][0]["Id"]
    assert salesforce.Contact.delete(key) == 204
    query = f"SELECT Id, IsDeleted FROM Contact WHERE Id = '{key}'"
    assert salesforce.query(query)["totalSize"] == 0
    assert salesforce.query_all(query, include_deleted=True)["records"][0]["IsDeleted"] is True
    now = datetime.now(UTC)
    answer = salesforce.Contact.deleted(now - timedelta(hours=1), now + timedelta(minutes=5))
    assert [each["id"] for each in answer["deletedRecords"]] == [key]
    with pytest.raises(SalesforceResourceNotFound):
        salesforce.Contact.get(key)


def test_objects_and_fields_are_described(salesforce: Salesforce) -> None:
    names = {each["name"] for each in salesforce.describe()["sobjects"]}
    assert {"Account", "Contact", "Lab_Result__c"} <= names
    fields = {field["name"]: field for field in salesforce.Contact.describe()["fields"]}
    assert fields["Ext_Id__c"]["externalId"] is True
    assert fields["LastName"]["nillable"] is False
    assert fields["MailingAddress"]["type"] == "address"


def test_rows_are_created_read_changed_and_upserted(salesforce: Salesforce) -> None:
    created = salesforce.Contact.create({"LastName": "Dorlund", "Ext_Id__c": "T/1-ü", "Hcp_Fee__c": 12.5})
    assert created["success"] is True
    assert salesforce.Contact.get(created["id"])["Hcp_Fee__c"] == 12.5
    assert salesforce.Contact.update(created["id"], {"Title": "Pharmacist"}) == 204
    assert salesforce.Contact.upsert("Ext_Id__c/T%2F1-%C3%BC", {"Title": None}) == 200
    assert salesforce.Contact.get_by_custom_id("Ext_Id__c", "T/1-ü")["Title"] is None
    assert salesforce.Contact.upsert("Ext_Id__c/T-2", {"LastName": "Bekdan"}) == 201


def test_an_external_id_that_fits_several_rows_writes_none(salesforce: Salesforce) -> None:
    for title in ("one", "two"):
        salesforce.Contact.create({"LastName": "Twin", "Ext_Id__c": "T-3", "Title": title})
    with pytest.raises(SalesforceMoreThanOneRecord):
        salesforce.Contact.upsert("Ext_Id__c/T-3", {"Title": "three"})
    found = salesforce.query("SELECT Title FROM Contact WHERE Ext_Id__c = 'T-3' ORDER BY Title")
    assert [record["Title"] for record in found["records"]] == ["one", "two"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT Nope FROM Contact", "INVALID_FIELD"),
        ("SELECT Id FROM Nope__c", "INVALID_TYPE"),
        ("SELECT Id FRM Contact", "MALFORMED_QUERY"),
    ],
)
def test_a_wrong_query_is_the_clients_malformed_request(
    salesforce: Salesforce, query: str, code: str
) -> None:
    with pytest.raises(SalesforceMalformedRequest) as refused:
        salesforce.query(query)
    assert refused.value.content[0]["errorCode"] == code


def test_an_expired_session_is_told_and_can_be_renewed(
    org: Any, session: requests.Session, salesforce: Salesforce
) -> None:
    lent = Salesforce(session_id=salesforce.session_id, instance_url=HOST, session=session, version="67.0")
    org.control("faults", [{"match": {"path": "/limits"}, "expire_session": True}])
    with pytest.raises(SalesforceExpiredSession):
        lent.limits()
    # The one that logged in by itself does so again.
    assert salesforce.limits()["DailyApiRequests"]["Max"] == 15000
    assert org.requests["POST /services/oauth2/token"] == 2


def test_the_days_limit_is_told_in_both_ways(org: Any, salesforce: Salesforce) -> None:
    salesforce.limits()
    assert salesforce.api_usage["api-usage"].total == 15000
    org.control("settings", {"limit_header": "perapp"})
    salesforce.limits()
    assert salesforce.api_usage["per-app-api-usage"].name == "sample-connected-app"
    org.control("faults", [{"limit_exceeded": "TotalRequests"}])
    with pytest.raises(SalesforceRefusedRequest) as refused:
        salesforce.limits()
    assert refused.value.content[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"


def test_a_collection_answers_row_by_row(salesforce: Salesforce) -> None:
    records = [
        {"attributes": {"type": "Lab_Result__c"}, "Result_Key__c": f"K{number}", "Test_Code__c": code}
        for number, code in enumerate(("ALT", None, "AST"))
    ]
    path = "composite/sobjects/Lab_Result__c/Result_Key__c"
    answer = salesforce.restful(path, method="PATCH", json={"allOrNone": False, "records": records})
    assert [each["success"] for each in answer] == [True, False, True]
    assert [each["created"] for each in answer] == [True, False, True]
    assert answer[1]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    again = salesforce.restful(path, method="PATCH", json={"allOrNone": True, "records": records})
    codes = [each["errors"][0]["statusCode"] for each in again]
    assert codes == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "REQUIRED_FIELD_MISSING",
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    ]
