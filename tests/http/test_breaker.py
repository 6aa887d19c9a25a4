"""The breaker: opens when a system fails, asks once whether it is back, and never gets stuck."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from connector_sdk.errors import (
    CircuitOpenError,
    ComplianceError,
    ConnectorError,
    NotFoundError,
    ThrottledError,
    UnavailableError,
)
from connector_sdk.events import BreakerChanged
from connector_sdk.http.circuit import Breaker
from connector_sdk.http.pace import RateLimit
from connector_sdk.http.policy import BreakerPolicy, RetryPolicy
from tests.clocks import FakeClock
from tests.http.connections import ONCE, connected, reply

pytestmark = pytest.mark.slow

SMALL = BreakerPolicy(window=30, least=4, ratio=0.5, pause=30, longest=100, closing=2)


def _opened(clock: FakeClock, policy: BreakerPolicy = SMALL) -> Breaker:
    breaker = Breaker(policy, clock)
    for _ in range(policy.least):
        breaker.note(breaker.admit(repeatable=True), went=False)
    return breaker


def _refused(breaker: Breaker, *, repeatable: bool = True) -> CircuitOpenError:
    with pytest.raises(CircuitOpenError) as caught:
        breaker.admit(repeatable=repeatable)
    return caught.value


def _try(breaker: Breaker, went: bool | None) -> None:
    breaker.note(breaker.admit(repeatable=True), went)


def test_it_opens_at_half_of_enough_attempts_and_says_when_to_come_back() -> None:
    clock = FakeClock()
    breaker = Breaker(SMALL, clock)
    for went in (True, False, True):
        _try(breaker, went)
    _try(breaker, False)
    clock.advance(10)
    error = _refused(breaker)
    assert (error.code, error.exit_code, error.retry_after) == ("circuit-open", 75, 20)


def test_old_attempts_are_forgotten_once_there_are_enough() -> None:
    clock = FakeClock()
    breaker = Breaker(SMALL, clock)
    for went in (False, False, True):
        _try(breaker, went)
    clock.advance(31)
    for _ in range(3):
        _try(breaker, True)
    _try(breaker, False)
    _try(breaker, True)


def test_two_good_trials_close_it() -> None:
    clock = FakeClock()
    breaker = _opened(clock)
    clock.advance(30)
    _try(breaker, True)
    _try(breaker, True)
    for _ in range(3):
        breaker.admit(repeatable=False)


def test_a_failed_trial_doubles_the_pause_up_to_its_longest() -> None:
    clock = FakeClock()
    breaker = _opened(clock)
    pauses = []
    for pause in (30, 60, 100, 100):
        pauses.append(_refused(breaker).retry_after)
        clock.advance(pause)
        _try(breaker, False)
    assert pauses == [30, 60, 100, 100]


def test_one_trial_at_a_time_and_only_of_what_may_be_repeated() -> None:
    clock = FakeClock()
    breaker = _opened(clock)
    clock.advance(30)
    _refused(breaker, repeatable=False)
    trial = breaker.admit(repeatable=True)
    _refused(breaker)
    breaker.note(trial, went=True)
    breaker.admit(repeatable=True)


def test_a_trial_that_says_nothing_makes_room_for_the_next() -> None:
    clock = FakeClock()
    breaker = _opened(clock)
    clock.advance(30)
    _try(breaker, None)
    _try(breaker, True)
    _try(breaker, True)
    breaker.admit(repeatable=False)


def test_attempts_from_before_it_opened_have_no_say() -> None:
    clock = FakeClock()
    breaker = Breaker(SMALL, clock)
    early = [breaker.admit(repeatable=True) for _ in range(8)]
    for admitted in early[:4]:
        breaker.note(admitted, went=False)
    for admitted in early[4:]:
        breaker.note(admitted, went=False)
    assert _refused(breaker).retry_after == 30
    clock.advance(30)
    breaker.admit(repeatable=True)
    breaker.note(early[0], went=True)
    _refused(breaker)


def test_changes_are_told_without_holding_the_lock() -> None:
    clock = FakeClock()
    told: list[tuple[str, str]] = []

    def changed(before: str, after: str) -> None:
        told.append((before, after))
        asking = threading.Thread(target=lambda: breaker.note(-1, went=True))
        asking.start()
        asking.join(5)
        assert not asking.is_alive()

    breaker = Breaker(SMALL, clock, changed)
    for _ in range(4):
        _try(breaker, False)
    clock.advance(30)
    _try(breaker, True)
    _try(breaker, True)
    assert told == [("closed", "open"), ("open", "half_open"), ("half_open", "closed")]


class Life(RuleBasedStateMachine):
    """Whatever happens: never two trials at once, nothing passes in a pause, and good trials end it."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.changes: list[tuple[str, str]] = []
        self.breaker = Breaker(SMALL, self.clock, self.changed)
        self.admitted: list[int] = []
        self.opened_at = 0.0

    def changed(self, before: str, after: str) -> None:
        self.changes.append((before, after))
        if after == "open":
            self.opened_at = self.clock.monotonic()

    @property
    def state(self) -> str:
        return self.changes[-1][1] if self.changes else "closed"

    @rule(repeatable=st.booleans())
    def admit(self, repeatable: bool) -> None:
        before, refused = self.state, None
        try:
            self.admitted.append(self.breaker.admit(repeatable=repeatable))
        except CircuitOpenError as error:
            refused = error.retry_after
        if refused is None:
            assert before == "closed" or repeatable
            assert before != "open" or self.clock.monotonic() - self.opened_at >= SMALL.pause
        else:
            assert before != "closed"
            assert 0 <= refused <= SMALL.longest

    @precondition(lambda self: self.admitted)
    @rule(data=st.data(), went=st.sampled_from([True, False, None]))
    def note(self, data: st.DataObject, went: bool | None) -> None:
        admitted = self.admitted.pop(data.draw(st.integers(0, len(self.admitted) - 1)))
        self.breaker.note(admitted, went)

    @rule(seconds=st.floats(0, 200))
    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @invariant()
    def changes_follow_each_other(self) -> None:
        allowed = {("closed", "open"), ("open", "half_open"), ("half_open", "open"), ("half_open", "closed")}
        assert set(self.changes) <= allowed
        starts = ["closed", *(after for _, after in self.changes)]
        assert [before for before, _ in self.changes] == starts[:-1]

    def teardown(self) -> None:
        """From wherever it is, it finds its way back to closed."""
        for admitted in self.admitted:
            self.breaker.note(admitted, None)
        for _ in range(3):
            self.clock.advance(SMALL.longest)
            self.breaker.note(self.breaker.admit(repeatable=True), went=True)
        assert self.state == "closed"


