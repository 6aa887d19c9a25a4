"""Open a SQLite file so that what is committed survives SIGKILL and power loss."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool

# The journal mode stays as the file has it (DELETE in a new one); EXTRA also syncs the folder after a journal
# is removed, so that a power loss cannot bring it back (https://sqlite.org/pragma.html#pragma_synchronous).
PRAGMAS = (
    "busy_timeout=5000",
    "synchronous=EXTRA",
    "fullfsync=ON",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "mmap_size=0",
)


def open_engine(path: Path, *, create: bool = False) -> Engine:
    """Return an engine with one connection to the file, whose transactions take the write lock at once.

    Without `create` a missing file is an error, met at the first transaction.
    """
    uri = f"{path.as_uri()}?mode={'rwc' if create else 'rw'}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        try:
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A reader that came to write could not upgrade its snapshot, so the lock is asked for first.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def loses_commits(connection: Connection) -> bool:
    """Tell whether the file is in WAL mode under a SQLite that may lose commits then.

    Affected are 3.7.0 to 3.51.2 but for 3.44.6 and 3.50.7 (https://sqlite.org/wal.html#walresetbug).
    """
    version = sqlite3.sqlite_version_info
    fixed = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return not fixed and connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"


def require_writable(connection: Connection) -> None:
    """Have SQLite raise now when the file cannot be written.

    In a read-only file BEGIN IMMEDIATE quietly begins a transaction that only reads, so a number in the
    file's head, meant for the application, is replaced by itself.
    """
    present = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    connection.exec_driver_sql(f"PRAGMA user_version = {present:d}")


def max_columns() -> int:
    """Return how many columns a table may have in this build of SQLite (2000 by default)."""
    with closing(sqlite3.connect(":memory:")) as scratch:
        limits = (sqlite3.SQLITE_LIMIT_COLUMN, sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        return min(map(scratch.getlimit, limits))
