"""Look into a ledger without being able to change it: no keys are needed, no right to write is used."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from connector_sdk.errors import LedgerError
from connector_sdk.ledger.faults import foreign, translated
from connector_sdk.ledger.format import require_format
from connector_sdk.ledger.tables import meta


def is_there(path: Path) -> bool:
    """Tell whether there is a ledger at `path`; an empty file is one about to be made."""
    return path.exists() and path.stat().st_size > 0


@contextmanager
def look(path: Path) -> Iterator[Connection]:
    """Yield one consistent view of the ledger at `path`, which need not be the only copy nor be writable.

    Raises LedgerError for a file that is missing, damaged, not SQLite's or of another format,
    AuditUnavailableError where it cannot be read now.
    """
    with translated(path):
        if not is_there(path):
            raise LedgerError(
                "there is no ledger here yet",
                code="ledger-missing",
                hint="the first `connector-sdk run` of the pipeline makes it",
                location=str(path),
            )
        with path.open("rb") as file:
            if file.read(16) != b"SQLite format 3\0":
                raise foreign(path)
        # Where it is allowed, SQLite may first roll back what a killed run left half written.
        mode = "rw" if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK) else "ro"
        engine = sa.create_engine(
            f"sqlite:///file:{quote(str(path.absolute()))}?mode={mode}&uri=true", hide_parameters=True
        )
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA query_only=ON")
                connection.exec_driver_sql("PRAGMA trusted_schema=OFF")
                _require_ours(connection, path)
                yield connection
        finally:
            engine.dispose()


def _require_ours(connection: Connection, path: Path) -> None:
    """Refuse another format, where the ledger says which it has; whatever else is wrong is the reader's."""
    with suppress(DBAPIError):
        written = connection.execute(sa.select(meta.c.value).where(meta.c.name == "format")).scalar()
        if isinstance(written, str) and written.isdecimal():
            require_format(written, path)
