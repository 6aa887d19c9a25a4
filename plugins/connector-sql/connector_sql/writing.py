"""Write one batch inside a transaction that is already open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from connector_sdk.connector import APPLIED, SUPERSEDED, Mode, Outcome, rejected
from connector_sql.errors import RECORD_FAULTS, refusal
from connector_sql.statements import Statement, Statements

Columns = Sequence[Sequence[Any]]

_EXISTS = rejected("sql-key-exists", "a row with this key is in the table already")
_MISSING = rejected("sql-key-missing", "no row with this key is in the table")


def write_rows(
    connection: Connection, plan: Statements, mode: Mode, columns: Columns, refused: dict[int, Outcome]
) -> list[Outcome]:
    """Write the records but those refused beforehand, and return what became of each.

    Neighbours that need the same statement go in one call of the driver; only where that did not simply
    apply each of them, all are written again one by one, to learn which were superseded or refused.
    """
    if not refused and _all_at_once(connection, plan, columns):
        return [APPLIED] * len(columns[-1])
    return [
        refused.get(position) or _one(connection, plan, mode, values)
        for position, values in enumerate(zip(*columns, strict=True))
    ]


def _all_at_once(connection: Connection, plan: Statements, columns: Columns) -> bool:
    """Write every record, or none and return False."""
    attempt = connection.begin_nested()
    for group in _groups(plan, columns):
        if _changed(connection, group.statement.sql, group.rows) != len(group.rows):
            attempt.rollback()
            return False
    attempt.commit()
    return True


@dataclass(frozen=True, slots=True)
class _Group:
    """Neighbours in a batch, with the parameters of each for the statement of all."""

    statement: Statement
    rows: list[tuple[Any, ...]]


def _groups(plan: Statements, columns: Columns) -> Iterator[_Group]:
    deleted = columns[-1]
    if plan.write == plan.delete or 1 not in deleted:
        rows = zip(*(columns[index] for index in plan.write.order), strict=True)
        yield _Group(plan.write, list(rows))
        return
    for is_deleted, positions in groupby(range(len(deleted)), key=deleted.__getitem__):
        statement = plan.delete if is_deleted else plan.write
        yield _Group(statement, [tuple(columns[i][at] for i in statement.order) for at in positions])


def _one(connection: Connection, plan: Statements, mode: Mode, values: Sequence[Any]) -> Outcome:
    deleted = values[-1]
    statement = plan.delete if deleted else plan.write
    changed = _changed(connection, statement.sql, statement.parameters(values))
    if isinstance(changed, Outcome):
        return changed
    if changed:
        return APPLIED
    if deleted:
        # Where there is no row, the target is as the source says.
        return SUPERSEDED if _is_there(connection, plan.find, values) else APPLIED
    if mode is Mode.INSERT and _is_there(connection, plan.live, values):
        return _EXISTS
    if mode is Mode.UPDATE and not _is_there(connection, plan.find, values):
        return _MISSING
    return SUPERSEDED


def _is_there(connection: Connection, find: Statement, values: Sequence[Any]) -> bool:
    return connection.exec_driver_sql(find.sql, find.parameters(values)).first() is not None


def _changed(connection: Connection, statement: str, parameters: Any) -> int | Outcome:
    """Return how many rows a statement changed, or the refusal when the fault is a record's."""
    try:
        return connection.exec_driver_sql(statement, parameters).rowcount
    except RECORD_FAULTS as error:
        return refusal(error)
    except DBAPIError as error:
        if not isinstance(error.orig, RECORD_FAULTS):
            raise
        return refusal(error.orig)
