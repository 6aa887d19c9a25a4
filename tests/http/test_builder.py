"""Requests: templates filled without leading elsewhere, bodies exact, names that hold no value."""

from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_sdk.errors import ConfigurationError, IncompleteResponseError, RecordError
from connector_sdk.http.builder import RequestBuilder
from connector_sdk.http.client import Http
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.layer import EXCHANGE
from connector_sdk.http.origin import Origin, origin_of
from tests.http.connections import Replies, policy

MAKE = RequestBuilder("https://h.example/base/", {"Accept": "application/json"}, {"read": 1.0})


def _exchange(request: httpx.Request) -> Exchange:
    found: Exchange = request.extensions[EXCHANGE]
    return found


@given(st.text(min_size=1).filter(lambda text: text.isprintable() or True))
def test_a_value_stays_within_its_place(value: str) -> None:
    try:
        request = MAKE.request("GET", "/items/{id}/parts", values={"id": value})
    except (ConfigurationError, UnicodeEncodeError):
        assert any("\ud800" <= char <= "\udfff" for char in value)
        return
    path = request.url.raw_path.decode()
    assert path.startswith("/base/items/")
    assert path.endswith("/parts")
    assert path.count("/") == 4
    assert unquote(path.split("/")[3]) == value
    assert _exchange(request).path == "/items/{id}/parts"


@pytest.mark.parametrize("value", [".", "..", "...", "a/../b", "a?b", "a#b", "%2e%2e"])
def test_dots_and_slashes_lead_nowhere_else(value: str) -> None:
    path = MAKE.request("GET", "/items/{id}", values={"id": value}).url.raw_path.decode()
    assert path.startswith("/base/items/")
    assert path.count("/") == 3


@pytest.mark.parametrize("values", [{}, {"id": ""}, None])
def test_a_value_that_is_missing_or_empty_is_a_fault(values: Any) -> None:
    """`DELETE /items/` would be quite another thing."""
    with pytest.raises(ConfigurationError) as caught:
        MAKE.request("DELETE", "/items/{id}", values=values)
    assert caught.value.code == "path-value-missing"


def test_parameters_are_added_to_those_of_the_path() -> None:
    request = MAKE.request("GET", "/x?fixed=1", params={"q": "a b&c", "n": 5, "ids": ["1", "2"]})
    assert dict(request.url.params) | {"ids": request.url.params.get_list("ids")} == {
        "fixed": "1",
        "q": "a b&c",
        "n": "5",
        "ids": ["1", "2"],
    }
    assert _exchange(request).path == "/x"


def test_a_header_replaces_the_connections_in_any_spelling() -> None:
    request = MAKE.request("GET", "/x", headers={"accept": "text/csv"})
    assert request.headers.get_list("accept") == ["text/csv"]


def test_json_is_written_exactly() -> None:
    request = MAKE.request("POST", "/x", json={"n": Decimal("1.10"), "big": 2**70, "none": None})
    assert request.content == b'{"n":1.10,"big":1180591620717411303424,"none":null}'
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("given", [{"json": {"a": "\ud800"}}, {"values": {"id": "\ud800"}}])
def test_half_a_character_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(RecordError) as caught:
        MAKE.request("POST", "/x/{id}", **{"values": {"id": "1"}, **given})
    assert caught.value.code == "text-not-unicode"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity")])
def test_what_json_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(RecordError) as caught:
        MAKE.request("POST", "/x", json={"records": [{"a": value}]})
    assert caught.value.code == "number-out-of-range"


@pytest.mark.parametrize("base", ["https://", "https://h:port", "nothing", "https://h\nx"])
def test_an_address_that_is_none_is_a_setting(base: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        RequestBuilder(base, {}, {}).request("GET", "/x")
    assert caught.value.code == "request-unsendable"


@pytest.mark.parametrize("url", ["https://h:port/", "http://h\x00/", "https://[::1", "//[x/"])
def test_a_link_that_is_no_url_is_the_systems_fault(url: str) -> None:
    with pytest.raises(IncompleteResponseError) as caught:
        MAKE.follow(url, "/items/{page}")
    assert caught.value.code == "address-unusable"
    assert "/items/{page}" in str(caught.value)


def test_a_base_that_is_no_address_is_a_setting() -> None:
    for base in ("https://[", "https://h:99999", "somewhere"):
        with pytest.raises(ConfigurationError) as caught:
            Http(policy(base_url=base), pool=Replies([]))
        assert caught.value.code == "request-unsendable"


def test_links_are_resolved_against_the_base() -> None:
    assert str(MAKE.follow("/next?c=1", "/next").url) == "https://h.example/next?c=1"
    assert str(MAKE.follow("next?c=1", "/next").url) == "https://h.example/base/next?c=1"
    assert str(MAKE.follow("https://o.example/n", "/n").url) == "https://o.example/n"


@pytest.mark.parametrize(
    "url",
    [
        "https://good.example\\@evil.example/",
        "https://evil.example#@good.example/",
        "https://evil.example?@good.example/",
        "https://good.example@evil.example/",
        "https://good.example:443@evil.example/",
        "\thttps://evil.example/",
        "https:///evil.example/",
    ],
)
def test_the_origin_that_is_judged_is_the_one_on_the_wire(url: str) -> None:
    try:
        request = MAKE.follow(url, "/x")
    except IncompleteResponseError:
        return
    exchange = _exchange(request)
    assert (exchange.scheme.encode(), exchange.host.encode()) == (
        request.url.raw_scheme,
        request.url.raw_host,
    )
    assert request.headers["host"].rpartition("@")[2] == request.url.netloc.decode()


def test_a_whole_url_as_path_shows_no_host_in_its_name() -> None:
    request = MAKE.request("POST", "https://login.example/token?x=1")
    assert (_exchange(request).path, _exchange(request).host) == ("/token", "login.example")


@pytest.mark.parametrize(
    ("url", "origin", "name"),
    [
        ("https://API.Example/x", Origin("https", "api.example", 443), "api.example"),
        ("https://h:8443", Origin("https", "h", 8443), "h:8443"),
        ("http://[::1]:81/", Origin("http", "::1", 81), "[::1]:81"),
        ("https://bücher.example", Origin("https", "xn--bcher-kva.example", 443), "xn--bcher-kva.example"),
    ],
)
def test_origins(url: str, origin: Origin, name: str) -> None:
    assert origin_of(url) == origin
    assert origin.name == name


@pytest.mark.parametrize("url", ["https://", "h", "https://h:port", "https://[", "https://" + "ü" * 100])
def test_what_names_no_host_has_no_origin(url: str) -> None:
    with pytest.raises(ValueError):
        origin_of(url)
