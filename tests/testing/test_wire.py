"""The server of raw bytes: where a request ends, and every way in which an answer can."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from connector_sdk.testing.wire import Asked, Sent, WireServer, framed

OK = framed(200, {"Content-Type": "application/json"}, b"{}")


@contextmanager
def connected(server: WireServer) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        yield connection


def _until_closed(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def _always(sent: Sent) -> WireServer:
    return WireServer(lambda _: sent)


@pytest.mark.parametrize(
    "raw",
    [
        b"POST /a?b=1 HTTP/1.1\r\nHost: h\r\nX-Two: 1\r\nx-two: 2\r\nContent-Length: 6\r\n\r\nabc\r\n\r",
        (
            b"POST /a?b=1 HTTP/1.1\r\nHost: h\r\nX-Two: 1, 2\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"3\r\nabc\r\n3;x=y\r\n\r\n\r\r\n0\r\nTrailer: 1\r\n\r\n"
        ),
    ],
    ids=["length", "chunks"],
)
def test_a_request_ends_where_its_framing_says(raw: bytes) -> None:
    """However it is cut into pieces, and with the next one right behind it."""
    with _always(Sent(OK)) as server, connected(server) as connection:
        for piece in (raw[:1], raw[1:30], raw[30:-1], raw[-1:] + b"GET /next HTTP/1.1\r\n\r\n"):
            connection.sendall(piece)
        received = b""
        while len(received) < 2 * len(OK):
            received += connection.recv(65536)
        first, second = server.asked
    assert received == OK * 2
    assert (first.number, first.method, first.target, first.body) == (0, "POST", "/a?b=1", b"abc\r\n\r")
    assert (first.headers["x-two"], first.headers["host"]) == ("1, 2", "h")
    assert (second.number, second.target, second.headers, second.body) == (1, "/next", {}, b"")
    assert first.at <= second.at


def test_a_connection_is_kept_for_ordinary_clients() -> None:
    with _always(Sent(OK)) as server:
        client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        for _turn in range(3):
            client.request("GET", "/")
            assert client.getresponse().read() == b"{}"
        client.close()
        assert (len(server.asked), server.connections) == (3, 1)
        assert server.url == f"http://127.0.0.1:{server.port}"


def test_closed_means_that_no_more_comes() -> None:
    with _always(Sent(b"any bytes", "close")) as server, connected(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert _until_closed(connection) == b"any bytes"


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"])
def test_reset_breaks_the_connection_after_what_was_sent(first: bytes) -> None:
    with _always(Sent(first, "reset")) as server, connected(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert b"".join(connection.recv(1) for _ in first) == first
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_hanging_lasts_until_the_caller_leaves_or_the_server_ends() -> None:
    with _always(Sent(b"HTTP/1.1 ", "hang")) as server:
        with connected(server) as connection:
            connection.settimeout(0.2)
            connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert connection.recv(9) == b"HTTP/1.1 "
            with pytest.raises(TimeoutError):
                connection.recv(1)
        with connected(server) as left:
            left.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert left.recv(9) == b"HTTP/1.1 "
            began = time.monotonic()
            server.__exit__(None, None, None)
            assert left.recv(1) == b""
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(("head", "pauses"), [(b"HTTP/1.1 200 OK\r\n\r\n", 5), (b"", 5)])
def test_bytes_drip_after_the_head(head: bytes, pauses: int) -> None:
    with _always(Sent(head + b"12345", "close", drip=0.02)) as server, connected(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        began = time.monotonic()
        assert _until_closed(connection) == head + b"12345"
        assert time.monotonic() - began >= pauses * 0.02


def test_a_drip_ends_with_the_server() -> None:
    before = threading.active_count()
    with _always(Sent(b"\r\n\r\nx" * 1000, drip=60)) as server, connected(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert connection.recv(4) == b"\r\n\r\n"
        began = time.monotonic()
        server.__exit__(None, None, None)
        assert time.monotonic() - began < 3
    assert threading.active_count() <= before


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\nnothing\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        b"GET /" + b"x" * 70_000,
    ],
)
def test_what_cannot_be_a_request_is_told_as_that_and_ends_the_connection(raw: bytes) -> None:
    with (
        WireServer(lambda asked: Sent(b"what? " + asked.body[:2].ljust(2))) as server,
        connected(server) as caller,
    ):
        caller.sendall(raw)
        assert caller.recv(8).startswith(b"what? ")
        with suppress(ConnectionResetError):  # where not all of it was read
            assert _until_closed(caller) == b""
        assert (server.asked[0].method, server.asked[0].target) == ("", "")
        if raw.startswith(b"\x16"):
            assert server.asked[0].body == raw


def test_chunks_are_not_endless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector_sdk.testing.wire_request.MOST_BODY", 5)
    with _always(Sent(OK, "close")) as server, connected(server) as caller:
        caller.sendall(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"3\r\nabc\r\n" * 2)
        assert _until_closed(caller) == OK
        assert server.asked[0].method == ""


def test_a_caller_that_leaves_in_the_middle_has_asked_nothing() -> None:
    with _always(Sent(OK)) as server:
        for raw in (b"", b"GET / HT", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"):
            with connected(server) as connection:
                connection.sendall(raw)
                connection.shutdown(socket.SHUT_WR)
                assert _until_closed(connection) == b""
        assert (server.asked, server.connections) == ([], 3)


def test_only_so_many_are_served_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector_sdk.testing.wire_listener.MOST_CONNECTIONS", 2)
    with _always(Sent(b"x")) as server, ExitStack() as stack:
        first, _second, third = (stack.enter_context(connected(server)) for _ in range(3))
        third.settimeout(0.3)
        third.sendall(b"GET / HTTP/1.1\r\n\r\n")
        with pytest.raises(TimeoutError):
            third.recv(1)
        first.close()
        third.settimeout(10)
        assert third.recv(1) == b"x"


def test_what_a_script_raises_is_raised_at_the_end() -> None:
    def broken(asked: Asked) -> Sent:
        raise LookupError(asked.target)

    server = WireServer(broken)
    server.__enter__()
    with connected(server) as caller:
        caller.sendall(b"GET /x HTTP/1.1\r\n\r\n")
        assert _until_closed(caller) == b""
    with pytest.raises(LookupError, match="/x"):
        server.__exit__(None, None, None)


def test_what_a_script_raises_is_not_hidden_by_what_came_of_it() -> None:
    def broken(asked: Asked) -> Sent:
        raise LookupError(asked.target)

    def ending_with(error: BaseException) -> None:
        with WireServer(broken) as server, connected(server) as caller:
            caller.sendall(b"GET /x HTTP/1.1\r\n\r\n")
            assert _until_closed(caller) == b""
            raise error

    with pytest.raises(LookupError, match="/x"):
        ending_with(AssertionError())
    with pytest.raises(KeyboardInterrupt):
        ending_with(KeyboardInterrupt())


def test_it_must_run_to_have_an_address() -> None:
    with pytest.raises(RuntimeError, match="with statement"):
        _ = _always(Sent(b"")).url


def test_answers_without_a_body_announce_none() -> None:
    assert framed(204, {}, b"") == b"HTTP/1.1 204 No Content\r\n\r\n"
    assert (
        framed(599, {"content-length": "7"}, b"x") == b"HTTP/1.1 599 Unassigned\r\ncontent-length: 7\r\n\r\nx"
    )
