"""Words for messages."""

from collections.abc import Iterable
from difflib import get_close_matches

_SHOWN = 60


def quote(text: str) -> str:
    """Return a text in quotes as a message may hold it: short, on one line, nothing invisible."""
    clean = "".join(char if char.isprintable() else "\ufffd" for char in text)
    return f"'{clean if len(clean) <= _SHOWN else clean[: _SHOWN - 1] + '…'}'"


def listed(words: Iterable[str], last: str = "or") -> str:
    """Return `a, b or c`."""
    *most, final = list(words)
    return f"{', '.join(most)} {last} {final}" if most else final


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant, if any; case, dashes and underlines do not count."""
    by_shape = {_shape(name): name for name in known}
    found = get_close_matches(_shape(word), list(by_shape), n=1, cutoff=0.6)
    return by_shape[found[0]] if found else None


def _shape(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "").replace(" ", "")


def dotted(loc: Iterable[str | int]) -> str:
    """Return a way into a document as people write it, e.g. `source.config.streams[0].name`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc).removeprefix(".")
