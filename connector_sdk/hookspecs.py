"""The hooks a plugin may implement."""

from collections.abc import Callable
from typing import Any

import pluggy

from connector_sdk.connector import Connector

PROJECT = "connector_sdk"
"""The name of the hook namespace, and of the entry-point group that plugins are found by."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

Register = Callable[[type[Connector[Any]]], None]


class ConnectorHooks:
    """The specifications, each with its documentation in docs/hooks.md."""

    @hookspec
    def connector_register(self, register: Register) -> None:
        """Call `register(ConnectorClass)` for the connector that the entry point names."""
