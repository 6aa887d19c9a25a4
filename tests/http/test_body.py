"""Bodies over real sockets: proven complete, or no data at all (fault matrix B)."""

import gzip
import random
import tracemalloc
import zlib

import pytest

from connector_sdk.errors import (
    ConnectorError,
    IncompleteResponseError,
    OutcomeUnknownError,
    UnavailableError,
    UnreachableError,
)
from connector_sdk.http.policy import BodyPolicy, HttpSettings, RetryPolicy, Timeouts
from connector_sdk.testing.wire import Sent
from tests.clocks import FakeClock
from tests.http.answers import SILENCE, answer, dripping, replied, serving
from tests.http.connections import wired

pytestmark = pytest.mark.slow

WHOLE = b'{"value": "' + b"x" * 100 + b'"}'
ZIPPED = gzip.compress(WHOLE, mtime=0)
ONLY = BodyPolicy(largest=3_000_000, error=2_000, ratio=200)


def _head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *lines, "", "")).encode()


def _chunked(*parts: bytes, end: bytes = b"0\r\n\r\n", **more: str) -> bytes:
    framed = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return _head("Transfer-Encoding: chunked", *lines) + framed + end


def _zipped(body: bytes) -> bytes:
    return _head(f"Content-Length: {len(body)}", "Content-Encoding: gzip") + body


@pytest.mark.parametrize(
    "raw",
    [
        _head(f"Content-Length: {len(WHOLE)}") + WHOLE,
        _head(f"Content-Length: {len(WHOLE)}") + WHOLE + b"more than announced",
        _chunked(WHOLE[:7], WHOLE[7:]),
        _chunked(ZIPPED[:5], ZIPPED[5:], Content_Encoding="gzip"),
        _zipped(ZIPPED),
        _zipped(gzip.compress(WHOLE[:20], mtime=0) + gzip.compress(WHOLE[20:], mtime=0)),
    ],
    ids=["length", "longer", "chunked", "chunked gzip", "gzip", "two gzip members"],
)
def test_a_whole_body_arrives(raw: bytes) -> None:
    with serving(replied(raw)) as server, wired(server.url) as (http, _):
        assert http.get("/x").content == WHOLE


@pytest.mark.req("G1")
@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (_head(f"Content-Length: {len(WHOLE)}") + WHOLE[:-1], "body-cut"),
        (_chunked(WHOLE, end=b""), "body-cut"),
        (_chunked(WHOLE, end=b"5\r\nab"), "body-cut"),
        (_head() + WHOLE, "body-unframed"),
        (_head("Connection: close") + WHOLE, "body-unframed"),
        (_zipped(ZIPPED[:-9]), "body-cut"),
        (_zipped(ZIPPED[:-1]), "body-cut"),
        (_zipped(ZIPPED[:-8] + b"\0\0\0\0" + ZIPPED[-4:]), "body-gzip"),
        (_zipped(WHOLE), "body-gzip"),
        (_zipped(ZIPPED + b"rest"), "body-gzip"),
        (_head("Content-Length: 3", "Content-Encoding: br") + b"abc", "body-encoding"),
        (_head("Content-Length: 3", "Content-Encoding: gzip, gzip") + b"abc", "body-encoding"),
        (
            _head("Content-Length: 4", "Transfer-Encoding: chunked") + b"4\r\nabcd\r\n0\r\n\r\n",
            "body-ambiguous",
        ),
    ],
)
def test_a_body_that_is_not_proven_complete_is_an_error(raw: bytes, code: str) -> None:
    with serving(replied(raw)) as server, wired(server.url) as (http, ears):
        with pytest.raises(IncompleteResponseError) as caught:
            http.get("/x")
        assert caught.value.code == code
        assert ears.exchanges[0].code == code
        assert "xxx" not in str(caught.value)


@pytest.mark.parametrize("cut", range(len(ZIPPED)))
def test_gzip_cut_anywhere_is_noticed(cut: int) -> None:
    if cut == 0:
        return  # nothing at all, announced as nothing
    raw = _zipped(ZIPPED[:cut])
    with (
        serving(replied(raw)) as server,
        wired(server.url) as (http, _),
        pytest.raises(IncompleteResponseError),
    ):
        http.get("/x")


def test_a_cut_body_is_read_again_and_a_lasting_fault_is_not() -> None:
    cut = replied(_head(f"Content-Length: {len(WHOLE)}") + WHOLE[:-1])
    again = {"retry": RetryPolicy(attempts=3), "clock": FakeClock()}
    with serving(cut, cut, answer(WHOLE)) as server, wired(server.url, **again) as (http, _):
        assert http.get("/x").content == WHOLE
        assert len(server.asked) == 3
    strange = replied(_head("Content-Length: 3", "Content-Encoding: br") + b"abc")
    with serving(strange, answer(WHOLE)) as server, wired(server.url, **again) as (http, _):
        with pytest.raises(IncompleteResponseError):
            http.get("/x")
        assert len(server.asked) == 1


def test_a_write_whose_answer_is_cut_is_in_doubt() -> None:
    cut = replied(_head("Content-Length: 100") + b"{")
    with serving(cut) as server, wired(server.url, retry=RetryPolicy(), clock=FakeClock()) as (http, _):
        with pytest.raises(OutcomeUnknownError):
            http.request("POST", "/x", json={"a": 1})
        assert len(server.asked) == 1


