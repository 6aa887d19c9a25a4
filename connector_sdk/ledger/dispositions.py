"""What became of a record, by name and by the letter that a batch's proof keeps of it."""

from collections.abc import Collection, Sequence
from typing import Final

LETTERS: Final = {
    "applied": "a",
    "superseded": "s",
    "filtered": "f",
    "dead_lettered": "d",
    "in_doubt": "i",
}
"""The five dispositions; every record read has exactly one. A deletion has the capital letter."""

_NAMES: Final = {letter: name for name, letter in LETTERS.items()}


def pack(names: Sequence[str], deleted: Collection[int]) -> bytes:
    """Pack dispositions into a letter each; `deleted` are the positions of deletions."""
    letters = [LETTERS[name] for name in names]
    for index in deleted:
        letters[index] = letters[index].upper()
    return "".join(letters).encode()


def unpack(letter: bytes) -> tuple[str, bool]:
    """Return a disposition's name, empty for what is none, and whether it is that of a deletion."""
    text = letter.decode("latin-1")
    return _NAMES.get(text.lower(), ""), text.isupper()


def counts(packed: bytes) -> dict[str, int]:
    """Count packed dispositions by name; bytes that are no disposition are counted under none."""
    lowered = packed.lower()
    return {name: lowered.count(letter.encode()) for name, letter in LETTERS.items()}
