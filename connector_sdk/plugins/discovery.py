"""Find connectors: installed distributions that name one in the entry-point group `connector_sdk`.

Only the connector asked for is imported. One that fails to import is reported with its reason and harms
nothing else.
"""

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

import pluggy

from connector_sdk.connector import Connector
from connector_sdk.errors import ConfigurationError
from connector_sdk.hookspecs import PROJECT, ConnectorHooks
from connector_sdk.redact import redact_text


@dataclass(frozen=True, slots=True)
class Plugin:
    """An installed plugin: its connector, or the reason why it is broken."""

    name: str
    distribution: str
    version: str
    connector: type[Connector[Any]] | None
    broken: str = ""


def installed() -> list[Plugin]:
    """Import every installed plugin and return them by name, broken ones with their reason."""
    return sorted((_examine(point) for point in entry_points(group=PROJECT)), key=lambda plugin: plugin.name)


def find(name: str) -> Plugin:
    """Import the plugin of this name, and no other.

    Raises ConfigurationError when there is none, several, or it is broken.
    """
    plugin = _examine(point_of(name))
    if plugin.connector is None:
        raise ConfigurationError(
            f"connector {name!r} is broken: {plugin.broken}",
            code="broken-connector",
            hint=f"repair or uninstall {plugin.distribution} {plugin.version}",
        )
    return plugin


def point_of(name: str) -> EntryPoint:
    """Return the entry point of the connector of this name; raises ConfigurationError for none or several."""
    points = list(entry_points(group=PROJECT, name=name))
    if not points:
        names = ", ".join(sorted({point.name for point in entry_points(group=PROJECT)})) or "none"
        raise ConfigurationError(
            f"there is no connector {name!r}",
            code="unknown-connector",
            hint=f"installed: {names}; others come with `pip install connector-NAME`",
        )
    if len(points) > 1:
        owners = ", ".join(sorted(owner(point)[0] for point in points))
        raise ConfigurationError(
            f"several distributions bring a connector {name!r}: {owners}",
            code="ambiguous-connector",
            hint="uninstall all but one",
        )
    return points[0]


def owner(point: EntryPoint) -> tuple[str, str]:
    """Return name and version of the distribution that brings an entry point."""
    return (point.dist.name, point.dist.version) if point.dist else ("unknown", "")


def _examine(point: EntryPoint) -> Plugin:
    distribution, version = owner(point)
    try:
        connector = _registered(point)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a plugin may break itself in any way, even with SystemExit
        reason = redact_text(f"{type(error).__name__}: {error}".splitlines()[0])
        return Plugin(point.name, distribution, version, None, reason)
    return Plugin(point.name, distribution, version, connector)


def managed(module: ModuleType) -> pluggy.PluginManager:
    """Return a manager of one module's hooks; raises PluginValidationError for a hook that there is not."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(ConnectorHooks)
    manager.register(module)
    manager.check_pending()
    return manager


def _registered(point: EntryPoint) -> type[Connector[Any]]:
    manager = managed(point.load())
    found: list[type[Connector[Any]]] = []
    manager.hook.connector_register(register=found.append)
    for connector in found:
        if connector.name == point.name:
            return connector
    names = ", ".join(connector.name for connector in found) or "nothing"
    raise LookupError(f"it registers {names}, not {point.name!r}")
