"""Ask a database one question, from outside of the SDK."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote


def ask(database: Path, query: str) -> Any:
    """Return the one value that a query selects.

    SQLite may first roll back what a killed process left half written, as for any reader; the query itself
    can change nothing.
    """
    with closing(_connect(database, "rw")) as connection:
        connection.execute("PRAGMA query_only=ON")
        return connection.execute(query).fetchone()[0]


def peek(database: Path, query: str) -> Any:
    """Return what `ask` would, without any right to write; None while there is nothing to be seen."""
    try:
        with closing(_connect(database, "ro")) as connection:
            found = connection.execute(query).fetchone()
    except sqlite3.OperationalError:
        return None
    return found[0] if found else None


def _connect(database: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(database.absolute()))}?mode={mode}", uri=True)
