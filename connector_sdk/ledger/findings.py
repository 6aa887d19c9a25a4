"""What `verify` found, and how it reads rows that anybody may have altered."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping
from sqlalchemy.exc import DBAPIError

from connector_sdk.digest import canonical

LIMIT: Final = 100
"""Findings kept of one kind; a ledger that is wrong everywhere need not be told row by row."""


class Verdict(StrEnum):
    """How a verification ends; where several apply, the first of them counts."""

    TAMPERING = "tampering"
    TRUST = "trust"
    INCOMPLETE = "incomplete"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be: its kind, where it stands, what it is."""

    kind: Verdict
    where: str
    message: str


class Findings:
    """Findings as they come."""

    def __init__(self) -> None:
        self._found: dict[Verdict, list[Finding]] = {kind: [] for kind in Verdict}
        self._left_out = dict.fromkeys(Verdict, 0)
        self.damaged: set[str] = set()
        """Tables that could not be read."""

    def add(self, kind: Verdict, where: str, message: str) -> None:
        """Note one."""
        if len(self._found[kind]) < LIMIT:
            self._found[kind].append(Finding(kind, where, message))
        else:
            self._left_out[kind] += 1

    def tampering(self, where: str, message: str) -> None:
        """Note that something is not what was once written."""
        self.add(Verdict.TAMPERING, where, message)

    @property
    def verdict(self) -> Verdict:
        """The first kind, in the order of `Verdict`, of which there is one."""
        return next((kind for kind, found in self._found.items() if found), Verdict.OK)

    def all(self) -> tuple[Finding, ...]:
        """Return the findings, the worst kind first."""
        more = {
            kind: [Finding(kind, "ledger", f"and {count} more of this kind")]
            for kind, count in self._left_out.items()
            if count
        }
        return tuple(one for kind in Verdict for one in self._found[kind] + more.get(kind, []))


@contextmanager
def readable(findings: Findings, where: str) -> Iterator[None]:
    """Take a store that cannot be read for damage, unless it is only busy or out of reach."""
    try:
        yield
    except DBAPIError as error:
        code = getattr(error.orig, "sqlite_errorcode", None)
        if code is not None and code & 0xFF in _PASSING:
            raise
        findings.damaged.add(where)
        findings.tampering(where, f"the database is damaged here: {type(error.orig).__name__}")


_PASSING: Final = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_AUTH,
}


def select(*tables: sa.Table) -> sa.Select[Any]:
    """Select all columns as the store holds them: no conversion that an altered value could break."""
    columns: dict[str, sa.ColumnElement[Any]] = {}
    for table in tables:
        for column in table.c:
            columns.setdefault(column.name, sa.type_coerce(column, sa.types.NullType()).label(column.name))
    return sa.select(*columns.values())


def stream(connection: Connection, query: sa.Select[Any]) -> Iterator[RowMapping]:
    """Yield rows, some hundreds in memory at a time."""
    result = connection.execution_options(yield_per=200).execute(query)
    try:
        yield from result.mappings()
    finally:
        result.close()


def differing(row: RowMapping, expected: Mapping[str, Any]) -> str:
    """Name the columns whose value is not the expected one, or return an empty text."""
    return ", ".join(
        name
        for name, value in expected.items()
        if not (type(row[name]) is type(value) and row[name] == value) and not _is_document(row[name], value)
    )


def _is_document(text: Any, document: Any) -> bool:
    """Tell whether a column holds a document's JSON, compact and with each name once."""
    if not isinstance(text, str) or isinstance(document, str | None):
        return False
    try:
        read = json.loads(text)
        again = json.dumps(read, separators=(",", ":"), ensure_ascii=False)
    except (ValueError, RecursionError):
        return False
    return again == text and canonical(read) == canonical(document)
