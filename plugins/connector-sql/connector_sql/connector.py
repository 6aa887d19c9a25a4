"""The connector that the entry point `sql` names."""

from connector_sdk.connector import Connector
from connector_sdk.errors import ConfigurationError
from connector_sql.config import SqlConfig
from connector_sql.offer import TableOffer


class Sql(Connector[SqlConfig]):
    """A SQL database; every sink's name is the name of a table."""

    name = "sql"

    def sink(self, name: str) -> TableOffer:
        """Return the sink that writes the table `name`.

        Raises ConfigurationError for an impossible name, or when Python lacks the database's driver.
        """
        try:
            from connector_sql.sink import SqlSink  # noqa: PLC0415 - listing connectors must not load SQLAlchemy
        except ModuleNotFoundError as missing:
            raise ConfigurationError(
                f"the Python module {missing.name!r} is missing, which this database needs",
                code="sql-driver-missing",
                hint="install it; `sqlite3` comes with a Python that was built with SQLite",
            ) from None
        return SqlSink(self.config.path, name)
