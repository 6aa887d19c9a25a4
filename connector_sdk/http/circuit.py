"""The state of one system: how its attempts went of late, and whether it is left alone."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from connector_sdk.clock import Clock
from connector_sdk.errors import CircuitOpenError
from connector_sdk.http.policy import BreakerPolicy

State = Literal["closed", "open", "half_open"]

Went = bool | None
"""How an attempt went: well, badly, or in a way that says nothing of the system (refused, cancelled)."""


@dataclass
class Breaker:
    """A sliding window of attempts. `changed` is told each change of state, outside the lock.

    Closed, every attempt passes. Open, none does until the pause is over. Half open, one repeatable attempt
    at a time is the trial: enough good ones close it, a bad one opens it again for twice as long.
    """

    policy: BreakerPolicy
    clock: Clock
    changed: Callable[[State, State], None] = lambda _before, _after: None
    _seen: deque[tuple[float, bool]] = field(default_factory=deque)
    _failures: int = 0
    _state: State = "closed"
    _turn: int = 0
    """Counts changes of state: an attempt admitted in an earlier turn has no say any more."""
    _until: float = 0.0
    _pause: float = 0.0
    _trial: bool = False
    _good: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self, *, repeatable: bool) -> int:
        """Let an attempt pass, and return what `note` is to be told with it.

        Raises CircuitOpenError while the system is left alone.
        """
        with self._lock:
            before = self._state
            if before == "closed":
                return self._turn
            left = self._until - self.clock.monotonic() if before == "open" else 0.0
            if left > 0 or self._trial or not repeatable:
                raise CircuitOpenError(
                    "the system failed too often just now and is left alone for a while",
                    code="circuit-open",
                    hint=f"run again in {max(1, round(left))} s or later; what is committed stays",
                    retry_after=max(left, 0.0),
                )
            if before == "open":
                self._become("half_open")
            self._trial = True
            admitted = self._turn
        if before == "open":
            self.changed("open", "half_open")
        return admitted

    def note(self, admitted: int, went: Went) -> None:
        """Count how an admitted attempt went."""
        with self._lock:
            before = self._state
            if admitted != self._turn:
                return
            if before == "half_open":
                self._after_trial(went)
            elif went is not None:
                self._count(went)
            after = self._state
        if before != after:
            self.changed(before, after)

    def _count(self, went: bool) -> None:
        now = self.clock.monotonic()
        self._seen.append((now, went))
        self._failures += not went
        while len(self._seen) > self.policy.least and self._seen[0][0] < now - self.policy.window:
            self._failures -= not self._seen.popleft()[1]
        enough = not went and len(self._seen) >= self.policy.least
        if enough and self._failures >= self.policy.ratio * len(self._seen):
            self._pause = self.policy.pause
            self._open(now)

    def _after_trial(self, went: Went) -> None:
        self._trial = False
        if went is None:
            return
        if not went:
            self._pause = min(self._pause * 2, self.policy.longest)
            self._open(self.clock.monotonic())
            return
        self._good += 1
        if self._good >= self.policy.closing:
            self._become("closed")

    def _open(self, now: float) -> None:
        self._until = now + self._pause
        self._become("open")

    def _become(self, state: State) -> None:
        self._state = state
        self._turn += 1
        self._good = 0
        self._trial = False
        self._seen.clear()
        self._failures = 0
