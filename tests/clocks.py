"""A clock whose hands tests turn."""

import threading
from datetime import UTC, datetime, timedelta


class FakeClock:
    """Stands still until told otherwise; sleeping passes the time at once."""

    def __init__(self, start: datetime = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)) -> None:
        self.time = start

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()

    def sleep(self, seconds: float, wake: threading.Event | None = None) -> bool:
        # A background thread sleeping for ever less would spin: give it the real event, which a test sets.
        if wake is not None:
            return wake.wait()
        self.advance(seconds)
        return False

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
