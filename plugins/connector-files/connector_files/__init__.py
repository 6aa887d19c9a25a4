"""Files for connector-sdk: reads JSON Lines, CSV and SAS XPORT version 5, writes JSON Lines."""

from connector_files.config import FilesConfig
from connector_files.connector import Files
from connector_sdk.hookspecs import Register, hookimpl

__all__ = ["Files", "FilesConfig", "connector_register"]


@hookimpl
def connector_register(register: Register) -> None:
    """Offer the connector `files`."""
    register(Files)
