"""Credentials: on the request while it is sent, for the home origin only, renewed once."""

import base64
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest

from connector_sdk.errors import (
    AuthenticationError,
    CircuitOpenError,
    ConfigurationError,
    IdentityMismatchError,
    IncompleteResponseError,
    UnavailableError,
)
from connector_sdk.http.auth import ApiKey, Auth, BasicAuth, BearerToken
from connector_sdk.http.oauth import OAuth2ClientCredentials
from connector_sdk.http.policy import BreakerPolicy, RetryPolicy
from connector_sdk.http.vendor_errors import VendorErrors
from connector_sdk.secrets import Secret
from tests.clocks import FakeClock
from tests.http.connections import ONCE, connected, reply

HUSH = Secret("hunter2")


def _oauth(**more: Any) -> OAuth2ClientCredentials:
    return OAuth2ClientCredentials("/token", "me", HUSH, **more)


def _token(text: str = "t1", **more: Any) -> httpx.Response:
    return reply(json={"access_token": text, "token_type": "Bearer", **more})


def test_basic_bearer_and_keys_go_where_they_belong() -> None:
    for auth, header, value in [
        (
            BasicAuth("aladdin", Secret("öpen")),
            "Authorization",
            f"Basic {base64.b64encode('aladdin:öpen'.encode()).decode()}",
        ),
        (BearerToken(HUSH), "Authorization", "Bearer hunter2"),
        (ApiKey("X-Api-Key", HUSH), "X-Api-Key", "hunter2"),
    ]:
        with connected(reply(), auth=auth) as (http, wire, _):
            http.get("/x")
        assert wire.requests[0].headers[header] == value
    with connected(reply(), auth=ApiKey("key", HUSH, "query")) as (http, wire, _):
        http.get("/x?a=1")
    assert wire.requests[0].url.query == b"a=1&key=hunter2"


@pytest.mark.parametrize("auth", [BearerToken(HUSH), ApiKey("X-Api-Key", HUSH), ApiKey("key", HUSH, "query")])
def test_credentials_are_taken_off_again(auth: Auth) -> None:
    with connected(reply(), auth=auth) as (http, _, _ears):
        request = http.get("/x").request
    assert "hunter2" not in repr((request, request.headers.raw, request.url))


def test_credentials_go_to_the_home_origin_only() -> None:
    hosts = ("api.acme.example", "files.acme.example", "api.acme.example:8443")
    with connected(reply(), auth=BearerToken(HUSH), hosts=hosts) as (http, wire, _):
        http.follow("https://files.acme.example/1", "/files/{id}")
        http.follow("https://api.acme.example:8443/1", "/files/{id}")
        http.follow("https://API.acme.example:443/1", "/files/{id}")
    assert ["authorization" in request.headers for request in wire.requests] == [False, False, True]


@pytest.mark.parametrize("secret", ["hunter2\n", " hunter2", "hunter2\r\nX-Evil: 1", "hünter2"])
def test_a_secret_that_no_header_can_hold_is_not_quoted(secret: str) -> None:
    for auth in (BearerToken(Secret(secret)), ApiKey("X-Key", Secret(secret))):
        if secret.startswith(" ") and isinstance(auth, BearerToken):
            continue  # between "Bearer" and a token there may be spaces
        with connected(reply(), auth=auth) as (http, wire, _):
            with pytest.raises(ConfigurationError) as caught:
                http.get("/x")
            assert caught.value.code == "credentials-unusable"
            assert "nter2" not in str(caught.value) + caught.value.hint
            assert wire.requests == []


def test_a_user_name_with_a_colon_is_refused() -> None:
    with pytest.raises(ConfigurationError) as caught:
        BasicAuth("a:b", HUSH)
    assert caught.value.code == "credentials-unusable"


def test_one_401_of_a_password_is_not_asked_twice() -> None:
    with connected(reply(401), auth=BasicAuth("u", HUSH)) as (http, wire, _):
        with pytest.raises(AuthenticationError) as caught:
            http.get("/x")
        assert (caught.value.code, len(wire.requests)) == ("http-401", 1)


