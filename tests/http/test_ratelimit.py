"""Requests are spread as the vendor asks; repeats wait their turn, and nobody waits for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_sdk.errors import ThrottledError
from connector_sdk.http.pace import RateLimit
from connector_sdk.http.policy import RetryPolicy
from tests.clocks import FakeClock
from tests.http.connections import connected, reply


@given(calls=st.integers(1, 5), per=st.floats(0.1, 10), many=st.integers(1, 30))
def test_no_window_ever_holds_more(calls: int, per: float, many: int) -> None:
    clock, sent = FakeClock(), []

    def note(_: object) -> object:
        sent.append(clock.monotonic())
        return reply()

    with connected(note, clock=clock, rate_limit=RateLimit(calls, per)) as (http, _, _ears):  # type: ignore[arg-type]  # a reply
        for _ in range(many):
            http.get("/x")
    windows = zip(sent, sent[calls:], strict=False)
    assert all(later - earlier >= per - 0.001 for earlier, later in windows)
    assert sent[-1] - sent[0] <= (many // calls + 1) * (per + 0.01)


def test_repeats_wait_their_turn() -> None:
    clock = FakeClock()
    began = clock.monotonic()
    rules = RetryPolicy(base=0, cap=0)
    with connected(
        reply(500), reply(500), reply(), clock=clock, rate_limit=RateLimit(1, 10), retry=rules
    ) as (
        http,
        _,
        _ears,
    ):
        http.get("/x")
    assert clock.monotonic() - began >= 20


def test_a_turn_that_would_come_too_late_parks_the_run() -> None:
    with connected(reply(), rate_limit=RateLimit(1, 86_400)) as (http, wire, _):
        http.get("/x")
        with pytest.raises(ThrottledError) as caught:
            http.get("/x")
        assert (caught.value.code, caught.value.exit_code) == ("rate-limit-spent", 75)
        assert caught.value.retry_after == pytest.approx(86_400, abs=1)
        assert len(wire.requests) == 1
