"""How far a book carries: what its origin and its age say about what was proven with it."""

from datetime import date, datetime
from typing import Final

from connector_sdk.conformance.catalogue import HIGHEST
from connector_sdk.conformance.certificate import BookFacts
from connector_sdk.conformance.outcome import Tier

OLD: Final = 366
"""Days after which a book is called old."""

OWN_SIMULATOR: Final = "simulator"


def limits(book: BookFacts, now: datetime) -> tuple[Tier, tuple[str, ...]]:
    """Return the highest tier that can be proven with the book, and in words what limits or weakens it."""
    highest, said = HIGHEST, []
    if set(book.kinds) <= {OWN_SIMULATOR}:
        highest = Tier.BRONZE
        said.append(
            "the book was recorded only from the connector's own simulator, which shares its mistakes: "
            "no more than bronze; write exchanges down from the vendor's documentation, or record a sandbox"
        )
    age = (now.date() - date.fromisoformat(book.recorded)).days
    if age > OLD:
        said.append(f"the book is {age} days old: the vendor's system may answer otherwise by now")
    return highest, tuple(said)
