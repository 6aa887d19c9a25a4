"""Leave a system alone that is down, and find out with one call whether it is back."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import httpx

from connector_sdk.clock import Clock
from connector_sdk.errors import (
    CircuitOpenError,
    IncompleteResponseError,
    ThrottledError,
    UnavailableError,
    UnreachableError,
)
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.layer import EXCHANGE, Layer, Send
from connector_sdk.http.policy import BreakerPolicy

State = Literal["closed", "open", "half_open"]

_FAILURES = (UnavailableError, UnreachableError, IncompleteResponseError)


@dataclass
class Breaker:
    """The state of one system: attempts of the last seconds, and since when it is left alone."""

    policy: BreakerPolicy
    clock: Clock
    changed: Callable[[str, str], None] = lambda _before, _after: None
    _seen: deque[tuple[float, bool]] = field(default_factory=deque)
    _state: State = "closed"
    _open_until: float | None = None
    _pause: float = 0.0
    _trial: bool = False
    _good: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self, *, repeatable: bool) -> None:
        """Let an attempt pass; raises CircuitOpenError while the system is left alone.

        After the pause a single repeatable attempt is let through, to see.
        """
        with self._lock:
            if self._open_until is None:
                return
            left = self._open_until - self.clock.monotonic()
            if left > 0 or self._trial or not repeatable:
                raise CircuitOpenError(
                    "the system failed too often just now and is left alone for a while",
                    code="circuit-open",
                    hint=f"run again in {max(1, round(left))} s or later; what is committed stays",
                    retry_after=max(left, 0.0),
                )
            self._trial = True
            self._become("half_open")

    def note(self, *, failed: bool) -> None:
        """Count how an admitted attempt went."""
        with self._lock:
            if self._open_until is not None:
                self._after_trial(failed=failed)
            else:
                self._count(failed=failed)

    def _count(self, *, failed: bool) -> None:
        now = self.clock.monotonic()
        self._seen.append((now, failed))
        oldest = now - self.policy.window
        while self._seen[0][0] < oldest and len(self._seen) > self.policy.least:
            self._seen.popleft()
        failures = sum(each for _, each in self._seen)
        if len(self._seen) >= self.policy.least and failures >= self.policy.ratio * len(self._seen):
            self._pause = self.policy.pause
            self._open(now)

    def _after_trial(self, *, failed: bool) -> None:
        self._trial = False
        if failed:
            self._good = 0
            self._pause = min(self._pause * 2, self.policy.longest)
            self._open(self.clock.monotonic())
            return
        self._good += 1
        if self._good >= self.policy.closing:
            self._open_until = None
            self._good = 0
            self._seen.clear()
            self._become("closed")

    def _open(self, now: float) -> None:
        self._open_until = now + self._pause
        self._become("open")

    def _become(self, state: State) -> None:
        before, self._state = self._state, state
        if before != state:
            self.changed(before, state)


def breaker(state: Breaker) -> Layer:
    """Return the layer."""

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        exchange: Exchange = request.extensions[EXCHANGE]
        state.admit(repeatable=exchange.repeatable)
        try:
            response = send(request)
        except ThrottledError:
            state.note(failed=False)
            raise
        except BaseException as error:
            state.note(failed=isinstance(error, _FAILURES))
            raise
        state.note(failed=False)
        return response

    return layer
