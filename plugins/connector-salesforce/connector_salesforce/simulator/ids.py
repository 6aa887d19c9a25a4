"""Record ids: three letters of the object, twelve of the record, three that tell upper from lower case.

Source: "What is the difference between 15-digit and 18-digit Salesforce IDs?", Salesforce Help.
"""

import re

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
INSTANCE = "Sm0000"
SHAPE = re.compile(r"[0-9A-Za-z]{15}([0-9A-Z]{3})?")
SHORT, LONG = 15, 18


def full_id(short: str) -> str:
    """Return the 18 characters of an id of 15: each added one tells which of five are capitals."""
    added = "".join(
        CHECKSUM[sum(1 << bit for bit, letter in enumerate(short[at : at + 5]) if letter.isupper())]
        for at in (0, 5, 10)
    )
    return short + added


def record_id(prefix: str, number: int) -> str:
    """Return the id of an object's record of this number."""
    digits = ""
    for _ in range(SHORT - len(prefix) - len(INSTANCE)):
        number, rest = divmod(number, len(ALPHABET))
        digits = ALPHABET[rest] + digits
    return full_id(prefix + INSTANCE + digits)


def canonical(text: str) -> str | None:
    """Return an id in its long form, or None where it is none."""
    if not SHAPE.fullmatch(text):
        return None
    whole = full_id(text[:SHORT])
    return whole if len(text) == SHORT or whole == text else None