@pytest.mark.parametrize("place", ["body", "basic"])
def test_a_token_is_obtained_once_and_used(place: Any) -> None:
    auth = _oauth(scope="read write", place=place)
    with connected(_token(), reply(), reply(), auth=auth) as (http, wire, ears):
        http.get("/a")
        http.get("/b")
    asked = wire.requests[0]
    form = {"grant_type": "client_credentials", "scope": "read write"}
    if place == "body":
        form |= {"client_id": "me", "client_secret": "hunter2"}
        assert "authorization" not in asked.headers
    else:
        assert asked.headers["authorization"] == f"Basic {base64.b64encode(b'me:hunter2').decode()}"
    assert (asked.method, asked.url.path) == ("POST", "/token")
    assert dict(httpx.QueryParams(asked.content.decode())) == form
    assert [request.headers["authorization"] for request in wire.requests[1:]] == ["Bearer t1"] * 2
    assert [(call.method, call.path, call.attempts) for call in ears.exchanges] == [
        ("POST", "/token", 1),
        ("GET", "/a", 1),
        ("GET", "/b", 1),
    ]


def test_a_token_that_ran_out_is_renewed_once() -> None:
    with connected(_token(), reply(401), _token("t2"), reply(json=[1]), auth=_oauth()) as (http, wire, ears):
        assert http.request("POST", "/x", json={}).json() == [1]
    assert [request.headers.get("authorization") for request in wire.requests] == [
        None,
        "Bearer t1",
        None,
        "Bearer t2",
    ]
    assert ears.exchanges[-1].attempts == 2


def test_a_second_401_says_what_the_vendor_says() -> None:
    errors = VendorErrors(code="0.errorCode")
    refused = reply(401, json=[{"errorCode": "INVALID_SESSION_ID"}])
    with (
        connected(_token(), refused, _token("t2"), refused, auth=_oauth(), errors=errors) as (http, wire, _),
        pytest.raises(AuthenticationError) as caught,
    ):
        http.get("/x")
    assert caught.value.code == "acme:INVALID_SESSION_ID"
    assert len(wire.requests) == 4


def test_wrong_credentials_are_never_tried_again() -> None:
    """Nor is the text that comes with the code ever shown."""
    refused = reply(400, json={"error": "invalid_client", "error_description": "no client hunter2"})
    with (
        connected(refused, auth=_oauth(), errors=VendorErrors(code="errors.0.code")) as (http, wire, ears),
        pytest.raises(AuthenticationError, match=r"\(acme:invalid_client\)") as caught,
    ):
        http.get("/x")
    assert (caught.value.code, caught.value.exit_code, len(wire.requests)) == ("oauth-refused", 70, 1)
    assert "hunter2" not in str(caught.value)
    assert [(call.path, call.code) for call in ears.exchanges] == [
        ("/token", "acme:invalid_client"),
        ("/x", "oauth-refused"),
    ]


def test_an_error_without_a_description_is_enough() -> None:
    with (
        connected(reply(400, json={"error": "invalid_grant"}), auth=_oauth()) as (http, _, _ears),
        pytest.raises(AuthenticationError, match="invalid_grant"),
    ):
        http.get("/x")


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        {"access_token": None},
        {"access_token": ""},
        {"access_token": "t", "token_type": "mac"},
        {"token": "t", "token_type": "Bearer"},
    ],
)
def test_an_answer_without_a_token_is_no_token(answer: Any) -> None:
    with (
        connected(reply(json=answer) if answer else reply(json=[]), auth=_oauth()) as (http, _, _ears),
        pytest.raises(IncompleteResponseError) as caught,
    ):
        http.get("/x")
    assert caught.value.code == "oauth-no-token"


@pytest.mark.parametrize("text", ["<html>sign in</html>", '{"access_token":' + "[" * 100_000])
def test_a_login_page_in_place_of_a_token_is_no_token(text: str) -> None:
    page = httpx.Response(200, html=text)
    with connected(page, auth=_oauth()) as (http, _, _ears), pytest.raises(IncompleteResponseError) as caught:
        http.get("/x")
    assert caught.value.code == "oauth-no-token"


class _Mine(OAuth2ClientCredentials):
    def accepted(self, answer: Mapping[str, Any]) -> None:
        if answer.get("instance") != "mine":
            raise IdentityMismatchError("another instance", code="identity-mismatch")


