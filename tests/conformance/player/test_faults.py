"""Faults as they go over the wire, and as our own HTTP stack takes them."""

import gzip
import socket
import zlib

import pytest

from connector_sdk.conformance.player import Change, Fault, Player, Seen, aim, faults
from connector_sdk.errors import ConnectorError
from connector_sdk.http.policy import HttpSettings, Timeouts
from connector_sdk.testing.wire import Sent
from tests.conformance.player.books import CLOCK, book, exchange
from tests.http.connections import wired

BODY = b'{"data":["' + b"x" * 88 + b'"]}'
ONE = exchange("x", "GET /x", BODY.decode())
HEAD = (
    b"HTTP/1.1 200 OK\r\nDate: Fri, 02 Jan 2026 03:04:05 GMT\r\nContent-Type: application/json\r\n"
    b"Content-Length: 101\r\n\r\n"
)


def _heard(change: Change) -> tuple[bytes, bool]:
    """Return all that comes back for one request, and whether the connection was broken in the end."""
    heard, fault = b"", Fault("it", change, aim.everything())
    with Player(book(ONE), "read.x.full", faults=[fault], date=CLOCK) as player:
        port = int(player.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=0.3) as connection:
            connection.sendall(b"GET /x HTTP/1.1\r\n\r\n")
            try:
                while part := connection.recv(65536):
                    heard += part
            except ConnectionResetError:
                return heard, True
            except TimeoutError:
                return heard + b" (silence)", False
        assert player.unfired() == []
    return heard, False


@pytest.mark.parametrize(
    ("change", "heard"),
    [
        (faults.reset(), (b"", True)),
        (faults.reset("head"), (HEAD, True)),
        (faults.reset("half"), (HEAD + BODY[:50], True)),
        (faults.hang(), (b" (silence)", False)),
        (faults.hang("head"), (HEAD + b" (silence)", False)),
        (faults.hang("half"), (HEAD + BODY[:50] + b" (silence)", False)),
        (faults.cut_length(), (HEAD + BODY[:50], False)),
    ],
)
def test_an_answer_breaks_off(change: Change, heard: tuple[bytes, bool]) -> None:
    assert _heard(change) == heard


def test_chunks_that_never_end_hold_all_of_the_body() -> None:
    heard, _ = _heard(faults.cut_chunks())
    head, _, chunks = heard.partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in head
    assert b"Content-Length" not in head
    assert chunks == b"65\r\n" + BODY + b"\r\n"


def test_without_a_frame_the_end_of_the_connection_looks_like_the_end() -> None:
    head, _, body = _heard(faults.cut_unframed())[0].partition(b"\r\n\r\n")
    assert (b"Content-Length" in head, body) == (False, BODY[:50])


@pytest.mark.parametrize("change", [faults.cut_gzip(), faults.gzip_without_trailer()])
def test_compressed_bodies_are_cut_inside_a_sound_frame(change: Change) -> None:
    answered = Sent(b"")

    def kept(seen: Seen, reply: faults.Reply) -> Sent:
        nonlocal answered
        made = change(seen, reply)
        assert isinstance(made, Sent)
        answered = made
        return made

    _heard(kept)
    head, _, body = answered.data.partition(b"\r\n\r\n")
    assert b"Content-Encoding: gzip" in head
    assert f"Content-Length: {len(body)}".encode() in head
    assert len(body) < len(gzip.compress(BODY))
    inflating = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert BODY.startswith(inflating.decompress(body))
    assert not inflating.eof


def test_a_slow_answer_is_whole_in_the_end() -> None:
    fault = Fault("slow", faults.slow(0.0001), aim.everything())
    with Player(book(ONE), "read.x.full", faults=[fault]) as player, wired(player.url) as (http, _):
        assert http.get("/x").content == BODY


def test_bodies_are_exchanged_inside_a_sound_frame() -> None:
    changes = {
        "tree": faults.with_body(lambda tree: {**tree, "n": tree["data"][0][:1]}),
        "bytes": faults.with_bytes(lambda body: body[:4]),
        "html": faults.html(),
        "empty": faults.empty(),
        "other": faults.answering(503, {"Retry-After": "7", "Date": "now"}, b"down"),
    }
    struck = [Fault(name, change, aim.everything()) for name, change in changes.items()]
    with Player(book(ONE), "read.x.full", faults=struck) as player, wired(player.url) as (http, _):
        assert http.get("/x").content == BODY[:-1] + b',"n":"x"}'
        assert http.get("/x").content == BODY[:4]
        for _turn in ("html", "empty", "other"):
            try:
                http.get("/x").json()
            except (ConnectorError, ValueError):
                pass
            else:
                pytest.fail("that is no answer")
        assert (player.unfired(), [seen.status for seen in player.seen]) == ([], [200, 200, 200, 200, 503])


@pytest.mark.parametrize(
    "change",
    [
        faults.reset(),
        faults.reset("half"),
        faults.hang(),
        faults.hang("head"),
        faults.hang("half"),
        faults.cut_length(),
        faults.cut_chunks(),
        faults.cut_unframed(),
        faults.cut_gzip(),
        faults.gzip_without_trailer(),
        faults.slow(0.05),
    ],
)
def test_our_own_stack_takes_none_of_them_for_an_answer(change: Change) -> None:
    settings = HttpSettings(timeouts=Timeouts(read=0.2, total=0.4))
    fault = Fault("it", change, aim.everything())
    with (
        Player(book(ONE), "read.x.full", faults=[fault]) as player,
        wired(player.url, settings=settings) as (http, _),
    ):
        with pytest.raises(ConnectorError):
            http.get("/x").json()
        assert player.unfired() == []


def test_what_a_fault_takes_from_the_book_is_filled_in() -> None:
    fault = Fault("it", faults.with_tree(lambda seen, _: {"next": "${SERVER}" + seen.path}), aim.everything())
    with Player(book(ONE), "read.x.full", faults=[fault]) as player, wired(player.url) as (http, _):
        assert http.get("/x").json() == {"next": f"{player.url}/x"}


def test_aims_tell_requests_apart() -> None:
    seen = {
        "token": Seen(0, "POST", "/t", "/t", {}, {}, b"", 0.0, exchange="token"),
        "read": Seen(1, "GET", "/r", "/r", {}, {}, b"", 0.0, exchange="r", index=0),
        "write": Seen(2, "POST", "/w", "/w", {}, {}, b"", 0.0, exchange="w", index=1, writes=True),
        "unmatched": Seen(3, "GET", "/?", "/?", {}, {}, b"", 0.0),
    }
    met = {
        name: [which for which, each in seen.items() if aimed(each)]
        for name, aimed in {
            "everything": aim.everything(),
            "exchange": aim.on_exchange("w", "token"),
            "data": aim.on_data(),
            "second": aim.on_data(1),
            "token": aim.on_token(),
            "writes": aim.on_writes(),
        }.items()
    }
    assert met == {
        "everything": ["token", "read", "write"],
        "exchange": ["token", "write"],
        "data": ["read", "write"],
        "second": ["write"],
        "token": ["token"],
        "writes": ["write"],
    }
