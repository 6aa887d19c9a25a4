"""Objects read from an org that fails: what passes is waited for, what does not ends the run by its name."""

import json
from typing import Any

import pytest
from connector_salesforce.simulator import SalesforceSimulator

from connector_sdk.connector import Call, Stream
from connector_sdk.errors import (
    AccessDeniedError,
    AuthenticationError,
    ConfigurationError,
    ConnectorError,
    IdentityMismatchError,
    IncompleteResponseError,
    ThrottledError,
    UnavailableError,
)

pytestmark = pytest.mark.slow

QUERY = "/queryAll"
MORE = "/query/01g"


def _read(stream: Stream, call: Call) -> list[dict[str, Any]]:
    return [json.loads(record) for page in stream.read(call, None) for record in page.records]  # type: ignore[arg-type]  # all are bytes


def _refused(stream: Stream, call: Call) -> ConnectorError:
    with pytest.raises(ConnectorError) as refused:
        _read(stream, call)
    return refused.value


def _contacts(org: SalesforceSimulator) -> list[str]:
    return sorted(org.store.tables["Contact"].rows)


def test_sf16_a_session_that_expires_during_a_walk_is_renewed_and_the_walk_goes_on(
    org: SalesforceSimulator, connect: Any, call: Call
) -> None:
    org.settings.page_size = 9
    org.fault({"path": MORE}, expire_session=True, after=2, times=1)
    found = _read(connect().stream("Contact"), call)
    assert sorted(each["Id"] for each in found) == _contacts(org)
    assert org.requests["POST /services/oauth2/token"] == 2
    answers = org.answers["GET /services/data/{version}/query/{locator}"]
    assert (answers[401], answers[200]) == (1, 5)
    assert org.answers["GET /services/data/{version}/queryAll"] == {200: 1}


def test_a_session_that_is_refused_again_and_again_ends_the_run(
    org: SalesforceSimulator, connect: Any, call: Call
) -> None:
    org.fault({"path": QUERY}, expire_session=True, times=None)
    error = _refused(connect().stream("Contact"), call)
    assert (type(error), error.code) == (AuthenticationError, "salesforce:INVALID_SESSION_ID")


def test_a_lost_locator_is_asked_for_once_more(org: SalesforceSimulator, connect: Any, call: Call) -> None:
    org.settings.page_size = 9
    lost = '[{"errorCode":"INVALID_QUERY_LOCATOR","message":"invalid query locator"}]'
    org.fault({"path": MORE}, status=400, body=lost, after=2)
    found = _read(connect().stream("Contact"), call)
    assert sorted(each["Id"] for each in found) == _contacts(org)
    org.fault({"path": MORE}, status=400, body=lost, times=2)
    assert _refused(connect().stream("Contact"), call).code == "salesforce:INVALID_QUERY_LOCATOR"


@pytest.mark.req("G1")
@pytest.mark.parametrize(
    "answer",
    [
        {"totalSize": 3, "done": True, "records": []},
        {"totalSize": 0, "done": False, "records": []},
        {"totalSize": 0, "done": False, "nextRecordsUrl": "/x", "records": []},
    ],
)
def test_rows_that_are_missing_are_never_taken_for_the_end(
    org: SalesforceSimulator, connect: Any, call: Call, answer: Any
) -> None:
    org.fault({"path": QUERY}, status=200, body=json.dumps(answer))
    org.fault({"path": "^/x"}, status=200, body=json.dumps(answer), times=None)
    error = _refused(connect().stream("Contact"), call)
    assert (type(error), error.code) == (IncompleteResponseError, "salesforce-rows-missing")


@pytest.mark.req("G1")
def test_a_window_that_lacks_rows_is_not_passed(org: SalesforceSimulator, connect: Any, call: Call) -> None:
    """Its rows are given out only when all are there; so the cursor stays where it was."""
    org.settings.page_size = 9
    short = {"totalSize": 50, "done": True, "records": []}
    org.fault({"path": MORE}, status=200, body=json.dumps(short), after=1)
    pages = connect().stream("Contact").read(call, None)
    with pytest.raises(IncompleteResponseError):
        next(pages)


def _row(number: int, stamp: str) -> dict[str, Any]:
    return {"Id": f"003000000000{number:03d}AAA", "SystemModstamp": stamp, "IsDeleted": False}


