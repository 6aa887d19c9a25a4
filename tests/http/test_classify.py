"""From statuses and vendors' words to errors that say what to do next."""

import json
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_sdk.errors import (
    AccessDeniedError,
    AuthenticationError,
    ConflictError,
    ConnectorError,
    IncompleteResponseError,
    InvalidInputError,
    NotFoundError,
    ThrottledError,
    UnavailableError,
)
from connector_sdk.events import QuotaObserved
from connector_sdk.http.answers import require_json
from connector_sdk.http.exchange import Quota
from connector_sdk.http.layers.classify import retry_after
from connector_sdk.http.vendor_errors import ErrorWhen, VendorErrors, at_path
from tests.clocks import FakeClock
from tests.http.connections import ONCE, connected, reply


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (300, ConflictError),
        (400, InvalidInputError),
        (401, AuthenticationError),
        (403, AccessDeniedError),
        (404, NotFoundError),
        (405, InvalidInputError),
        (407, AuthenticationError),
        (408, UnavailableError),
        (409, ConflictError),
        (410, NotFoundError),
        (412, ConflictError),
        (418, InvalidInputError),
        (423, ConflictError),
        (425, UnavailableError),
        (429, ThrottledError),
        (500, UnavailableError),
        (502, UnavailableError),
        (501, InvalidInputError),
        (503, UnavailableError),
        (505, InvalidInputError),
        (599, UnavailableError),
    ],
)
def test_each_status_has_its_class(status: int, error: type[ConnectorError]) -> None:
    with (
        connected(reply(status, x_request_id="r-1"), retry=ONCE) as (http, _, _ears),
        pytest.raises(error) as caught,
    ):
        http.get("/x")
    assert type(caught.value) is error
    assert (caught.value.code, caught.value.request_id) == (f"http-{status}", "r-1")
    assert caught.value.hint
    assert f"GET /x: the system answered {status}" in str(caught.value)


@pytest.mark.parametrize(
    "code",
    [
        "http-400",
        "http-401",
        "http-403",
        "http-404",
        "http-409",
        "http-413",
        "http-429",
        "http-500",
        "http-502",
        "http-503",
        "http-504",
    ],
)
def test_common_statuses_have_a_page_of_their_own(code: str) -> None:
    status = int(code.removeprefix("http-"))
    with connected(reply(status), retry=ONCE) as (http, _, _ears), pytest.raises(ConnectorError) as caught:
        http.get("/x")
    assert caught.value.code == code
    assert files("connector_sdk.explanations").joinpath(f"{code}.md").is_file()


@pytest.mark.parametrize("status", [206, 304, 305])
def test_what_was_not_asked_for_is_no_answer(status: int) -> None:
    with connected(reply(status)) as (http, _, _ears), pytest.raises(IncompleteResponseError) as caught:
        http.get("/x")
    assert caught.value.code == "status-unexpected"


def test_a_part_that_was_asked_for_is() -> None:
    with connected(reply(206)) as (http, _, _ears):
        assert http.get("/x", headers={"Range": "bytes=0-1"}).status_code == 206


ERRORS = VendorErrors(
    code="errors.0.type",
    classes={"LIMIT": ThrottledError, "GONE": NotFoundError},
    when=ErrorWhen(path="status", equals="FAILURE", code="errors.0.code"),
)


@pytest.mark.parametrize(
    ("status", "document", "error", "code"),
    [
        (403, {"errors": [{"type": "LIMIT"}]}, ThrottledError, "acme:LIMIT"),
        (400, {"errors": [{"type": "OTHER"}]}, InvalidInputError, "acme:OTHER"),
        (400, {"errors": []}, InvalidInputError, "http-400"),
        (400, {"error": "invalid_scope"}, InvalidInputError, "acme:invalid_scope"),
        (400, {"errors": [{"type": "a value of Maria's"}]}, InvalidInputError, "http-400"),
        (200, {"status": "FAILURE", "errors": [{"code": "GONE"}]}, NotFoundError, "acme:GONE"),
        (200, {"status": "FAILURE", "errors": [{"type": "LIMIT"}]}, ThrottledError, "acme:LIMIT"),
        (200, {"status": "FAILURE"}, InvalidInputError, "http-200"),
    ],
)
def test_the_vendors_word_decides(status: int, document: Any, error: type[ConnectorError], code: str) -> None:
    with (
        connected(reply(status, document), errors=ERRORS, retry=ONCE) as (http, _, _ears),
        pytest.raises(error) as caught,
    ):
        http.get("/x")
    assert caught.value.code == code
    assert "Maria" not in str(caught.value)


