"""SQL databases for connector-sdk: exactly-once writes with a version guard."""

from connector_sdk.hookspecs import Register, hookimpl
from connector_sql.config import SqlConfig
from connector_sql.connector import Sql

__all__ = ["Sql", "SqlConfig", "connector_register"]


@hookimpl
def connector_register(register: Register) -> None:
    """Offer the connector `sql`."""
    register(Sql)
