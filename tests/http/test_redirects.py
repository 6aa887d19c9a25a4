"""Redirects: a read, within its own origin, each hop through the whole stack; anything else is refused."""

import pytest

from connector_sdk.errors import ComplianceError, IncompleteResponseError
from connector_sdk.http.auth import BearerToken
from connector_sdk.secrets import Secret
from tests.http.connections import connected, reply

AUTH = BearerToken(Secret("hunter2"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["/b?page=2", "https://api.acme.example/b?page=2", "b?page=2"])
def test_a_read_is_followed_with_its_headers(status: int, location: str) -> None:
    with connected(reply(status, location=location), reply(json=[1]), auth=AUTH) as (http, wire, ears):
        assert http.get("/a", headers={"X-Note": "1"}).json() == [1]
    second = wire.requests[1]
    assert str(second.url) == "https://api.acme.example/b?page=2"
    assert (second.headers["x-note"], second.headers["authorization"]) == ("1", "Bearer hunter2")
    assert second.headers.get_list("host") == ["api.acme.example"]
    assert [(call.path, call.status, call.attempts) for call in ears.exchanges] == [
        ("/a", status, 1),
        ("/a", 200, 1),
    ]


def test_a_head_stays_one() -> None:
    with connected(reply(302, location="/b"), reply()) as (http, wire, _):
        http.request("HEAD", "/a")
    assert wire.requests[1].method == "HEAD"


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/b",
        "//evil.example/b",
        "https://api.acme.example:8443/b",
        "http://api.acme.example/b",
        "https://u:p@evil.example/b",
        "https://api.acme.example\\@evil.example/",
        "https://api.acme.example.evil.example/",
        "ftp://api.acme.example/b",
    ],
)
def test_another_origin_is_refused_recorded_and_gets_nothing(location: str) -> None:
    hosts = ("api.acme.example", "evil.example")
    with connected(reply(302, location=location), reply(), auth=AUTH, hosts=hosts) as (http, wire, ears):
        with pytest.raises((ComplianceError, IncompleteResponseError)) as caught:
            http.get("/a")
        assert len(wire.requests) == 1
        if caught.value.code != "address-unusable":
            assert caught.value.code == "redirect-cross-origin"
            assert [refusal.code for refusal in ears.refusals] == ["redirect-cross-origin"]
        assert "u:p" not in str(caught.value)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_write_is_never_sent_elsewhere(method: str) -> None:
    with connected(reply(307, location="/b"), reply()) as (http, wire, ears):
        with pytest.raises(ComplianceError) as caught:
            http.request(method, "/a", json={"a": 1})
        assert (caught.value.code, len(wire.requests)) == ("redirect-refused", 1)
        assert [refusal.code for refusal in ears.refusals] == ["redirect-refused"]


def test_user_information_in_a_location_is_refused_by_the_guard() -> None:
    with connected(reply(302, location="https://u:hunter3@api.acme.example/b")) as (http, wire, ears):
        with pytest.raises(ComplianceError) as caught:
            http.get("/a")
        assert (caught.value.code, len(wire.requests)) == ("credentials-in-url", 1)
        assert "hunter3" not in f"{caught.value} {ears.refusals} {ears.exchanges}"


@pytest.mark.parametrize("location", [None, "", "https://[::1", "https://h:port/"])
def test_a_location_that_is_none_is_a_fault_of_the_system(location: str | None) -> None:
    answer = reply(302) if location is None else reply(302, location=location)
    with connected(answer) as (http, _, _ears), pytest.raises(IncompleteResponseError) as caught:
        http.get("/a")
    assert caught.value.code == "address-unusable"


def test_a_loop_ends() -> None:
    with connected(reply(302, location="/a")) as (http, wire, _):
        with pytest.raises(IncompleteResponseError) as caught:
            http.get("/a")
        assert (caught.value.code, len(wire.requests)) == ("redirect-loop", 6)


def test_five_hops_are_followed() -> None:
    with connected(*[reply(302, location="/a")] * 5, reply(json=[1])) as (http, _, _ears):
        assert http.get("/a").json() == [1]