@pytest.mark.parametrize(
    "rows",
    [
        [_row(1, "2026-01-01T00:00:00.000+0000"), _row(1, "2026-01-01T00:00:00.000+0000")],
        [_row(1, "2026-01-02T00:00:00.000+0000"), _row(2, "2026-01-01T00:00:00.000+0000")],
    ],
)
def test_rows_twice_or_in_another_order_are_refused(
    org: SalesforceSimulator, connect: Any, call: Call, rows: Any
) -> None:
    body = json.dumps({"totalSize": 2, "done": True, "records": rows})
    org.fault({"path": QUERY}, status=200, body=body)
    assert _refused(connect().stream("Contact"), call).code == "salesforce-rows-missing"


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "{}",
        '{"totalSize":1,"done":true,"records":[{"Id":"x"}]}',
        '{"totalSize":1,"done":1}',
        '{"totalSize":"0","done":true,"records":[]}',
    ],
)
def test_answers_of_another_form_are_refused(
    org: SalesforceSimulator, connect: Any, call: Call, body: str
) -> None:
    org.fault({"path": QUERY}, status=200, body=body)
    assert _refused(connect().stream("Contact"), call).code == "salesforce-answer"


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 503},
        {"status": 420},
        {"status": 406},
        {"status": 500, "body": '[{"errorCode":"UNKNOWN_EXCEPTION","message":"x"}]'},
        {"status": 400, "body": '[{"errorCode":"QUERY_TIMEOUT","message":"x"}]'},
        {"html": True},
        {"cut": 40},
        {"close": "after"},
        {"limit_exceeded": "ConcurrentRequests"},
    ],
    ids=str,
)
def test_sf15_what_passes_is_waited_for(
    org: SalesforceSimulator, connect: Any, call: Call, fault: Any
) -> None:
    org.fault({"path": QUERY}, times=2, **fault)
    assert len(_read(connect().stream("Contact"), call)) == 50


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        ({"status": 503}, UnavailableError, "http-503"),
        ({"html": True}, IncompleteResponseError, "body-not-json"),
        ({"limit_exceeded": "TotalRequests"}, ThrottledError, "salesforce:REQUEST_LIMIT_EXCEEDED"),
        ({"status": 410}, ConfigurationError, "salesforce-version-retired"),
        ({"status": 403}, AccessDeniedError, "http-403"),
    ],
)
def test_what_does_not_pass_ends_the_run_with_its_name(
    org: SalesforceSimulator, connect: Any, call: Call, fault: Any, error: Any, code: str
) -> None:
    org.fault({"path": QUERY}, times=None, **fault)
    found = _refused(connect().stream("Contact"), call)
    assert (type(found), found.code) == (error, code)


def test_a_retired_version_is_named_with_the_setting(
    org: SalesforceSimulator, connect: Any, call: Call
) -> None:
    error = _refused(connect(api_version="30.0").stream("Contact"), call)
    assert (error.code, error.exit_code) == ("salesforce-version-retired", 2)
    assert "v30.0" in str(error)
    assert "api_version" in error.hint


def test_sf21_wrong_credentials_are_told_as_such(org: SalesforceSimulator, connect: Any, call: Call) -> None:
    error = _refused(connect(client_secret="wrong-one").stream("Contact"), call)
    assert (type(error), error.code) == (AuthenticationError, "oauth-refused")
    assert "wrong-one" not in f"{error} {error.hint}"
    org.fault({"path": "token"}, status=400, body='{"error":"invalid_grant"}', times=None)
    assert _refused(connect().stream("Contact"), call).code == "oauth-refused"


@pytest.mark.parametrize(
    "instance", ["https://other.my.salesforce.com", "http://127.0.0.1:1", "", "nonsense", None]
)
def test_a_session_for_another_address_is_refused_before_anything_is_asked(
    org: SalesforceSimulator, connect: Any, call: Call, instance: str | None
) -> None:
    answer = {"access_token": "00D!x", "instance_url": instance, "token_type": "Bearer"}
    org.fault({"path": "token"}, status=200, body=json.dumps(answer))
    error = _refused(connect().stream("Contact"), call)
    assert (type(error), error.code) == (IdentityMismatchError, "salesforce-other-instance")
    assert list(org.requests) == ["POST /services/oauth2/token"]
