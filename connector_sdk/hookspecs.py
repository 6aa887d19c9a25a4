"""The hooks a plugin may implement."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import pluggy

from connector_sdk.connector import Connector

if TYPE_CHECKING:  # every plugin loads this module, and few implement more than one hook
    from connector_sdk.compliance import Rule
    from connector_sdk.config import Config
    from connector_sdk.events import Event
    from connector_sdk.http.auth import Auth
    from connector_sdk.http.layer import ExtraLayer
    from connector_sdk.manifest import Manifest

PROJECT: Final = "connector_sdk"
"""The name of the hook namespace, and of the entry-point group that plugins are found by."""

COMPANY: Final = "connector_sdk_hooks"
"""The entry-point group of modules that concern every connector: monitoring, single sign-on, rules."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

Register = Callable[[type[Connector[Any]]], None]


class ConnectorHooks:
    """The specifications, each with its documentation in docs/hooks.md."""

    @hookspec
    def connector_register(self, register: Register) -> None:
        """Call `register(ConnectorClass)` for the connector that the entry point names."""

    @hookspec(firstresult=True)
    def connector_auth(self, manifest: "Manifest", config: "Config") -> "Auth | None":
        """Return what authenticates a connection in the connector's stead, or None to leave it to others."""

    @hookspec
    def connector_layers(self, manifest: "Manifest") -> "Sequence[ExtraLayer] | None":
        """Return layers for a connection's requests, each with the built-in one that it stands outside of."""

    @hookspec
    def connector_rules(self, manifest: "Manifest") -> "Sequence[Rule] | None":
        """Return rules that each request of a connection is asked about before it leaves."""

    @hookspec
    def connector_event(self, event: "Event") -> None:
        """Learn that something happened; a failure is counted and harms nothing."""

    @hookspec
    def connector_audit(self, record: "Event") -> None:
        """Keep the record of a call that ended, an event `call.finished`; a failure fails the call."""
