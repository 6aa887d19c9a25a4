"""The connector `rest`."""

from typing import ClassVar

from connector_sdk import Config, Connector


class Rest(Connector[Config]):
    """JSON APIs over HTTP for connector-sdk, described in YAML."""

    name: ClassVar[str] = "rest"
    vendor: ClassVar[str] = ""
