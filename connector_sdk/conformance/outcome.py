"""What becomes of a rule, and what all rules together come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The five ways in which a rule can end; there is no skip, and nobody may expect a failure."""

    PASS = "pass"  # noqa: S105 - no password
    """What the rule asserts held, and every fault it injects was seen to strike; the reason says so where the
    book had nothing that one could be aimed at."""
    FAIL = "fail"
    """What the rule asserts did not hold."""
    ERROR = "error"
    """Nobody knows: the host crashed, hung or talked nonsense, or a fault never struck."""
    OMIT = "omit"
    """The connector's manifest does not have the capability that the rule is about."""
    BLOCKED = "blocked"
    """A rule that this one builds upon did not pass."""


class Tier(StrEnum):
    """How much a connector can be relied on, by the worst consequence of breaking a rule."""

    NONE = "none"
    BRONZE = "bronze"
    """No silent loss, corruption or leak."""
    SILVER = "silver"
    """No avoidable outage."""
    GOLD = "gold"
    """Can be operated."""
    PLATINUM = "platinum"
    """Regulated evidence, and budgets kept."""

    @property
    def rank(self) -> int:
        """Its place from 0 (none) to 4."""
        return list(Tier).index(self)


@dataclass(frozen=True, slots=True)
class Result:
    """How one rule ended, in words that hold no value of a record and no secret.

    `seconds` is how long it took; `facts` say what was seen, for those who have to judge it.
    """

    status: Status
    reason: str = ""
    seconds: float = 0.0
    facts: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether the rule is no obstacle to a tier."""
        return self.status in {Status.PASS, Status.OMIT}


def tier_of(results: Mapping[str, Status], tiers: Mapping[str, Tier], highest: Tier) -> Tier:
    """Return the highest tier, up to `highest`, all of whose rules (and those of lower tiers) stand.

    `tiers` has the tier of every rule; a rule without a result stands for nothing.
    """
    reached = Tier.NONE
    for tier in list(Tier)[1 : highest.rank + 1]:
        due = [rule for rule, its in tiers.items() if its is tier]
        if any(results.get(rule) not in {Status.PASS, Status.OMIT} for rule in due):
            break
        reached = tier
    return reached
