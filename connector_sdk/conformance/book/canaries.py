"""What stands for secrets and personal data in one run: found again wherever it leaks to."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from string import digits
from typing import Final

from connector_sdk.conformance.book.alike import is_moment
from connector_sdk.conformance.book.json_tree import Tree, is_number, is_text
from connector_sdk.decode.strict import Number

_EMAIL: Final = re.compile(r"[^@\s]+@([^@\s]+)")
_COMPACT: Final = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", re.ASCII)
_EARLIEST: Final = date(1921, 1, 1)
_DAYS: Final = 14_000
_TRIES: Final = 64

SURE: Final = 6
"""Characters of a text with letters that nobody meets by chance."""
SURE_DIGITS: Final = 8
"""The same for digits alone."""


@dataclass
class Canaries:
    """Makes them, the same one for the same original; what it made is in `telling` where it tells a leak."""

    random: Random
    made: dict[Tree, Tree] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    telling: list[str] = field(default_factory=list)

    def of(self, value: Tree) -> Tree:
        """Return what stands for a value: of the same kind and as valid; null, true and false stay."""
        if not (is_number(value) or is_text(value)) or value == "":
            return value
        key = (type(value), str(value))
        if key not in self.made:
            new = self._new(value)
            self.made[key] = new
            self.tell(new)
        return self.made[key]

    def tell(self, text: str) -> None:
        """Remember a text as personal, if nobody meets it by chance."""
        figures = text.lstrip("-").replace(".", "", 1).isdecimal()
        if len(text) >= (SURE_DIGITS if figures else SURE) and text not in self.telling:
            self.telling.append(str(text))

    def _new(self, value: Tree) -> Tree:
        """Make one that nothing else has, as far as there are so many."""
        new = value
        for _ in range(_TRIES):
            new = self._any_number(value) if is_number(value) else self._any_text(value)
            if new not in self.used and new != value:
                break
        self.used.add(new)
        return new

    def _any_text(self, text: str) -> str:
        if text.isascii() and text.isdecimal():
            return f"{self._day():%Y%m%d}" if _COMPACT.fullmatch(text) else self._figures(text)
        if is_moment(text):
            return self._day().isoformat() + text[10:]
        canary = f"{self.random.getrandbits(48):012x}"
        address = _EMAIL.fullmatch(text)
        return f"phi-{canary}@{address[1]}" if address else f"PHI-{canary}"

    def _any_number(self, number: str) -> Number:
        """Change the digits, but for a leading zero and the exponent: as long and of the same magnitude."""
        mantissa, mark, exponent = re.match(r"([^eE]*)([eE]?)(.*)", number).groups()  # type: ignore[union-attr]  # it matches anything
        sign, rest = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
        first = rest[0] if rest[0] == "0" else self.random.choice(digits[1:])
        return Number(f"{sign}{first}{self._figures(rest[1:])}{mark}{exponent}")

    def _figures(self, text: str) -> str:
        return "".join(self.random.choice(digits) if char in digits else char for char in text)

    def _day(self) -> date:
        return _EARLIEST + timedelta(days=self.random.randrange(_DAYS))
