"""The one source of time, so that tests turn the hands instead of waiting."""

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What code that needs time asks for."""

    def now(self) -> datetime:
        """Return the time of day in UTC, with microseconds."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go backwards."""
        ...

    def sleep(self, seconds: float, wake: threading.Event | None = None) -> bool:
        """Wait, at most until `wake` is set; return whether it was."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float, wake: threading.Event | None = None) -> bool:
        return (wake or threading.Event()).wait(seconds)


SYSTEM_CLOCK: Clock = SystemClock()


def timestamp(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC with microseconds, e.g. `2026-11-22T09:30:00.000000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
