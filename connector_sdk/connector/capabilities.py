"""What a connector can do, in a closed list of names: what is promised about it, and therefore examined."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from connector_sdk.connector.base import Connector

CAPABILITIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "read": "it has streams",
        "incremental": "a later read asks only for what is new or changed",
        "deletes": "it says which records the system deleted",
        "lookback": "a later read asks again for some time before its cursor, for records that come late",
        "paging": "it reads collections of more than one page",
        "next": "an answer of the system says what follows it",
        "total": "an answer of the system says how many records there are, which is held against what came",
        "projection": "a request names the fields that it wants, so that an answer has no others",
        "write": "it has sinks",
        "idempotent_write": "a sink may be given the same batch twice (delivery E or X)",
        "unsafe_write": "a sink may write a record twice when a run is repeated (delivery D)",
        "batch": "a request of a sink carries several records",
        "auth": "it obtains its credentials from the system, and renews them",
        "discover": "it finds out what there is to read or write beyond what its class declares",
        "envelope": "an answer with a successful status may be an error, and is taken for one",
    }
)
"""Each name with what it means."""


def capabilities_of(connector: "type[Connector[Any]]") -> frozenset[str]:
    """Return what a connector's class shows that it can do, and what it declares besides.

    A declaration adds to what is shown, and to that of a base class; nothing takes any of it away.
    """
    from connector_sdk.connector.shown import shown  # noqa: PLC0415 - it needs what needs this module

    owned = (vars(owner).get("capabilities", frozenset()) for owner in connector.__mro__)
    return frozenset(shown(connector)).union(*owned)


def require_known(connector: "type[Connector[Any]]") -> None:
    """Raise TypeError where a class declares a capability that there is not."""
    declared = connector.capabilities
    if not isinstance(declared, frozenset):
        raise TypeError(f"{connector.__name__}.capabilities is no frozenset of names")
    if unknown := sorted(declared - CAPABILITIES.keys()):
        known = ", ".join(CAPABILITIES)
        raise TypeError(f"{connector.__name__}.capabilities: there is no {unknown[0]!r}, only {known}")
