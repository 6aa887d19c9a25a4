"""Other identifiers of the same shape: digits for digits, letters for letters, everything else as it was."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from random import Random
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits
from typing import Final

LEAST: Final = 4
"""Letters and digits that an identifier has at least: shorter ones are met by chance."""
LEAST_DIGITS: Final = 5
"""The same for those that have digits alone, which limits, years and counts have too."""

_UUID: Final = re.compile(r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_UUID_FIXED: Final = (14, 19)
"""Where a UUID tells its version and variant (RFC 9562)."""
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:.*)?", re.ASCII | re.DOTALL)
_BEYOND: Final = frozenset(ascii_lowercase[6:] + ascii_uppercase[6:])
"""Letters that are no hexadecimal digits."""
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
    letters = sum(char in ascii_letters for char in text)
    figures = sum(char in digits for char in text)
    return figures > 0 and figures + letters >= (LEAST if letters else LEAST_DIGITS)


def others(texts: Iterable[str], random: Random) -> dict[str, str]:
    """Return another text for each, no two alike; those of one shape keep their order.

    Leading letters tell what kind of thing is meant and stay, as does a leading zero where all are digits.
    Hexadecimal texts stay so, and UUIDs keep version and variant, where all texts of the shape are such.
    """
    made: dict[str, str] = {}
    for shape, members in _grouped(texts, shape_of):
        if all(map(_UUID.fullmatch, members)):
            for fixed, parts in _grouped(members, lambda text: tuple(text[place] for place in _UUID_FIXED)):
                told = dict(zip(_UUID_FIXED, fixed, strict=True))
                narrow = tuple(told.get(place, allowed) for place, allowed in enumerate(_hexadecimal(shape)))
                made |= _drawn(narrow, parts, random)
        elif all(char not in _BEYOND for text in members for char in text):
            made |= _drawn(_hexadecimal(shape), members, random)
        else:
            made |= _drawn(shape, members, random)
    return made


def shape_of(text: str) -> Shape:
    """Return which characters may stand where: no text has two shapes, so that shapes never meet."""
    prefix = len(text) - len(text.lstrip(ascii_letters))
    shape = [char if place < prefix else _class(char) for place, char in enumerate(text)]
    if text and all(char in digits for char in text):
        shape[0] = "0" if text[0] == "0" else digits[1:]
    return tuple(shape)


def _class(char: str) -> str:
    return next((each for each in (digits, ascii_lowercase, ascii_uppercase) if char in each), char)


def _hexadecimal(shape: Shape) -> Shape:
    return tuple(each[:6] if each in (ascii_lowercase, ascii_uppercase) else each for each in shape)


def _grouped(texts: Iterable[str], key: Callable[[str], Shape]) -> Iterator[tuple[Shape, list[str]]]:
    groups: dict[Shape, list[str]] = {}
    for text in sorted(set(texts)):
        groups.setdefault(key(text), []).append(text)
    yield from groups.items()


def _drawn(shape: Shape, members: Sequence[str], random: Random) -> dict[str, str]:
    numbers = _numbers(_room(shape), len(members), random)
    return {old: _spelled(shape, number) for old, number in zip(members, numbers, strict=True)}


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
