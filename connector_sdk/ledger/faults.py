"""Turn what the store's library raises into errors that say what to do next: the ledger's one border."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError, MultipleResultsFound, NoResultFound

from connector_sdk.errors import AuditUnavailableError, ConnectorError, LedgerError


class _Meaning(NamedTuple):
    error: type[ConnectorError]
    code: str
    message: str
    hint: str


_DAMAGED = _Meaning(
    LedgerError,
    "ledger-damaged",
    "the ledger is damaged",
    "keep this file and restore the latest backup; `audit verify` tells what each holds",
)
_FOREIGN = _Meaning(
    LedgerError,
    "ledger-foreign",
    "this file is not a ledger of connector-sdk",
    "name another file under `ledger:`, or move this one away",
)
_LOCKED = _Meaning(
    AuditUnavailableError,
    "ledger-locked",
    "another process keeps the ledger locked",
    "end that process or wait for it, then run again",
)
_READ_ONLY = _Meaning(
    AuditUnavailableError,
    "ledger-read-only",
    "the ledger cannot be written, so nothing may be sent",
    "give this user write permission on the file and on its folder",
)
_FULL = _Meaning(
    AuditUnavailableError,
    "ledger-disk-full",
    "the disk of the ledger is full",
    "free some space; the run goes on where it stopped",
)
_UNAVAILABLE = _Meaning(
    AuditUnavailableError,
    "ledger-unavailable",
    "the ledger cannot be used",
    "see to the file, its folder and the disk; the run goes on where it stopped",
)
_SQLITE = {
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _FOREIGN,
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_FULL": _FULL,
    # A table or column that is not there, a row that should not be: the file is whole, what it holds is not.
    "SQLITE_ERROR": _DAMAGED,
    "SQLITE_CONSTRAINT": _DAMAGED,
}


def foreign(path: Path) -> ConnectorError:
    """Return the error for a file that is not a ledger."""
    return _error(_FOREIGN, path)


def damaged(path: Path) -> ConnectorError:
    """Return the error for a ledger that does not hold what it must."""
    return _error(_DAMAGED, path)


def read_only(path: Path) -> ConnectorError:
    """Return the error for a ledger that cannot be written."""
    return _error(_READ_ONLY, path)


def disk_full(path: Path, free: int, needed: int) -> ConnectorError:
    """Return the error for a disk with too few bytes free."""
    detail = f"{_FULL.message}: {free // 2**20} MiB are free, {needed // 2**20} MiB are needed"
    return _error(_FULL._replace(message=detail), path)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Translate the faults of the store at `path` while the block runs."""
    try:
        yield
    except ConnectorError:
        raise
    except DBAPIError as error:
        raise _error(_meaning(error.orig), path) from None
    except sqlite3.Error as error:
        raise _error(_meaning(error), path) from None
    except (NoResultFound, MultipleResultsFound):
        raise damaged(path) from None
    except OSError as error:
        meaning = _UNAVAILABLE._replace(message=f"{_UNAVAILABLE.message}: {error.strerror}")
        raise _error(meaning, path) from None


def _meaning(error: object) -> _Meaning:
    name: str = getattr(error, "sqlite_errorname", "")
    for prefix, meaning in _SQLITE.items():
        if name.startswith(prefix):
            return meaning
    return _UNAVAILABLE._replace(message=f"{_UNAVAILABLE.message} ({name or type(error).__name__})")


def _error(meaning: _Meaning, path: Path) -> ConnectorError:
    return meaning.error(meaning.message, code=meaning.code, hint=meaning.hint, location=str(path))
