"""Where a stream got to: the place to go on from, and what will be met there again.

Rows become visible in another order than their stamps say: a long transaction commits rows whose stamps are
older than ones already read. So the next run begins `lookback` before the latest stamp and leaves out what
was delivered: the same stamp with the same values. Stamps have whole seconds, so a row that was read can
change once more under the stamp it has.
"""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from connector_sdk.errors import ConfigurationError

FORMAT = 1
MOST = 10_000
"""Rows remembered at most, 8 bytes each."""
_WIDTH = 8


class Place(NamedTuple):
    """A point in the order of stamps and ids: just after this id, or, where it is empty, before the stamp."""

    stamp: datetime
    id: str = ""


class Position:
    """The place the next run begins at, and the rows beyond it that were delivered already."""

    def __init__(
        self,
        start: Place | None = None,
        seen: dict[datetime, set[bytes]] | None = None,
        salt: bytes = b"",
        forgot: datetime | None = None,
    ) -> None:
        self.start = start
        self._salt = salt
        self._forgot = forgot
        """The latest stamp of which rows were forgotten."""
        self._seen = seen or {}
        self._count = sum(map(len, self._seen.values()))
        self._known = max(self._seen, default=None)
        """Up to here rows may be met again."""
        self._cap: datetime | None = None
        """Where rows begin that were read so soon that others may still appear among them."""

    @property
    def repeats(self) -> bool:
        """Whether rows beyond the place are given out a second time, for want of room to remember them."""
        return self._forgot is not None and self.start is not None and self._forgot >= self.start.stamp

    def delivered(self, stamp: datetime, state: bytes) -> bool:
        """Tell whether a row was given out before with this stamp and all its values, which `state` holds."""
        return self._hash(state) in self._seen.get(stamp, ())

    def deliver(self, stamp: datetime, state: bytes) -> None:
        """Remember that this state of a row is given out."""
        bucket = self._seen.setdefault(stamp, set())
        before = len(bucket)
        bucket.add(self._hash(state))
        self._count += len(bucket) - before

    def advance(self, last: Place, lookback: timedelta, asked: datetime | None, *, ended: bool) -> None:
        """Move on after everything up to `last` was given out; `ended` says that nothing follows it.

        `asked` is the system's own time before it was asked: rows older than that by `lookback` cannot appear
        any more. A run that follows the present for long must not leave behind what it read too soon; and
        what is settled need not be remembered, of which use is made only where there is too much to remember.
        """
        settled = None if asked is None else _before(asked, lookback)
        if self._cap is None and settled is not None and last.stamp > settled:
            self._cap = settled
        self._move(Place(min(_before(last.stamp, lookback), self._cap or last.stamp)))
        if self._count <= MOST:
            return
        if settled is not None and (ended or self._known is None or last.stamp > self._known):
            if self._cap is None:
                self.start, self._seen, self._count = last, {}, 0
            else:
                self._move(Place(min(settled, self._cap)))
        self._forget()

    def json(self) -> dict[str, Any]:
        """Return the cursor as it is kept."""
        assert self.start is not None  # noqa: S101 - a cursor is made after the first row
        return {
            "format": FORMAT,
            "from": _text(self.start.stamp),
            "after": self.start.id,
            "seen": {
                _text(stamp): base64.b64encode(b"".join(sorted(self._seen[stamp]))).decode()
                for stamp in sorted(self._seen)
            },
            "forgot": _text(self._forgot) if self._forgot is not None and self.repeats else None,
        }

    def _hash(self, state: bytes) -> bytes:
        return hashlib.blake2b(state, digest_size=_WIDTH, key=self._salt).digest()

    def _move(self, place: Place) -> None:
        if self.start is not None and place.stamp <= self.start.stamp:
            return
        self.start = place
        for stamp in [stamp for stamp in self._seen if stamp < place.stamp]:
            self._count -= len(self._seen.pop(stamp))

    def _forget(self) -> None:
        """Forget the oldest rows; they are given out again, which is better than to pass over others."""
        for stamp in sorted(self._seen):
            surplus = self._count - MOST
            if surplus <= 0:
                return
            self._forgot = max(stamp, self._forgot or stamp)
            bucket = self._seen[stamp]
            kept = sorted(bucket)[surplus:]
            self._count -= len(bucket) - len(kept)
            if kept:
                self._seen[stamp] = set(kept)
            else:
                del self._seen[stamp]


def position_of(cursor: Any, salt: bytes = b"") -> Position:
    """Read a cursor, None being the beginning; `salt` is the call's.

    Raises ConfigurationError where it is none of this connector's.
    """
    if cursor is None:
        return Position(salt=salt)
    try:
        if cursor["format"] != FORMAT:
            raise ValueError  # noqa: TRY301 - all that can be wrong with it is told alike
        start = Place(_moment(cursor["from"]), str(cursor["after"]))
        seen = {_moment(stamp): _unpacked(packed) for stamp, packed in cursor["seen"].items()}
        forgot = None if cursor["forgot"] is None else _moment(cursor["forgot"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ConfigurationError(
            "the cursor kept for this pipeline is not one of the connector salesforce",
            code="salesforce-cursor",
            hint="`connector-sdk run --full-refresh` begins anew; it deletes nothing",
        ) from None
    return Position(start, seen, salt, forgot)


def _unpacked(packed: str) -> set[bytes]:
    whole = base64.b64decode(packed, validate=True)
    if len(whole) % _WIDTH:
        raise ValueError
    return {whole[at : at + _WIDTH] for at in range(0, len(whole), _WIDTH)}


def _before(moment: datetime, span: timedelta) -> datetime:
    try:
        return moment - span
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError
    return found