def test_a_token_of_another_instance_is_refused_and_told_once() -> None:
    auth = _Mine("/token", "me", HUSH)
    with connected(_token(instance="other"), _token(instance="mine"), reply(), auth=auth) as (
        http,
        wire,
        ears,
    ):
        with pytest.raises(IdentityMismatchError):
            http.get("/x")
        assert len(wire.requests) == 1
        assert [refusal.path for refusal in ears.refusals] == ["/x"]
        assert http.get("/x").status_code == 200


def test_a_refusal_of_the_token_request_is_told_once() -> None:
    auth = OAuth2ClientCredentials("https://login.elsewhere.example/token", "me", HUSH)
    with connected(reply(), auth=auth) as (http, wire, ears):
        with pytest.raises(Exception, match="may not call") as caught:
            http.get("/x")
        assert getattr(caught.value, "code", "") == "host-not-allowed"
        assert wire.requests == []
        assert [(refusal.host, refusal.path) for refusal in ears.refusals] == [
            ("login.elsewhere.example", "/token")
        ]


def test_a_token_endpoint_of_another_allowed_host_is_asked() -> None:
    auth = OAuth2ClientCredentials("https://login.acme.example/token", "me", HUSH)
    hosts = ("api.acme.example", "login.acme.example")
    with connected(_token(), reply(), auth=auth, hosts=hosts) as (http, wire, _):
        http.get("/x")
    assert [request.url.host for request in wire.requests] == ["login.acme.example", "api.acme.example"]


def test_a_token_endpoint_that_is_down_is_repeated_with_its_call_not_within_it() -> None:
    with connected(reply(503), auth=_oauth(), retry=RetryPolicy(attempts=4)) as (http, wire, _):
        with pytest.raises(UnavailableError) as caught:
            http.get("/x")
        assert caught.value.attempts == len(wire.requests) == 4


def test_a_write_whose_token_was_not_to_be_had_is_in_no_doubt() -> None:
    with connected(httpx.ReadTimeout("slow"), _token(), reply(), auth=_oauth()) as (http, wire, _):
        assert http.request("POST", "/x", json={}).status_code == 200
        assert [request.url.path for request in wire.requests] == ["/token", "/token", "/x"]


def test_a_write_refused_for_its_token_is_in_no_doubt_when_no_other_is_given() -> None:
    down = [_token(), reply(401), reply(500), reply(500)]
    with (
        connected(*down, auth=_oauth(), retry=RetryPolicy(attempts=2)) as (http, _, _ears),
        pytest.raises(UnavailableError),
    ):
        http.request("POST", "/x", json={})


def test_the_breakers_trial_may_ask_for_its_token() -> None:
    clock, small = FakeClock(), BreakerPolicy(least=4)
    with connected(reply(500), clock=clock, auth=_oauth(), retry=ONCE, breaker=small) as (http, wire, _):
        for _ in range(4):
            with pytest.raises(UnavailableError):
                http.get("/x")
        with pytest.raises(CircuitOpenError):
            http.get("/x")
        clock.advance(30)
        wire.requests.clear()
        wire.replies = [_token(), reply()]
        for _ in range(3):
            assert http.get("/x").status_code == 200


class _Endpoint:
    """A vendor under threads; twenty calls meet before their first token is refused."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.asked = 0
        self.together = Barrier(20)
        self.refuses = refuses

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            self.asked += 1
            if self.refuses:
                return reply(401, json={"error": "invalid_client"})
            return _token(f"t{self.asked}")
        if request.headers["authorization"] == "Bearer t2":
            return reply()
        self.together.wait(10)
        return reply(401)


@pytest.mark.parametrize("refuses", [False, True])
def test_twenty_threads_ask_for_a_token_once(refuses: bool) -> None:
    endpoint = _Endpoint(refuses=refuses)

    def call(_: int) -> bool:
        try:
            return http.get("/x").status_code == 200
        except AuthenticationError as error:
            return error.code == "oauth-refused"

    with connected(endpoint, auth=_oauth()) as (http, _, _ears), ThreadPoolExecutor(20) as pool:
        assert all(pool.map(call, range(20)))
    assert endpoint.asked == (1 if refuses else 2)
