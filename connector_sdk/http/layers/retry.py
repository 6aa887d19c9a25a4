"""Repeat what may be repeated, patiently, and say plainly when a write's outcome is not known."""

import random
from collections.abc import Callable
from typing import Final

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception

from connector_sdk.clock import Clock
from connector_sdk.errors import (
    CircuitOpenError,
    ConnectorError,
    IncompleteResponseError,
    OutcomeUnknownError,
    RetryableError,
    ThrottledError,
)
from connector_sdk.events import AttemptFailed
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.layer import EXCHANGE, Layer, Send
from connector_sdk.http.observer import Observer
from connector_sdk.http.policy import RetryPolicy
from connector_sdk.http.retry_quota import RetryQuota

_LASTING: Final = frozenset({"body-ambiguous", "body-encoding", "body-too-large"})
"""What is wrong with a body (codes `body-…`) and will be so the next time."""

Draw = Callable[[float, float], float]


def retry(policy: RetryPolicy, clock: Clock, observer: Observer, draw: Draw = random.uniform) -> Layer:
    """Return the layer; `draw` picks the jitter between two bounds."""
    quota = RetryQuota(policy.quota)

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        try:
            response = send(request)
        except ConnectorError as error:
            first = error
        else:
            quota.give()
            return response
        return _Repeats(policy, clock, observer, draw, quota).go_on(request, send, first)

    return layer


class _Repeats:
    """What follows the failed first attempt of one call."""

    def __init__(
        self, policy: RetryPolicy, clock: Clock, observer: Observer, draw: Draw, quota: RetryQuota
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._observer = observer
        self._draw = draw
        self._quota = quota

    def go_on(self, request: httpx.Request, send: Send, first: ConnectorError) -> httpx.Response:
        exchange: Exchange = request.extensions[EXCHANGE]
        waiting = [first]

        def attempt() -> httpx.Response:
            if waiting:
                raise waiting.pop()
            return send(request)

        tries = Retrying(
            sleep=self._sleep,
            stop=self._stop,
            wait=self._wait,
            retry=retry_if_exception(lambda error: _worth_repeating(error, exchange)),
            before_sleep=lambda state: self._tell(
                _error(state), exchange, state.attempt_number, _pause(state)
            ),
            reraise=True,
        )
        try:
            response: httpx.Response = tries(attempt)
        except ConnectorError as error:
            error.attempts = tries.statistics["attempt_number"]
            self._tell(error, exchange, error.attempts, None)
            last = error
        else:
            self._quota.give(self._cost(first))
            return response
        raise _honest(last, exchange) from None

    def _sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)

    def _stop(self, state: RetryCallState) -> bool:
        """Asked of an error that is worth repeating; what says no last pays for the repeat otherwise."""
        return (
            state.attempt_number >= self._policy.attempts
            or state.idle_for + state.upcoming_sleep > self._policy.patience
            or not self._quota.take(self._cost(_error(state)))
        )

    def _cost(self, error: BaseException | None) -> int:
        return self._policy.throttle_cost if isinstance(error, ThrottledError) else self._policy.cost

    def _wait(self, state: RetryCallState) -> float:
        policy, error = self._policy, _error(state)
        throttled = isinstance(error, ThrottledError)
        base, cap = (policy.throttle_base, policy.throttle_cap) if throttled else (policy.base, policy.cap)
        jitter = self._draw(0, min(cap, base * 2 ** (state.attempt_number - 1)))
        asked = error.retry_after if isinstance(error, ConnectorError) else None
        return jitter if asked is None else max(asked + self._draw(0, asked / 10), jitter)

    def _tell(
        self, error: BaseException | None, exchange: Exchange, attempt: int, wait: float | None
    ) -> None:
        if isinstance(error, ConnectorError) and not isinstance(error, CircuitOpenError):
            self._observer.emit(
                AttemptFailed(
                    method=exchange.method,
                    host=exchange.host,
                    path=exchange.path,
                    attempt=attempt,
                    error=type(error).__name__,
                    code=error.code,
                    status=exchange.status,
                    wait=wait,
                )
            )


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None


def _pause(state: RetryCallState) -> float | None:
    return state.next_action.sleep if state.next_action is not None else None


def _worth_repeating(error: BaseException, exchange: Exchange) -> bool:
    may_pass = isinstance(error, RetryableError) or (
        isinstance(error, IncompleteResponseError)
        and error.code.startswith("body-")
        and error.code not in _LASTING
    )
    return may_pass and (exchange.repeatable or not _unclear(error, exchange))


def _unclear(error: BaseException, exchange: Exchange) -> bool:
    """Return whether what was asked for may have been done; being told to slow down is a plain no."""
    return exchange.unclear and not isinstance(error, ThrottledError)


def _honest(error: ConnectorError, exchange: Exchange) -> ConnectorError:
    """Say of a write that may have happened that nobody knows."""
    failed = isinstance(error, RetryableError | IncompleteResponseError)
    if exchange.repeatable or not failed or not _unclear(error, exchange):
        return error
    return OutcomeUnknownError(
        f"{exchange.method} {exchange.path}: the write was sent, and no answer says whether it was done",
        code="outcome-unknown",
        hint="look in the target whether it was written; it is never sent again blindly",
        location=error.location,
        attempts=error.attempts,
        request_id=error.request_id,
    )
