"""What Salesforce says went wrong, and which of our errors that is."""

import json

import pytest
from connector_salesforce.errors import SalesforceErrors
from connector_salesforce.quota import quota

from connector_sdk.errors import (
    AccessDeniedError,
    AuthenticationError,
    ConfigurationError,
    ConnectorError,
    IncompleteResponseError,
    ThrottledError,
    UnavailableError,
)
from connector_sdk.http.exchange import Quota
from connector_sdk.http.vendor_errors import VendorError

READ = SalesforceErrors().read


def _said(status: int, code: str, message: str = "") -> VendorError:
    found = READ(status, json.dumps([{"errorCode": code, "message": message}]).encode())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (401, "INVALID_SESSION_ID", AuthenticationError),
        (403, "API_DISABLED_FOR_ORG", AccessDeniedError),
        (403, "API_CURRENTLY_DISABLED", AccessDeniedError),
        (400, "FUNCTIONALITY_NOT_ENABLED", AccessDeniedError),
        (403, "REQUEST_LIMIT_EXCEEDED", ThrottledError),
        (400, "EXCEEDED_QUOTA", ThrottledError),
        (500, "UNKNOWN_EXCEPTION", UnavailableError),
        (503, "SERVER_UNAVAILABLE", UnavailableError),
        (400, "QUERY_TIMEOUT", UnavailableError),
        (400, "UNABLE_TO_LOCK_ROW", UnavailableError),
        (400, "MALFORMED_QUERY", None),
        (400, "INVALID_QUERY_LOCATOR", None),
        (404, "NOT_FOUND", None),
    ],
)
def test_codes_have_their_class_and_the_rest_their_status(
    status: int, code: str, error: type[ConnectorError] | None
) -> None:
    found = _said(status, code)
    assert (found.code, found.error) == (f"salesforce:{code}", error)


@pytest.mark.parametrize("status", [406, 420])
@pytest.mark.parametrize("body", [b"", b"<html>We are setting things up</html>"])
def test_sf15_the_edge_answers_without_a_code(status: int, body: bytes) -> None:
    assert READ(status, body) == VendorError("", UnavailableError)


@pytest.mark.parametrize("body", [b"<!DOCTYPE html>", b"  maintenance", b"\xef\xbb\xbf<html>"])
def test_sf15_a_page_for_people_is_no_answer_and_is_asked_for_again(body: bytes) -> None:
    found = READ(200, body)
    assert found is not None
    assert (found.code, found.error) == ("body-not-json", IncompleteResponseError)


@pytest.mark.parametrize(
    ("status", "body"), [(200, b'{"a": 1}'), (200, b" [1]"), (204, b""), (302, b"<html>")]
)
def test_a_success_is_no_error(status: int, body: bytes) -> None:
    assert READ(status, body) is None


@pytest.mark.parametrize("body", [b"", b'[{"errorCode":"UNSUPPORTED_API_VERSION","message":"gone"}]'])
def test_a_retired_version_is_told_as_such(body: bytes) -> None:
    found = READ(410, body)
    assert found is not None
    assert (found.code, found.error) == ("salesforce-version-retired", ConfigurationError)
    assert "api_version" in found.hint


@pytest.mark.parametrize(
    "body",
    [b'{"error":"invalid_client"}', b'{"error":"invalid_client","error_description":"invalid client 3MVG9"}'],
)
def test_sf21_an_oauth_error_needs_no_description(body: bytes) -> None:
    assert READ(400, body) == VendorError("salesforce:invalid_client")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"[5]",
        b'[{"errorCode": 5}]',
        b'{"error": null}',
        b"\xff",
        b'{"error": []}',
    ],
)
def test_a_body_of_another_form_leaves_the_class_to_the_status(body: bytes) -> None:
    assert READ(500, body) == VendorError("")


def test_what_is_no_identifier_is_not_repeated() -> None:
    assert _said(400, "Ada Lovelace, born 1815").code == "salesforce:UNKNOWN"
    assert _said(400, "A" * 200).code == "salesforce:UNKNOWN"


def test_messages_are_not_passed_on() -> None:
    found = _said(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Ada Lovelace is too old")
    assert "Ada" not in repr(found)


@pytest.mark.parametrize(
    "message",
    [
        "\nId, Foo__c FROM X\n   ^\nERROR at Row:1:Column:12\nNo such column 'Foo__c' on entity 'Contact'",
        "No such column 'Foo__c' on sobject of type Contact",
    ],
)
def test_the_field_that_is_not_there_is_named(message: str) -> None:
    assert (
        _said(400, "INVALID_FIELD", message).message
        == "there is no field 'Foo__c' on 'Contact' for this user"
    )


def test_a_message_of_another_form_names_nothing() -> None:
    assert _said(400, "INVALID_FIELD", "No such column 'Ada Lovelace' on entity 'Contact'").message == ""
    assert _said(400, "INVALID_TYPE", "No such column 'Foo__c' on entity 'Contact'").message == ""


def test_a_day_used_up_and_a_moment_too_busy_are_told_apart() -> None:
    day = _said(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    moment = _said(
        403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
    )
    assert day.message == "the org's allowance of requests is used up"
    assert moment.message == "too many requests at a time"


@pytest.mark.parametrize(
    ("header", "used", "limit"),
    [
        ("api-usage=18/5000", 18, 5000),
        ("api-usage=25/5000; per-app-api-usage=17/250(appName=sample-connected-app)", 25, 5000),
        ("per-app-api-usage=17/250(appName=x); api-usage=25/5000", 25, 5000),
    ],
)
def test_sf17_the_usage_is_read_in_both_forms(header: str, used: int, limit: int) -> None:
    assert quota({"sforce-limit-info": header}) == Quota(used, limit)


@pytest.mark.parametrize("header", ["", "api-usage=", "api-usage=a/b", "per-app-api-usage=17/250(appName=x)"])
def test_sf17_what_is_no_usage_is_none(header: str) -> None:
    assert quota({"sforce-limit-info": header}) is None
    assert quota({}) is None