TestLife = Life.TestCase


@given(st.lists(st.booleans(), max_size=60))
def test_it_opens_exactly_when_half_of_the_last_attempts_failed(outcomes: list[bool]) -> None:
    """Against the obvious model, without time passing."""
    breaker, seen = Breaker(SMALL, FakeClock()), []
    for went in outcomes:
        _try(breaker, went)
        seen.append(went)
        if not went and len(seen) >= SMALL.least and seen.count(False) * 2 >= len(seen):
            _refused(breaker)
            return
    breaker.admit(repeatable=False)


@pytest.mark.parametrize(
    ("reply_or_error", "error", "opens"),
    [
        (reply(404), NotFoundError, False),
        (reply(429), ThrottledError, False),
        (reply(500), UnavailableError, True),
    ],
)
def test_answers_that_say_no_are_no_failures(
    reply_or_error, error: type[ConnectorError], opens: bool
) -> None:  # type: ignore[no-untyped-def]  # a reply
    with connected(reply_or_error, retry=ONCE, breaker=SMALL) as (http, wire, ears):
        for _ in range(4):
            with pytest.raises(error):
                http.get("/x")
        with pytest.raises(CircuitOpenError if opens else error):
            http.get("/x")
        assert len(wire.requests) == (4 if opens else 5)
        assert bool(ears.of(BreakerChanged)) is opens


def test_a_trial_that_was_refused_or_cancelled_leaves_it_able_to_close() -> None:
    clock, asked = FakeClock(), []

    def odd(_: object) -> object:
        asked.append(1)
        raise (ComplianceError("no", code="peer-refused"), KeyboardInterrupt())[len(asked) - 1]

    with connected(reply(500), clock=clock, retry=ONCE, breaker=SMALL) as (http, wire, _):
        for _ in range(4):
            with pytest.raises(UnavailableError):
                http.get("/x")
        clock.advance(30)
        wire.replies, done = [odd], len(wire.requests)  # type: ignore[list-item]  # it never returns
        with pytest.raises(ComplianceError):
            http.get("/x")
        with pytest.raises(KeyboardInterrupt):
            http.get("/x")
        wire.replies = [reply()]
        for _ in range(3):
            assert http.get("/x").status_code == 200
        assert len(wire.requests) == done + 5


def test_a_call_that_was_not_sent_says_nothing_of_the_system() -> None:
    clock, pace = FakeClock(), RateLimit(4, per=10_000)
    with connected(reply(500), clock=clock, retry=ONCE, breaker=SMALL, rate_limit=pace) as (http, wire, ears):
        for _ in range(4):
            with pytest.raises(UnavailableError):
                http.get("/x")
        clock.advance(30)
        for _ in range(SMALL.closing):
            with pytest.raises(ThrottledError, match="own limit"):
                http.get("/x")
        assert len(wire.requests) == 4
        assert [each.after for each in ears.of(BreakerChanged)] == ["open", "half_open"]


def test_open_in_the_middle_of_repeats_it_ends_the_call() -> None:
    with connected(reply(500), retry=RetryPolicy(attempts=6), breaker=SMALL) as (http, wire, _):
        with pytest.raises(CircuitOpenError) as caught:
            http.get("/x")
        assert len(wire.requests) == 4
        assert caught.value.retry_after == pytest.approx(30, abs=8)
