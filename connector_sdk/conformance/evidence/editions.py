"""The editions of the rules that this version of the SDK knows, and can hence judge evidence by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from connector_sdk.conformance.catalogue import EDITION, HIGHEST, Rule, catalogue_digest, rules
from connector_sdk.conformance.outcome import Tier

WINDOW: Final = 3
"""How many editions count: the current one and the two before it."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition: its rules by id, their digest, and the highest tier that it can tell."""

    name: str
    catalogue: str
    rules: Mapping[str, Rule]
    highest: Tier

    @property
    def tiers(self) -> dict[str, Tier]:
        """The tier of each rule."""
        return {rule: each.tier for rule, each in self.rules.items()}


def known_editions() -> Mapping[str, Edition]:
    """Return the editions by name; so far there is one."""
    return {EDITION: Edition(EDITION, catalogue_digest(), rules(), HIGHEST)}
