"""What a walk has met so far, and the positions that follow from it."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from connector_sdk.connector.rest.collection import Collection
from connector_sdk.connector.rest.glance import Look
from connector_sdk.connector.rest.order import Mark, earlier, later, mark_of, not_after
from connector_sdk.connector.rest.position import MOST, Position


class Steps:
    """One walk, begun at a position at the moment `now`."""

    def __init__(self, source: Collection, begun: Position, now: datetime) -> None:
        asks = bool(source.since) and begun.since is not None
        self._start = mark_of(begun.since, source.kind) if asks else None
        self._lookback = source.lookback
        self._bound = earlier(self._start, source.lookback) if self._start else None
        self._begun = begun
        self._now = now
        self._latest = self._start.value if self._start else None
        self._spelled = b""
        self._left = Counter(begun.seen)
        self._met: Counter[bytes] | None = Counter()
        self._near: list[tuple[Any, bytes]] = []
        self._lost: Any = None
        self.anew = begun.repeats or (begun.since is not None and self._start is None)
        """Whether what comes may have been delivered before."""
        self.unasked = False
        """Whether a moment came from before the one asked from: the system does not heed the question."""
        self.delivered = 0 if self.anew and self._start is None else begun.delivered

    @property
    def since(self) -> str | None:
        """What to ask for: the value that the position holds, or one so much earlier."""
        return None if self._bound is None else str(self._bound.given)

    def take(self, records: Sequence[bytes], looks: Sequence[Look]) -> list[bytes]:
        """Return the records that were not delivered before."""
        fresh: list[bytes] = []
        for record, look in zip(records, looks, strict=True):
            if self._left.get(look.state, 0) > 0:
                self._left[look.state] -= 1
            else:
                fresh.append(record)
                self.unasked = self.unasked or self._is_before(look.value)
            if look.value is not None:
                self._place(look)
        self.delivered += len(fresh)
        self._remember([look.state for look in looks])
        return fresh

    def under_way(self) -> dict[str, Any]:
        """Return the position while more is to come: the same question, without what was delivered."""
        seen = {} if self._met is None else self._met + self._left
        return Position(
            self._begun.since, self.delivered, seen, self._begun.forgot or self._met is None
        ).json()

    def ended(self) -> dict[str, Any]:
        """Return the position after the last page: the next question begins at the latest value met."""
        since = self._since()
        if since is None:
            return Position(None, self.delivered).json()
        bound = earlier(since, self._lookback)
        near = [state for value, state in self._near if bound is None or value >= bound.value]
        seen = Counter(near)
        if self._start is not None and since.value == self._start.value:
            seen += self._left
        forgot = self._lost is not None and (bound is None or self._lost >= bound.value)
        if seen.total() > MOST:
            seen, forgot = Counter(near[-MOST:]), True
        return Position(since.given, self.delivered, seen, forgot).json()

    def _since(self) -> Mark | None:
        """Return the latest value met, but none of the future, and none before the one asked from."""
        if not self._spelled:
            return self._start
        latest = not_after(Mark(self._latest, msgspec.json.decode(self._spelled)), self._now)
        if self._start is not None and later(self._start.value, latest.value):
            return self._start
        return latest

    def _is_before(self, value: Any) -> bool:
        bound = self._bound.value if self._bound else None
        return isinstance(value, date) and bound is not None and later(bound, value) is True

    def _place(self, look: Look) -> None:
        after = True if self._latest is None else later(look.value, self._latest)
        if after is None:
            return  # of another kind than the others: it says nothing about them
        if after:
            self._latest, self._spelled = look.value, look.text
        self._near.append((look.value, look.state))

    def _remember(self, states: Sequence[bytes]) -> None:
        if self._met is not None:
            self._met.update(states)
            if self._met.total() + self._left.total() > MOST:
                self._met = None
        if len(self._near) > 2 * MOST:
            self._near.sort()
            self._lost = self._near[-MOST - 1][0]
            del self._near[:-MOST]
