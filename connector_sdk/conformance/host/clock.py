"""A clock that passes over every wait at once."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from connector_sdk.clock import SYSTEM_CLOCK


class VirtualClock:
    """Begins at a moment that is given; `now` moves by sleeps only, `monotonic` also as time really passes.

    `slept` is told of each sleep, in seconds.
    """

    def __init__(self, start: datetime, slept: Callable[[float], None]) -> None:
        self._now = start
        self._ahead = 0.0
        self._slept = slept
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def monotonic(self) -> float:
        with self._lock:
            return SYSTEM_CLOCK.monotonic() + self._ahead

    def sleep(self, seconds: float, wake: threading.Event | None = None) -> bool:
        passed = max(0.0, seconds)
        with self._lock:
            self._now += timedelta(seconds=passed)
            self._ahead += passed
        self._slept(float(seconds))  # tenacity counts in a type of its own
        return wake is not None and wake.is_set()