def _bomb(size: int) -> bytes:
    return gzip.compress(b"0" * size)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (_head("Content-Length: 3000001") + b"x" * 3_000_001, "larger than 3000000"),
        (_zipped(_bomb(2_500_000)), "more than 200 times"),
        (_zipped(gzip.compress(random.Random(1).randbytes(3_000_001), mtime=0)), "larger than 3000000"),
    ],
    ids=["large", "bomb", "inflates too far"],
)
def test_a_body_that_grows_too_large_is_given_up(raw: bytes, told: str) -> None:
    with serving(replied(raw)) as server, wired(server.url, body=ONLY) as (http, _):
        with pytest.raises(IncompleteResponseError, match=told) as caught:
            http.get("/x")
        assert caught.value.code == "body-too-large"


def test_a_bomb_is_never_held_whole() -> None:
    """100 MiB of nothing in 100 kB: it is given up at 200 times what was read of it."""
    made = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    nothing = bytes(2**20)
    bomb = b"".join(made.compress(nothing) for _ in range(100)) + made.flush()
    with serving(replied(_zipped(bomb))) as server, wired(server.url) as (http, _):
        tracemalloc.start()
        with pytest.raises(IncompleteResponseError, match="times"):
            http.get("/x")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 2**25


def test_dense_but_honest_data_passes() -> None:
    data = b"0" * 2**20
    with serving(replied(_zipped(gzip.compress(data)))) as server, wired(server.url) as (http, _):
        assert http.get("/x").content == data


@pytest.mark.parametrize(
    "sent",
    [
        answer(b"e" * 5_000_000, 503, {"Retry-After": "9"}),
        replied(_head("Content-Length: 5000", "Retry-After: 9", status="503 Down") + b"cut"),
        replied(_head("Retry-After: 9", status="503 Down") + b"unframed"),
        replied(
            _head("Content-Length: 3", "Content-Encoding: gzip", "Retry-After: 9", status="503 D") + b"abc"
        ),
        replied(
            _head("Content-Length: 3", "Content-Encoding: br", "Retry-After: 9", status="503 D") + b"abc"
        ),
    ],
    ids=["5 MB", "cut", "unframed", "no gzip", "unknown encoding"],
)
def test_whatever_the_body_of_an_error_is_its_status_counts(sent: Sent) -> None:
    with serving(sent, answer()) as server, wired(server.url) as (http, ears):
        with pytest.raises(UnavailableError) as caught:
            http.get("/x")
        assert (caught.value.code, caught.value.retry_after) == ("http-503", 9)
        assert ears.exchanges[0].received <= 200_000
        assert http.get("/x").status_code == 200
        assert server.connections == 2


def test_a_small_error_keeps_its_connection() -> None:
    with serving(answer(b"{}", 503), answer()) as server, wired(server.url) as (http, _):
        with pytest.raises(UnavailableError):
            http.get("/x")
        assert http.get("/x").status_code == 200
        assert server.connections == 1


@pytest.mark.parametrize(
    "sent",
    [
        dripping(_head("Content-Length: 5000"), b"x", 0.02),
        dripping(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x", 0.02),
        dripping(_head("Content-Length: 5000", status="500 Down"), b"x", 0.02),
    ],
    ids=["body", "head", "error"],
)
def test_a_drip_ends_when_the_attempt_has_had_its_time(sent: Sent) -> None:
    """Each byte comes well within the read timeout; together they would last for ever."""
    settings = HttpSettings(timeouts=Timeouts(read=5, total=0.2))
    with serving(sent) as server, wired(server.url, settings=settings) as (http, ears):
        with pytest.raises(ConnectorError) as caught:
            http.get("/x")
        assert caught.value.code in {"answer-too-slow", "http-500"}
        assert caught.value.exit_code == 75
        assert 0.15 < ears.exchanges[0].duration < 2


def test_silence_is_no_answer() -> None:
    settings = HttpSettings(timeouts=Timeouts(read=0.1))
    with serving(SILENCE) as server, wired(server.url, settings=settings) as (http, _):
        with pytest.raises(UnreachableError) as caught:
            http.get("/x")
        assert caught.value.code == "no-answer"


@pytest.mark.parametrize(
    ("method", "raw"),
    [
        ("HEAD", _head("Content-Length: 1000")),
        ("HEAD", _head("Content-Length: 1000", "Content-Encoding: gzip")),
        ("GET", _head(status="204 No Content")),
        ("GET", _head("Content-Length: 0")),
        ("GET", _head(status="304 Not Modified")),
    ],
)
def test_answers_without_a_body_keep_their_connection(method: str, raw: bytes) -> None:
    with serving(replied(raw, keep=True)) as server, wired(server.url) as (http, _):
        for _turn in range(2):
            answered = http.request(method, "/x", headers={"If-None-Match": '"1"'})
            assert answered.content == b""
        assert server.connections == 1


def test_bytes_on_the_wire_are_counted() -> None:
    with serving(replied(_zipped(ZIPPED))) as server, wired(server.url) as (http, ears):
        http.request("PUT", "/x", content=b"12345")
        assert (ears.exchanges[0].sent, ears.exchanges[0].received) == (5, len(ZIPPED))


def test_headers_that_were_true_of_the_wire_are_gone() -> None:
    with serving(replied(_zipped(ZIPPED))) as server, wired(server.url) as (http, _):
        answered = http.get("/x")
        assert "content-encoding" not in answered.headers
        assert answered.headers["content-length"] == str(len(WHOLE))
