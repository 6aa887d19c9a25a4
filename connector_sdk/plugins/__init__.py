"""What is installed beside the SDK: connectors, and hooks of companies, found by their entry points.

Listing connectors needs no hooks: whoever opens a connection loads them with `connector_sdk.plugins.hooks`.
"""

from connector_sdk.plugins.discovery import Plugin, find, installed

__all__ = ["Plugin", "find", "installed"]
