"""`${…}` in books: what is filled in when a book is seeded or played, and what matches any text."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

SERVER: Final = "SERVER"
SECRET: Final = "SECRET"  # noqa: S105 - the placeholder's name
TOKEN: Final = "TOKEN"  # noqa: S105 - the placeholder's name
ANY: Final = "any"
KNOWN: Final = (SERVER, SECRET, TOKEN, ANY)

MARK: Final = re.compile(r"\$\{([^{}]*)\}?")
_ANY_MARK: Final = re.compile(r"\$\{any\}")


def kind_of(name: str) -> str:
    """Return which placeholder a name means: that before the colon of `SECRET:name`."""
    return SECRET if name.startswith(f"{SECRET}:") else name


def held(text: str) -> list[str]:
    """Return the names of the placeholders in a text, in order; an unclosed one has its `${` before it."""
    return [found[1] if found[0].endswith("}") else found[0] for found in MARK.finditer(text)]


def holds(text: str, kind: str) -> bool:
    """Tell whether a placeholder of a kind stands in a text."""
    return any(kind_of(name) == kind for name in held(text))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return the text with the placeholders replaced that have a value; the others stay."""
    return MARK.sub(lambda found: values.get(found[1], found[0]), text) if "${" in text else text


def filled_in(settings: Any, values: Mapping[str, str]) -> Any:
    """Return settings with the placeholders in all of their texts replaced that have a value."""
    if isinstance(settings, str):
        return filled(settings, values)
    if isinstance(settings, Mapping):
        return {name: filled_in(value, values) for name, value in settings.items()}
    return [filled_in(value, values) for value in settings] if isinstance(settings, list) else settings


def matches(pattern: str, text: str) -> bool:
    """Tell whether a text is what a pattern says, `${any}` standing for any text, the empty one too."""
    return pattern == text or ("${any}" in pattern and _compiled(pattern).fullmatch(text) is not None)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, _ANY_MARK.split(pattern))), re.DOTALL)
