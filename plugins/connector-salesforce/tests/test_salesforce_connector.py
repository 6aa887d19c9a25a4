"""What the connector asks for, what it offers, and which org it has reached."""

from datetime import UTC, datetime
from typing import Any

import pytest
from connector_salesforce.config import SalesforceConfig
from connector_salesforce.connector import Salesforce
from connector_salesforce.cursor import Place
from connector_salesforce.soql import window_query
from pydantic import ValidationError

from connector_sdk.connector import Call, Completeness, Delivery
from connector_sdk.errors import ComplianceError, IncompleteResponseError

GOOD: dict[str, Any] = {
    "base_url": "https://acme.my.salesforce.com",
    "client_id": "3MVG9",
    "client_secret": "s3cret",
}


def test_the_settings_have_their_defaults() -> None:
    config = SalesforceConfig.model_validate(GOOD)
    assert (config.api_version, config.lookback, config.fields, config.rows_per_call) == (
        "67.0",
        300,
        (),
        2000,
    )
    assert "s3cret" not in repr(config)
    assert SalesforceConfig.governed == {"fields", "lookback"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "acme.my.salesforce.com"},
        {"base_url": "https://"},
        {"base_url": "ftp://acme.my.salesforce.com"},
        {"base_url": "https://acme.my.salesforce.com/services"},
        {"base_url": "https://user:pw@acme.my.salesforce.com"},
        {"base_url": "https://acme.my.salesforce.com?x=1"},
        {"base_url": "https://acme.my.salesforce.com:99999"},
        {"api_version": "67"},
        {"api_version": "v67.0"},
        {"lookback": -1},
        {"rows_per_call": 199},
        {"rows_per_call": 2001},
        {"fields": ["Id, (SELECT Id FROM Contacts)"]},
        {"fields": ["Account.Name"]},
        {"client_id": None},
        {"username": "x"},
    ],
    ids=str,
)
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SalesforceConfig.model_validate({**GOOD, **wrong})


def test_a_slash_at_the_end_is_no_other_address() -> None:
    config = SalesforceConfig.model_validate({**GOOD, "base_url": "https://acme.my.salesforce.com/"})
    assert config.base_url == "https://acme.my.salesforce.com"
    assert Salesforce(config).hosts() == ("acme.my.salesforce.com",)


def test_plaintext_beyond_this_machine_is_refused_before_anything_is_sent(call: Call) -> None:
    config = SalesforceConfig.model_validate({**GOOD, "base_url": "http://acme.my.salesforce.com"})
    connector = Salesforce(config)
    with pytest.raises(ComplianceError):
        connector.identity(call)
    connector.close()


def test_the_org_says_who_it_is(org: Any, connect: Any, call: Call) -> None:
    assert connect().identity(call) == {"org": org.organization}
    assert len(org.organization) == 18


@pytest.mark.parametrize("records", ["[]", '[{"Id": "00D000000000001"}]', "[5]", "null"])
def test_an_org_that_does_not_say_is_not_guessed(org: Any, connect: Any, call: Call, records: str) -> None:
    org.fault({"path": "/query"}, status=200, body=f'{{"totalSize":1,"done":true,"records":{records}}}')
    with pytest.raises(IncompleteResponseError) as refused:
        connect().identity(call)
    assert refused.value.code == "salesforce-answer"


def test_what_the_org_offers_is_asked_for(org: Any, connect: Any, call: Call) -> None:
    offers = {offer.name: offer for offer in connect().discover(call)}
    assert offers["Contact"].readable
    assert offers["Contact"].writable
    assert offers["Lab_Result__c"].label == "Lab Result"
    assert not offers["Organization"].writable


def test_an_answer_that_is_no_list_of_objects_is_refused(org: Any, connect: Any, call: Call) -> None:
    for body in ('{"sobjects": 5}', '{"sobjects": [5]}', "[]"):
        org.fault({"path": "/sobjects"}, status=200, body=body)
        with pytest.raises(IncompleteResponseError):
            connect().discover(call)


def test_its_classes_are_known_before_the_org_is_asked(connect: Any) -> None:
    stream, sink = connect().stream("Contact"), connect().sink("Contact")
    assert (stream.completeness, stream.reports_deletes) == (Completeness.PROVEN, True)
    assert (sink.delivery, sink.keyed, sink.deletes) == (Delivery.EFFECTIVELY_ONCE, True, frozenset())


def test_sf25_what_goes_into_a_query_is_a_name_or_a_literal() -> None:
    stamp = datetime(2026, 1, 1, microsecond=5000, tzinfo=UTC)
    after = window_query("Contact", ["Id"], Place(stamp, "003000000000001AAA"), 5)
    since = "2026-01-01T00:00:00.005Z"
    assert f"SystemModstamp>={since} AND (SystemModstamp>{since} OR Id>'003000000000001AAA')" in after
    assert window_query("Contact", ["Id"], None, 5).endswith("ORDER BY SystemModstamp,Id LIMIT 5")
    for name in ("Contact WHERE 1=1", "", "Contact'"):
        with pytest.raises(ValueError):
            window_query(name, ["Id"], None, 5)
    with pytest.raises(ValueError):
        window_query("Contact", ["Id'"], None, 5)
    with pytest.raises(ValueError):
        window_query("Contact", ["Id"], Place(stamp, "x' OR Id>'"), 5)
