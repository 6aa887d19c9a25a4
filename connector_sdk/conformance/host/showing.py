"""How a connector shows itself to whoever looks at it: in a debugger, a log, a document."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final

from connector_sdk.connector import Connector

_MANNERS: Final[tuple[Callable[[Any], object], ...]] = (
    repr,
    str,
    lambda one: repr(vars(one)),
    lambda one: one.model_dump_json(),
)


def shown(connector: Connector[Any]) -> list[str]:
    """Return the texts; a manner in which something cannot be shown shows nothing."""
    return list(_shown(connector))


def _shown(connector: Connector[Any]) -> Iterator[str]:
    for one in (connector, connector.config):
        for manner in _MANNERS:
            with suppress(Exception):
                yield str(manner(one)).encode("utf-8", "backslashreplace").decode()
