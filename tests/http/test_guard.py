"""The guard: what is refused before anything leaves, and that it is recorded before the error arrives."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from connector_sdk.compliance import Outgoing, Refusal, Rule
from connector_sdk.errors import AuditUnavailableError, ComplianceError
from connector_sdk.http.auth import BearerToken
from connector_sdk.http.client import Http
from connector_sdk.http.layer import EXCHANGE, ExtraLayer, Place, Send
from connector_sdk.secrets import Secret
from tests.clocks import FakeClock
from tests.http.connections import BASE, ONCE, Ears, Replies, connected, policy, reply


@pytest.mark.parametrize(
    ("base", "path", "code"),
    [
        ("http://api.acme.example", "/x", "plaintext-http"),
        ("http://10.0.0.1", "/x", "plaintext-http"),
        ("http://localhost.acme.example", "/x", "plaintext-http"),
        ("ftp://api.acme.example", "/x", "plaintext-http"),
        ("https://api.acme.example", "https://other.example/x", "host-not-allowed"),
        ("https://api.acme.example", "https://api.acme.example:8443/x", "host-not-allowed"),
        ("https://api.acme.example", "https://api.acme.example./x", "host-not-allowed"),
        ("https://u:hunter2@api.acme.example", "/x", "credentials-in-url"),
        ("https://api.acme.example", "https://hunter2@api.acme.example/x", "credentials-in-url"),
    ],
)
def test_it_is_refused_recorded_and_never_sent(base: str, path: str, code: str) -> None:
    with connected(reply(), base_url=base) as (http, wire, ears):
        with pytest.raises(ComplianceError) as caught:
            http.get(path)
        assert (caught.value.code, caught.value.exit_code) == (code, 77)
        assert wire.requests == []
        assert [(refusal.code, refusal.connector) for refusal in ears.refusals] == [(code, "acme")]
        assert (ears.exchanges[0].code, ears.exchanges[0].attempts) == (code, 0)
        assert "hunter2" not in f"{caught.value} {ears.refusals} {ears.exchanges}"


@pytest.mark.parametrize("base", ["http://127.0.0.1:81", "http://[::1]:81", "http://localhost:81"])
def test_plain_http_is_for_this_machine(base: str) -> None:
    with connected(reply(), base_url=base) as (http, _, ears):
        assert http.get("/x").status_code == 200
        assert ears.refusals == []


def test_hosts_are_compared_as_they_go_on_the_wire() -> None:
    with connected(reply(), base_url="https://bücher.example", hosts=("xn--bcher-kva.example",)) as (
        http,
        wire,
        _,
    ):
        http.get("/x")
        http.follow("https://BÜCHER.example/y", "/y")
    assert {request.url.raw_host for request in wire.requests} == {b"xn--bcher-kva.example"}


def _says(reason: str | None) -> Callable[[Outgoing], str | None]:
    return lambda _: reason


def _raises(_: Outgoing) -> str | None:
    raise RuntimeError("hunter2")


@pytest.mark.parametrize(
    ("check", "told"), [(_says("writes are off"), "writes are off"), (_raises, "it failed with RuntimeError")]
)
def test_one_rule_that_does_not_say_yes_is_enough(check: Callable[[Outgoing], str | None], told: str) -> None:
    rules = [Rule("first", _says(None)), Rule("second", check)]
    with connected(reply(), rules=rules) as (http, wire, ears):
        with pytest.raises(ComplianceError, match=told) as caught:
            http.get("/x/{id}", values={"id": "secret"})
        assert caught.value.code == "rule-refused"
        assert wire.requests == []
        assert ears.refusals == [Refusal("rule-refused", "acme", "GET", "api.acme.example", "/x/{id}")]
        assert "hunter2" not in str(caught.value)


def test_rules_see_every_hop_and_tokens_too() -> None:
    seen: list[Outgoing] = []

    def look(outgoing: Outgoing) -> None:
        seen.append(outgoing)

    with connected(reply(302, location="/b?q=1"), reply(), rules=[Rule("look", look)]) as (http, _, _ears):
        http.get("/a?q=1", params={"p": "1"})
    assert [(each.method, each.host, each.port, each.path) for each in seen] == [
        ("GET", "api.acme.example", 443, "/a")
    ] * 2


def test_a_refusal_that_cannot_be_recorded_says_so() -> None:
    class Deaf(Ears):
        def refuse(self, refusal: Refusal) -> None:
            raise AuditUnavailableError("the ledger is away", code="ledger-unavailable")

    wire = Replies([reply()])
    with (
        Http(
            policy(base_url="http://api.acme.example"), clock=FakeClock(), observer=Deaf(), pool=wire
        ) as http,
        pytest.raises(AuditUnavailableError),
    ):
        http.get("/x")


def test_a_call_that_cannot_be_recorded_has_failed() -> None:
    class Forgetful(Ears):
        def record(self, exchange: object) -> None:
            raise AuditUnavailableError("the ledger is away", code="ledger-unavailable")

    wire = Replies([reply()])
    with Http(policy(), clock=FakeClock(), observer=Forgetful(), pool=wire) as http:
        with pytest.raises(AuditUnavailableError):
            http.get("/x")
        assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("outside", "times", "knows_refusal"),
    [
        ("redirects", 1, True),
        ("call span", 2, True),
        ("audit", 2, True),
        ("guard", 2, True),
        ("retry", 2, False),
        ("breaker", 3, False),
        ("ratelimit", 3, False),
        ("attempt span", 3, False),
    ],
)
def test_a_plugins_layer_stands_just_outside_its_neighbour(
    outside: Place, times: int, knows_refusal: bool
) -> None:
    """Two hops, the first of which needs two attempts: how often a layer is passed shows where it is."""
    passed: list[str] = []

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        passed.append(request.extensions[EXCHANGE].path)
        return send(request)

    extra = [ExtraLayer(layer, outside)]
    with connected(reply(503), reply(302, location="/b"), reply(), extra=extra) as (http, _, _ears):
        http.get("/a")
        assert len(passed) == times
        with pytest.raises(ComplianceError):
            http.get("https://other.example/x")
        assert len(passed) == times + knows_refusal


def test_layers_of_the_same_place_keep_their_order() -> None:
    passed: list[str] = []

    def named(name: str) -> ExtraLayer:
        def layer(request: httpx.Request, send: Send) -> httpx.Response:
            passed.append(name)
            return send(request)

        return ExtraLayer(layer)

    with connected(reply(), retry=ONCE, extra=[named("first"), named("second")]) as (http, _, _ears):
        http.get("/x")
    assert passed == ["first", "second"]


@pytest.mark.parametrize(
    "change",
    [
        {"url": httpx.URL("https://evil.example/x")},
        {"url": httpx.URL(BASE + ":8443/x")},
        {"method": "DELETE"},
    ],
)
def test_no_layer_leads_a_permitted_request_elsewhere(change: dict[str, Any]) -> None:
    def leading(request: httpx.Request, send: Send) -> httpx.Response:
        for name, value in change.items():
            setattr(request, name, value)
        return send(request)

    with connected(reply(), extra=[ExtraLayer(leading)], auth=BearerToken(Secret("hunter2"))) as (
        http,
        wire,
        ears,
    ):
        with pytest.raises(ComplianceError) as caught:
            http.get("/x")
        assert caught.value.code == "layer-refused"
        assert wire.requests == []
        assert [refusal.code for refusal in ears.refusals] == ["layer-refused"]
