"""Assemble a connector for use: its plugin, and its configuration out of a document."""

from typing import Any

from connector_sdk import plugins
from connector_sdk.connector import Connector
from connector_sdk.documents import Document


def connect(name: str, document: Document, at: tuple[str, ...]) -> Connector[Any]:
    """Return the connector `name`, configured with the part of the document that stands at `at`.

    Raises ConfigurationError for an unknown or broken plugin, and DocumentError where the configuration is
    not what the connector asks for.
    """
    connector = plugins.find(name).connector
    assert connector is not None  # noqa: S101 - `find` raises for a broken plugin
    config = document.with_references(at).validate(connector.config_type, at=at)
    return connector(config)
