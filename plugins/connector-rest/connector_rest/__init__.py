"""JSON APIs over HTTP for connector-sdk, described in YAML."""

from connector_rest.config import RestConfig
from connector_rest.connector import Rest
from connector_sdk.hookspecs import Register, hookimpl

__all__ = ["Rest", "RestConfig", "connector_register"]


@hookimpl
def connector_register(register: Register) -> None:
    """Offer the connector `rest`."""
    register(Rest)