@pytest.mark.parametrize("equals", [True, 1, "x", None])
@pytest.mark.parametrize("found", [True, 1, "x", None, 1.0])
def test_a_value_that_means_an_error_is_exactly_that(equals: Any, found: Any) -> None:
    errors = VendorErrors(when=ErrorWhen("failed", equals))
    said = errors.read(200, json.dumps({"failed": found}).encode())
    assert (said is not None) == (found is equals or (found == equals and type(found) is type(equals)))


@given(st.integers(100, 599), st.binary(max_size=200))
def test_reading_a_vendors_body_never_fails(status: int, body: bytes) -> None:
    assert (ERRORS.read(status, body) is None) == (status < 400) or b"FAILURE" in body


def test_a_deep_body_is_survived() -> None:
    assert ERRORS.read(400, b"[" * 100_000) is not None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda each: st.lists(each) | st.dictionaries(st.text(), each),
    ),
    st.text(),
)
def test_following_a_path_never_fails(document: Any, path: str) -> None:
    at_path(document, path)


NOW = "Sun, 22 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("text", "date", "seconds"),
    [
        ("7", "", 7),
        ("0", "", 0),
        ("86400", "", 86_400),
        ("9" * 400, "", 999_999_999),
        ("Sun, 22 Nov 2026 10:00:30 GMT", NOW, 30),
        ("Sun, 22 Nov 2026 09:00:00 GMT", NOW, 0),
        ("Sunday, 22-Nov-26 10:00:30 GMT", NOW, 30),
        ("Sun, 22 Nov 2026 10:00:30 GMT", "", 90),
        ("soon", "", None),
        ("-5", "", None),
        ("1.5", "", None),
        ("٧", "", None),
        ("", "", None),
        ("Sun, 99 Nov 2026 10:00:00 GMT", NOW, None),
    ],
)
def test_what_the_system_asks_to_wait(text: str, date: str, seconds: float | None) -> None:
    """A date counts from the answer's own date; where there is none, from our clock."""
    clock = FakeClock(datetime(2026, 11, 22, 9, 59, 0, tzinfo=UTC))
    headers = {"Retry-After": text, **({"Date": date} if date else {})}
    assert retry_after(headers, clock) == seconds


@given(st.text(), st.text())
def test_reading_what_to_wait_never_fails(text: str, date: str) -> None:
    found = retry_after({"Retry-After": text, "Date": date}, FakeClock())
    assert found is None or found >= 0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<html><body>Sign in, Maria</body></html>", "a page of markup"),
        (b"\n <!DOCTYPE html>", "a page of markup"),
        (b"Maria", "no JSON text"),
        (b"", "no JSON text"),
        (b'{"a": 1, "a": 2}', "json-duplicate-key"),
        (b'{"a": ', "json-malformed"),
    ],
)
def test_what_is_no_json_is_no_data_and_is_not_quoted(content: bytes, told: str) -> None:
    with connected(httpx.Response(200, content=content)) as (http, _, _ears):
        answer = http.get("/items/{id}", values={"id": "7"})
        with pytest.raises(IncompleteResponseError, match=told) as caught:
            require_json(answer)
    assert (caught.value.code, caught.value.exit_code) == ("not-json", 70)
    assert "GET /items/{id}" in str(caught.value)
    assert "Maria" not in str(caught.value)
    assert caught.value.__suppress_context__
    if b"<" in content:
        assert "a login page or a proxy may have answered" in caught.value.hint


def test_json_is_read_exactly() -> None:
    with connected(httpx.Response(200, content=b'{"n": 1.10, "big": 12345678901234567890123}')) as (
        http,
        _,
        _e,
    ):
        found = require_json(http.get("/x"))
    assert (str(found["n"]), found["big"]) == ("1.10", 12345678901234567890123)


def test_the_vendors_allowance_is_observed_when_it_changes() -> None:
    def quota(headers: Any) -> Quota | None:
        return Quota(int(headers["x-used"]), 100) if "x-used" in headers else None

    replies = [reply(), reply(x_used="5"), reply(x_used="5"), reply(x_used="6")]
    with connected(*replies, quota=quota) as (http, _, ears):
        for _turn in replies:
            http.get("/x")
        assert [(each.used, each.limit) for each in ears.of(QuotaObserved)] == [(5, 100), (6, 100)]
        assert http.figures.quota == Quota(6, 100)
        assert http.figures.attempts == 4
