"""A connector's manifest, told without configuration and without asking anybody."""

from typing import Any

from connector_sdk.conformance.protocol import Described, Setting, SinkSeen, StreamSeen
from connector_sdk.connector.capabilities import capabilities_of
from connector_sdk.plugins import find
from connector_sdk.plugins.offers import sinks_of, streams_of
from connector_sdk.plugins.settings import settings_of


def described(name: str) -> Described:
    """Import the plugin of this name; raises ConfigurationError as `plugins.find` does."""
    plugin = find(name)
    connector = plugin.connector
    assert connector is not None  # noqa: S101 - `find` raises for a broken plugin
    return Described(
        name=plugin.name,
        vendor=connector.vendor,
        about=(connector.__doc__ or "").strip().partition("\n")[0],
        distribution=plugin.distribution,
        version=plugin.version,
        api_versions=list(connector.api_versions),
        capabilities=sorted(capabilities_of(connector)),
        settings=[
            Setting(each["name"], each["type"], each["required"], each["secret"])
            for each in settings_of(connector.config_type)
        ],
        streams=[
            StreamSeen(each["name"], _text(each["completeness"]), each["fields"])
            for each in streams_of(connector)
        ],
        sinks=[
            SinkSeen(each["name"], _text(each["delivery"]), each["modes"], each["keyed"], each["sends_keys"])
            for each in sinks_of(connector)
        ],
    )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
