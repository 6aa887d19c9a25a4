"""Repeats: only what is safe, as patiently as is sensible, and an honest word where nobody knows."""

import httpx
import pytest

from connector_sdk.errors import (
    ConnectorError,
    IncompleteResponseError,
    NotFoundError,
    OutcomeUnknownError,
    ThrottledError,
    UnavailableError,
    UnreachableError,
)
from connector_sdk.events import AttemptFailed
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.layer import EXCHANGE
from connector_sdk.http.layers.retry import retry
from connector_sdk.http.policy import BreakerPolicy, RetryPolicy
from tests.clocks import FakeClock
from tests.http.connections import Ears, connected, reply

PATIENT = RetryPolicy()
NO_BREAKER = BreakerPolicy(least=10_000)


def _most(_low: float, high: float) -> float:
    return high


class Waits(FakeClock):
    """Remembers what was slept."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []

    def sleep(self, seconds: float, wake: object = None) -> bool:
        self.slept.append(round(seconds, 6))
        self.advance(seconds)
        return False


def _layer(*outcomes: Exception | None, repeatable: bool = True, rules: RetryPolicy = PATIENT):  # type: ignore[no-untyped-def]  # a test's own
    """Return a call through the layer alone, jitter drawn at its most, with its clock and ears."""
    clock, ears, left = Waits(), Ears(), list(outcomes)
    request = httpx.Request("GET", "https://h/")
    exchange = Exchange("GET", "https", "h", 443, "/", repeatable)
    request.extensions = {EXCHANGE: exchange}
    layer = retry(rules, clock, ears, _most)

    def send(_: httpx.Request) -> httpx.Response:
        exchange.attempts += 1
        exchange.unclear = True
        outcome = left.pop(0)
        if outcome is not None:
            raise outcome
        return httpx.Response(200)

    return (lambda: layer(request, send)), clock, ears


def _down(retry_after: float | None = None) -> UnavailableError:
    return UnavailableError("down", code="http-500", retry_after=retry_after)


def _throttled(retry_after: float | None = None) -> ThrottledError:
    return ThrottledError("slow", code="http-429", retry_after=retry_after)


def test_waits_grow_up_to_their_caps() -> None:
    call, clock, _ = _layer(*[_down()] * 9, None, rules=RetryPolicy(attempts=10))
    assert call().status_code == 200
    assert clock.slept == [0.5, 1, 2, 4, 8, 16, 20, 20, 20]


def test_throttling_has_a_slower_curve() -> None:
    call, clock, _ = _layer(*[_throttled()] * 7, None, rules=RetryPolicy(attempts=8))
    assert call().status_code == 200
    assert clock.slept == [1, 2, 4, 8, 16, 32, 60]


@pytest.mark.parametrize(("asked", "waited"), [(7, 7.7), (0, 1), (100, 110)])
def test_what_the_system_asks_for_is_the_least(asked: float, waited: float) -> None:
    call, clock, _ = _layer(_throttled(asked), None)
    call()
    assert clock.slept == [waited]


def test_jitter_is_drawn_from_zero_on() -> None:
    waits = set()
    for _ in range(50):
        clock = Waits()
        with connected(reply(500), reply(), clock=clock) as (http, _wire, _ears):
            http.get("/x")
        waits.update(clock.slept)
    assert min(waits) < 0.2
    assert max(waits) <= 0.5
    assert len(waits) > 40


def test_a_wait_beyond_patience_gives_up_at_once_and_says_when() -> None:
    call, clock, _ = _layer(_throttled(86_400), None)
    with pytest.raises(ThrottledError) as caught:
        call()
    assert (clock.slept, caught.value.retry_after, caught.value.exit_code) == ([], 86_400, 75)


def test_the_waits_of_one_call_together_are_bounded() -> None:
    call, clock, _ = _layer(*[_down(120)] * 6)
    with pytest.raises(UnavailableError) as caught:
        call()
    assert clock.slept == [132, 132]
    assert caught.value.attempts == 3


def test_attempts_are_bounded_counted_and_told() -> None:
    call, _, ears = _layer(*[_down()] * 20)
    with pytest.raises(UnavailableError) as caught:
        call()
    assert caught.value.attempts == 6
    told = ears.of(AttemptFailed)
    assert [event.attempt for event in told] == [1, 2, 3, 4, 5, 6]
    assert [event.wait for event in told] == [0.5, 1, 2, 4, 8, None]
    assert {(event.error, event.code) for event in told} == {("UnavailableError", "http-500")}


@pytest.mark.parametrize(
    ("error", "sent"),
    [
        (NotFoundError("no", code="http-404"), 1),
        (IncompleteResponseError("big", code="body-too-large"), 1),
        (IncompleteResponseError("other", code="status-unexpected"), 1),
        (IncompleteResponseError("cut", code="body-cut"), 2),
        (UnreachableError("gone", code="no-answer"), 2),
    ],
)
def test_only_what_may_pass_is_repeated(error: ConnectorError, sent: int) -> None:
    call, clock, _ = _layer(error, None)
    if sent == 1:
        with pytest.raises(type(error)):
            call()
    else:
        call()
    assert len(clock.slept) == sent - 1


def test_the_quota_ends_repeats_and_refills() -> None:
    """500 tokens: 35 repeats of failures, and one more for each call that needed none."""
    rules = RetryPolicy(attempts=2, base=0)
    with connected(reply(500), retry=rules, breaker=NO_BREAKER) as (http, wire, _):
        for _ in range(40):
            with pytest.raises(UnavailableError):
                http.get("/x")
        assert len(wire.requests) == 40 + 500 // 14
        wire.replies = [reply()]
        for _ in range(14 - 500 % 14):
            http.get("/x")
        wire.replies, before = [reply(500)], len(wire.requests)
        with pytest.raises(UnavailableError):
            http.get("/x")
        assert len(wire.requests) == before + 2


def test_throttling_costs_less_and_a_repeat_that_helped_nothing() -> None:
    rules = RetryPolicy(attempts=2, base=0, throttle_base=0, quota=15)
    with connected(reply(429), retry=rules) as (http, wire, _):
        for _ in range(5):
            with pytest.raises(ThrottledError):
                http.get("/x")
        assert len(wire.requests) == 5 + 3
    rules = RetryPolicy(attempts=2, base=0, quota=15)
    with connected(*[reply(500), reply()] * 9, retry=rules, breaker=NO_BREAKER) as (http, wire, _):
        for _ in range(9):
            http.get("/x")
        assert len(wire.requests) == 18


@pytest.mark.parametrize("status", [429, 503])
def test_a_rejected_write_is_repeated(status: int) -> None:
    with connected(reply(status), reply()) as (http, wire, _):
        assert http.request("POST", "/x", json={"a": 1}).status_code == 200
        assert [request.content for request in wire.requests] == [b'{"a":1}'] * 2


def test_a_write_of_which_no_byte_was_sent_is_repeated() -> None:
    with connected(httpx.ConnectError("refused"), reply()) as (http, wire, _):
        assert http.request("POST", "/x", json={"a": 1}).status_code == 200
        assert len(wire.requests) == 2


@pytest.mark.req("G2")
@pytest.mark.parametrize(
    "failure", [httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("gone"), reply(500), reply(502)]
)
def test_a_write_that_may_have_happened_is_never_sent_again(failure: httpx.Response | Exception) -> None:
    with connected(failure, reply()) as (http, wire, ears):
        with pytest.raises(OutcomeUnknownError) as caught:
            http.request("POST", "/x", json={"a": 1})
        assert (caught.value.code, caught.value.exit_code) == ("outcome-unknown", 65)
        assert caught.value.attempts == 1
        assert len(wire.requests) == 1
        assert ears.exchanges[0].code == "outcome-unknown"


def test_the_last_attempt_decides_whether_a_write_is_in_doubt() -> None:
    with connected(reply(503), httpx.ReadTimeout("slow"), reply()) as (http, wire, _):
        with pytest.raises(OutcomeUnknownError) as caught:
            http.request("POST", "/x", json={"a": 1})
        assert caught.value.attempts == len(wire.requests) == 2


@pytest.mark.parametrize(("method", "given"), [("PUT", None), ("delete", None), ("POST", True)])
def test_what_may_be_repeated_is(method: str, given: bool | None) -> None:
    with connected(httpx.ReadTimeout("slow"), reply()) as (http, wire, _):
        assert http.request(method, "/x", repeatable=given).status_code == 200
        assert len(wire.requests) == 2


def test_a_write_that_was_refused_is_no_riddle() -> None:
    with connected(reply(404)) as (http, wire, _):
        with pytest.raises(NotFoundError):
            http.request("POST", "/x")
        assert len(wire.requests) == 1


def test_a_storm_below_the_breakers_threshold_ends_well() -> None:
    storm = [reply(), reply(), *[reply(503)] * 3, reply(429), reply(), *[reply(503)] * 3, reply()]
    with connected(*storm) as (http, wire, _):
        for _ in range(4):
            assert http.get("/x").status_code == 200
        assert len(wire.requests) == len(storm)


def test_a_system_that_is_down_for_good_ends_soon() -> None:
    clock = Waits()
    with connected(httpx.ConnectError("refused"), clock=clock) as (http, _, _ears):
        with pytest.raises(UnreachableError) as caught:
            http.get("/x")
        assert (caught.value.code, caught.value.exit_code) == ("unreachable", 75)
        assert sum(clock.slept) < 16
