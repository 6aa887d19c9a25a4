"""Who vouches for results: the second axis beside the tier, told together with it."""

from enum import StrEnum
from typing import Final

COUNTERSIGNER: Final = "connector-sdk"
"""The owner, in a trust list, of keys whose signature says: replayed by those who make the suite."""


class Assurance(StrEnum):
    """Who vouches for the results, beside what they are."""

    UNSIGNED = "A0"
    """Nobody who is trusted here."""
    SIGNED = "A1"
    """A trusted key, of somebody who is trusted for this project."""
    REPLAYED = "A2"
    """The same, and the suite found the same again on this machine."""
    COUNTERSIGNED = "A3"
    """Two trusted keys, one of them of those who make the suite."""

    @property
    def meaning(self) -> str:
        """What it says, for people."""
        return {
            "A0": "not signed by a key that is trusted here",
            "A1": "signed by a trusted key",
            "A2": "signed by a trusted key, and replayed here",
            "A3": "signed by two trusted keys, one of them the suite's makers'",
        }[self.value]
