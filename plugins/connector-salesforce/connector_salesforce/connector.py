"""The connector `salesforce`."""

from typing import ClassVar

from connector_sdk import Config, Connector


class Salesforce(Connector[Config]):
    """Salesforce for connector-sdk: incremental reads with SOQL, upserts by external id."""

    name: ClassVar[str] = "salesforce"
    vendor: ClassVar[str] = "Salesforce"
