"""How a simulator speaks HTTP: both framings of a body, connections that stay open, a clean end."""

import gc
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from connector_sdk.errors import ConfigurationError
from connector_sdk.testing import Caller
from tests.testing.small_vendor import SmallVendor


@pytest.fixture
def vendor() -> Iterator[SmallVendor]:
    with SmallVendor() as simulator:
        yield simulator


@pytest.fixture
def caller(vendor: SmallVendor) -> Iterator[Caller]:
    with Caller(vendor.url) as caller:
        yield caller


def _raw(vendor: SmallVendor, sent: bytes) -> bytes:
    """Send bytes as they are, and return all that comes back."""
    address = urlsplit(vendor.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_body_with_a_length_and_one_in_chunks_arrive_alike(vendor: SmallVendor, caller: Caller) -> None:
    assert caller.ask("POST", "/items", body=b"abc" * 1000).json() == {"bytes": 3000}
    assert caller.ask("POST", "/items", body=iter([b"abc" * 500, b"", b"abc" * 500])).status == 201
    assert vendor.kept == [b"abc" * 1000] * 2


def test_one_connection_serves_many_requests(caller: Caller, vendor: SmallVendor) -> None:
    for number in range(20):
        assert caller.ask("GET", f"/items/{number}").json()["name"] == str(number)
    assert threading.active_count() <= 4
    assert vendor.requests == {"GET /items/{name}": 20}


def test_names_in_a_path_are_decoded_one_segment_each(caller: Caller) -> None:
    assert caller.ask("GET", "/items/a%2Fb%20%C3%BC").json()["name"] == "a/b ü"
    assert caller.ask("GET", "/items/x/").status == 200
    assert caller.ask("GET", "/items/a/b").status == 404
    refused = caller.ask("DELETE", "/items/x")
    assert (refused.status, refused.headers["Allow"]) == (405, "GET")


def test_a_body_is_compressed_only_for_those_who_ask(caller: Caller) -> None:
    plain = caller.ask("GET", "/items/x")
    assert "Content-Encoding" not in plain.headers
    small = caller.ask("GET", "/items/x", headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert int(small.headers["Content-Length"]) < int(plain.headers["Content-Length"])
    assert small.body == plain.body


@pytest.mark.parametrize(
    "body",
    [
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nno\r\nabc\r\n0\r\n\r\n",
        b"Content-Length: 10\r\n\r\nabc",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: 99999999999\r\n\r\nabc",
    ],
)
def test_a_body_whose_framing_is_broken_is_never_taken(vendor: SmallVendor, body: bytes) -> None:
    assert _raw(vendor, b"POST /items HTTP/1.1\r\nHost: x\r\n" + body) == b""
    assert vendor.kept == []
    assert vendor.requests == {}


def test_trailers_and_extensions_of_chunks_are_passed_over(vendor: SmallVendor) -> None:
    sent = b"POST /items HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    sent += b"3;note=1\r\nabc\r\n0\r\nDigest: x\r\n\r\nGET /items/next HTTP/1.1\r\nHost: x\r\n\r\n"
    received = _raw(vendor, sent)
    assert received.count(b"HTTP/1.1 ") == 2
    assert vendor.kept == [b"abc"]


def test_it_ends_at_once_though_callers_stay_connected(recwarn: pytest.WarningsRecorder) -> None:
    before = threading.active_count()
    with SmallVendor() as vendor, Caller(vendor.url) as caller, Caller(vendor.url) as other:
        caller.ask("GET", "/items/1")
        other.ask("GET", "/items/2")
        began = time.monotonic()
        vendor.close()
        assert time.monotonic() - began < 5
        with pytest.raises(OSError):
            caller.ask("GET", "/items/1")
    gc.collect()
    assert threading.active_count() <= before
    assert not [each for each in recwarn if issubclass(each.category, ResourceWarning)]


def test_it_listens_on_loopback_alone_and_says_when_the_port_is_taken(vendor: SmallVendor) -> None:
    port = urlsplit(vendor.url).port
    assert urlsplit(vendor.url).hostname == "127.0.0.1"
    assert port is not None
    with pytest.raises(ConfigurationError) as refused:
        SmallVendor(port=port).start()
    assert refused.value.code == "simulator-port"


def test_it_can_only_be_reached_while_it_runs() -> None:
    with pytest.raises(RuntimeError):
        assert SmallVendor().url


def test_a_bug_of_the_simulator_fails_the_test_that_met_it() -> None:
    vendor = SmallVendor()
    with pytest.raises(AssertionError, match="a bug"), vendor, Caller(vendor.url) as caller:
        assert caller.ask("GET", "/broken").status == 500
