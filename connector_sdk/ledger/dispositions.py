"""What became of a record, by name and by the letter that a batch's proof keeps of it."""

from typing import Final

LETTERS: Final = {
    "applied": "a",
    "superseded": "s",
    "filtered": "f",
    "dead_lettered": "d",
    "in_doubt": "i",
}
"""The five dispositions; every record read has exactly one."""


def counts(packed: bytes) -> dict[str, int]:
    """Count packed dispositions by name; bytes that are no disposition are counted under none."""
    return {name: packed.count(letter.encode()) for name, letter in LETTERS.items()}
