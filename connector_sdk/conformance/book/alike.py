"""Other identifiers of the same shape: digits for digits, letters for letters, everything else as it was."""

import re
from collections.abc import Iterable
from functools import reduce
from itertools import groupby
from random import Random
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Final

LEAST: Final = 4
"""Letters and digits that an identifier has at least: shorter ones are met by chance."""
LEAST_DIGITS: Final = 5
"""The same for those that have digits alone, which limits, years and counts have too."""

_UUID: Final = re.compile(r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_UUID_FIXED: Final = frozenset({14, 19})
"""Where a UUID tells its version and variant (RFC 9562)."""
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:.*)?", re.ASCII | re.DOTALL)
_PREFIX: Final = re.compile(r"[A-Za-z]*")
_FEW: Final = 10_000

Shape = tuple[str, ...]
"""The characters that may stand at each place."""


def is_moment(text: str) -> bool:
    """Tell whether a text is a date, or a date with a time."""
    return _MOMENT.fullmatch(text) is not None


def can_vary(text: str) -> bool:
    """Tell whether an identifier is one that can be found again wherever it stands, and nothing else is."""
    if "${" in text or "://" in text or is_moment(text):
        return False
    letters = sum(char in ascii_lowercase or char in ascii_uppercase for char in text)
    figures = sum(char in digits for char in text)
    return figures > 0 and figures + letters >= (LEAST if letters else LEAST_DIGITS)


def others(texts: Iterable[str], random: Random) -> dict[str, str]:
    """Return another text for each, no two alike; those of one shape keep their order.

    Leading letters tell what kind of thing is meant and stay, as does a leading zero where all are digits.
    """
    made: dict[str, str] = {}
    for shape, group in groupby(sorted(set(texts), key=lambda text: (shape_of(text), text)), key=shape_of):
        members = list(group)
        numbers = _numbers(_room(shape), len(members), random)
        made |= {old: _spelled(shape, number) for old, number in zip(members, numbers, strict=True)}
    return made


def shape_of(text: str) -> Shape:
    """Return which characters may stand where."""
    fixed = set(_UUID_FIXED) if _UUID.fullmatch(text) else set(range(_PREFIX.match(text).end()))  # type: ignore[union-attr]  # it matches nothing, too
    shape = [char if place in fixed else _class(char, text) for place, char in enumerate(text)]
    if all(char in digits for char in text):
        shape[0] = "0" if text[0] == "0" else digits[1:]
    return tuple(shape)


def _class(char: str, text: str) -> str:
    for letters in (ascii_lowercase, ascii_uppercase):
        if char in letters:
            hexadecimal = all(each not in letters[6:] for each in text)
            return letters[:6] if hexadecimal else letters
    return digits if char in digits else char


def _room(shape: Shape) -> int:
    return reduce(lambda room, allowed: room * len(allowed), shape, 1)


def _numbers(room: int, count: int, random: Random) -> list[int]:
    """Return so many different numbers below `room`, in their order."""
    if room <= _FEW:
        return sorted(random.sample(range(room), count))
    found: set[int] = set()
    while len(found) < count:
        found.add(random.randrange(room))
    return sorted(found)


def _spelled(shape: Shape, number: int) -> str:
    characters = []
    for allowed in reversed(shape):
        number, at = divmod(number, len(allowed))
        characters.append(allowed[at])
    return "".join(reversed(characters))
