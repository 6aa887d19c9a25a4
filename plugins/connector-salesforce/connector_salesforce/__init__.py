"""Salesforce for connector-sdk: incremental reads with SOQL, upserts by external id."""

from connector_salesforce.connector import Salesforce
from connector_sdk.hookspecs import Register, hookimpl

__all__ = ["Salesforce", "connector_register"]


@hookimpl
def connector_register(register: Register) -> None:
    """Offer the connector `salesforce`."""
    register(Salesforce)
