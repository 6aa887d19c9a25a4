"""Paths with `{names}`, and where their values come from."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from connector_sdk.secrets import Secret

_NAME: Final = re.compile(r"\{(\w+)\}")


def names_in(path: str) -> tuple[str, ...]:
    """Return the names that a path needs values for, in order."""
    return tuple(dict.fromkeys(_NAME.findall(path)))


def settled(names: Iterable[str], given: Mapping[str, str], connector: Any) -> dict[str, str]:
    """Return a value for each name: the one that is given, or the connector's setting of that name.

    Raises TypeError where there is none, or a secret, which no path may hold.
    """
    values = {}
    for name in names:
        found = given.get(name, getattr(connector.config, name, None))
        if found is None or isinstance(found, Secret):
            raise TypeError(f"the path's {{{name}}} has no value: give one in `values`, or name a setting")
        values[name] = str(found)
    return values
