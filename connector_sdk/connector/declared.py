"""What a connector's class tells of its streams and sinks before anybody configures it."""

from types import UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from connector_sdk.connector.base import Connector


def declared(connector: "type[Connector[Any]]", kind: Any) -> dict[str, Any]:
    """Return the class attributes of a kind by name, the nearest class winning."""
    found: dict[str, Any] = {}
    for owner in reversed(connector.__mro__):
        found |= {name: value for name, value in vars(owner).items() if isinstance(value, kind)}
    return found


def promised(connector: "type[Connector[Any]]", method: str, kind: Any) -> list[Any]:
    """Return the classes that a method's annotation promises, or an object that tells nothing."""
    try:
        hint = get_type_hints(getattr(connector, method)).get("return")
    except (NameError, TypeError):
        hint = None
    hints = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    # The base class's own defaults say nothing about what will be returned.
    return [part if part is not kind and part is not None else object() for part in hints]
