"""Turn what SQLAlchemy and sqlite3 raise into errors that say what to do next: the plugin's one border.

SQLAlchemy's own text carries the statement and may carry values, so only the driver's is ever looked at, and
of it only forms that are known to name nothing but tables and columns.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from connector_sdk.connector import Outcome, rejected
from connector_sdk.errors import (
    AccessDeniedError,
    ConfigurationError,
    ConflictError,
    ConnectorError,
    ContractError,
    RejectedError,
    UnavailableError,
)

RECORD_FAULTS = (sqlite3.IntegrityError, sqlite3.DataError, OverflowError, UnicodeEncodeError)
"""What the driver raises when it is one record's fault."""


class _Meaning(NamedTuple):
    error: type[ConnectorError]
    code: str
    message: str
    hint: str


_OTHER = _Meaning(
    UnavailableError,
    "sql-unavailable",
    "the database cannot be used",
    "see to the file, its folder and the disk; nothing of this batch was written",
)
_SQLITE = {
    "SQLITE_BUSY": _Meaning(
        UnavailableError,
        "sql-locked",
        "another process keeps the database locked",
        "end that process or wait for it, then run again",
    ),
    "SQLITE_READONLY": _Meaning(
        AccessDeniedError,
        "sql-read-only",
        "the database cannot be written",
        "give this user write permission on the file and on its folder",
    ),
    "SQLITE_CANTOPEN": _Meaning(
        ConfigurationError,
        "sql-cannot-open",
        "the database cannot be opened",
        "name a file in a folder that exists and that this user may write in",
    ),
    "SQLITE_NOTADB": _Meaning(
        ConfigurationError,
        "sql-not-a-database",
        "the file is not a SQLite database",
        "name another file, or move this one away",
    ),
    "SQLITE_FULL": _Meaning(
        UnavailableError,
        "sql-disk-full",
        "the disk of the database is full",
        "free some space; the run goes on where it stopped",
    ),
    "SQLITE_CORRUPT": _Meaning(
        RejectedError,
        "sql-damaged",
        "the database is damaged",
        "keep this file and restore the latest backup beside it",
    ),
    "SQLITE_CONSTRAINT": _Meaning(
        ConflictError,
        "sql-constraint",
        "the database refused the batch because of a constraint that it checks at the end",
        "declare the constraint so that it is checked for each row (not DEFERRED), or mend the data",
    ),
    "SQLITE_ERROR": _Meaning(
        ContractError,
        "sql-table-changed",
        "the table is not any more as it was when the run began",
        "run again: the table is then compared with the contract",
    ),
}

_TELLING = (
    "NOT NULL constraint failed: ",
    "UNIQUE constraint failed: ",
    "CHECK constraint failed: ",
    "FOREIGN KEY constraint failed",
    "cannot store ",
)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Translate the faults of the database at `path` while the block runs."""
    try:
        yield
    except DBAPIError as error:
        raise _error(error.orig, path) from None
    except (sqlite3.Error, SQLAlchemyError) as error:
        raise _error(error, path) from None
    except OSError as error:
        raise _cannot_open(path, error.strerror or type(error).__name__) from None


def require_folder(path: Path) -> None:
    """Raise ConfigurationError when the file's folder is missing or closed to this user."""
    folder = path.parent
    if not folder.is_dir():
        raise _cannot_open(path, "its folder does not exist")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _cannot_open(path, "its folder may not be written")


def _cannot_open(path: Path, reason: str) -> ConnectorError:
    meaning = _SQLITE["SQLITE_CANTOPEN"]
    message = f"{meaning.message}: {reason}"
    return meaning.error(message, code=meaning.code, hint=meaning.hint, location=str(path))


def _error(error: object, path: Path) -> ConnectorError:
    name = _name(error)
    meaning = next((meaning for prefix, meaning in _SQLITE.items() if name.startswith(prefix)), _OTHER)
    message = f"{meaning.message} ({name or type(error).__name__})"
    return meaning.error(message, code=meaning.code, hint=meaning.hint, location=str(path))


def _name(error: object) -> str:
    """Return SQLite's extended result code, e.g. SQLITE_BUSY_SNAPSHOT (https://sqlite.org/rescode.html)."""
    name: str = getattr(error, "sqlite_errorname", "")
    return name


def refusal(error: BaseException) -> Outcome:
    """Say why the database refused one record, without its values."""
    if isinstance(error, sqlite3.IntegrityError):
        text = str(error)
        detail = text if text.startswith(_TELLING) else _name(error)
        return rejected("sql-constraint", f"the table refuses the record: {detail}")
    if isinstance(error, OverflowError):
        return rejected("sql-value-unfit", "a whole number is wider than 64 bits")
    if isinstance(error, UnicodeEncodeError):
        return rejected("sql-value-unfit", "a text is not valid Unicode")
    return rejected("sql-value-unfit", f"a value does not fit ({_name(error)})")
