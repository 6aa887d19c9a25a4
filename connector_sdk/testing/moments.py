"""A simulator's own time, which a test may set."""

from datetime import UTC, datetime, timedelta

from connector_sdk.clock import SYSTEM_CLOCK, Clock


class SimulatedClock:
    """The machine's time of day, until it is set: then it stands still where it was set."""

    def __init__(self, now: datetime | None = None, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock = clock
        self._set = now.astimezone(UTC) if now else None

    def now(self) -> datetime:
        """Return the moment in UTC, with microseconds."""
        return self._set or self._clock.now()

    def set(self, now: datetime | None) -> None:
        """Stop at a moment that has a zone; None lets time pass again, as on the machine."""
        self._set = now.astimezone(UTC) if now else None

    def advance(self, seconds: float) -> None:
        """Stop at the present moment plus some seconds."""
        self._set = self.now() + timedelta(seconds=seconds)


def moment(text: str) -> datetime:
    """Read an RFC 3339 moment; raises ValueError where it has no zone."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a moment needs a zone, e.g. 2026-11-22T09:00:00Z")
    return found
