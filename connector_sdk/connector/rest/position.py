"""Where a collection's reader stands: what to ask for next, and which records will be met again.

A walk reads all pages that one question has. Its records come in an order that nobody promised, so that the
question changes only when the walk has ended and is proven: until then the position says what the walk asked,
and which of its records were delivered. The next question includes the latest value met, or begins `lookback`
seconds before it; what was delivered of that is left out.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from connector_sdk.errors import ConfigurationError

FORMAT: Final = 1
MOST: Final = 10_000
"""Records remembered at most, 8 bytes each. Beyond, records may come twice, and the page says so."""
WIDTH: Final = 8


@dataclass(frozen=True, slots=True)
class Position:
    """`since` is the value last asked from (None: everything), `delivered` how many records were, over all
    walks that ended. `seen` holds what will be met again; where that is not all, `forgot` says so.
    """

    since: str | int | None = None
    delivered: int = 0
    seen: Mapping[bytes, int] = field(default_factory=dict)
    forgot: bool = False

    @property
    def repeats(self) -> bool:
        """Whether records may come a second time."""
        return self.forgot or (self.since is None and not self.seen and self.delivered > 0)

    def json(self) -> dict[str, Any]:
        """Return the cursor as it is kept."""
        return {
            "format": FORMAT,
            "since": self.since,
            "delivered": self.delivered,
            "seen": base64.b64encode(b"".join(sorted(Counter(self.seen).elements()))).decode(),
            "forgot": self.forgot,
        }


def position_of(cursor: Any) -> Position:
    """Read a cursor, None being the beginning; raises ConfigurationError where it is none of these."""
    if cursor is None:
        return Position()
    try:
        since, delivered = cursor["since"], cursor["delivered"]
        packed = base64.b64decode(cursor["seen"], validate=True)
        sound = cursor["format"] == FORMAT and type(delivered) is int and len(packed) % WIDTH == 0
        if not sound or type(since) not in (str, int, type(None)):
            raise ValueError  # noqa: TRY301 - all that can be wrong with it is told alike
        seen = Counter(packed[at : at + WIDTH] for at in range(0, len(packed), WIDTH))
        return Position(since, delivered, seen, bool(cursor["forgot"]))
    except (KeyError, TypeError, ValueError):
        raise ConfigurationError(
            "the cursor kept for this pipeline is not one of a REST collection",
            code="rest-cursor",
            hint="`connector-sdk run --full-refresh` begins anew; it deletes nothing",
        ) from None


def state_of(parts: Iterable[bytes], salt: bytes) -> bytes:
    """Return the 8 bytes by which a record's state is known again, with the salt of its ledger alone."""
    return hashlib.blake2b(b"\0".join(parts), digest_size=WIDTH, key=salt).digest()
