"""Repeat what may be repeated, patiently, and say plainly when a write's outcome is not known."""

import random
from collections.abc import Callable
from typing import Final

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from connector_sdk.clock import Clock
from connector_sdk.errors import (
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

_NOT_DONE: Final = frozenset({"unreachable", "http-429", "http-503"})
"""Codes by which it is certain that the system did nothing."""

Draw = Callable[[float, float], float]


def retry(policy: RetryPolicy, clock: Clock, observer: Observer, draw: Draw = random.uniform) -> Layer:
    """Return the layer; `draw` picks the jitter between two bounds."""

    def pause(seconds: float) -> None:
        clock.sleep(seconds)

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        exchange: Exchange = request.extensions[EXCHANGE]
        attempts = Retrying(
            sleep=pause,
            stop=stop_after_attempt(policy.attempts),
            wait=_waits(policy, draw),
            retry=retry_if_exception(lambda error: _worth_repeating(error, exchange, policy)),
            before_sleep=lambda state: observer.emit(_failed(state, exchange)),
            reraise=True,
        )
        try:
            response: httpx.Response = attempts(send, request)
        except ConnectorError as error:
            error.attempts = exchange.attempts
            raise _honest(error, exchange) from None
        return response

    return layer


def _worth_repeating(error: BaseException, exchange: Exchange, policy: RetryPolicy) -> bool:
    if not isinstance(error, RetryableError | IncompleteResponseError):
        return False
    if isinstance(error, IncompleteResponseError) and not error.code.startswith("body-"):
        return False
    if (error.retry_after or 0) > policy.patience:
        return False
    return exchange.repeatable or _not_done(error)


def _not_done(error: ConnectorError) -> bool:
    return isinstance(error, ThrottledError) or error.code in _NOT_DONE


def _honest(error: ConnectorError, exchange: Exchange) -> ConnectorError:
    """Say of a write that may have happened that nobody knows."""
    unclear = isinstance(error, RetryableError | IncompleteResponseError) and not _not_done(error)
    if exchange.repeatable or not unclear:
        return error
    return OutcomeUnknownError(
        f"{exchange.method} {exchange.path}: the write was sent, and no answer says whether it was done",
        code="outcome-unknown",
        hint="look in the target whether it was written; it is never sent again blindly",
        location=error.location,
        attempts=exchange.attempts,
        request_id=error.request_id,
    )


def _failed(state: RetryCallState, exchange: Exchange) -> AttemptFailed:
    error = state.outcome.exception() if state.outcome is not None else None
    return AttemptFailed(
        method=exchange.method,
        host=exchange.host,
        path=exchange.path,
        attempt=state.attempt_number,
        error=type(error).__name__,
        code=getattr(error, "code", ""),
        status=exchange.status,
        wait=state.next_action.sleep if state.next_action is not None else None,
    )


def _waits(policy: RetryPolicy, draw: Draw) -> Callable[[RetryCallState], float]:
    def wait(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome is not None else None
        throttled = isinstance(error, ThrottledError)
        base, cap = (policy.throttle_base, policy.throttle_cap) if throttled else (policy.base, policy.cap)
        jitter = draw(0, min(cap, base * 2 ** (state.attempt_number - 1)))
        asked = getattr(error, "retry_after", None)
        return jitter if asked is None else max(asked + draw(0, asked / 10), jitter if throttled else 0)

    return wait
