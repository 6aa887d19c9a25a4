"""Write one batch inside a transaction that is already open."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from connector_sdk.connector import APPLIED, SUPERSEDED, Mode, Outcome, rejected
from connector_sql.errors import RECORD_FAULTS, refusal
from connector_sql.statements import Statements

Columns = Sequence[Sequence[Any]]

_EXISTS = rejected("sql-key-exists", "a row with this key is in the table already")
_MISSING = rejected("sql-key-missing", "no row with this key is in the table")


def write_rows(
    connection: Connection, plan: Statements, mode: Mode, columns: Columns, refused: dict[int, Outcome]
) -> list[Outcome]:
    """Write the records but those refused beforehand, and return what became of each.

    All go in one call of the driver; only where that did not simply apply each of them, they are written
    again one by one, to learn which were superseded or refused.
    """
    if not refused and _all_at_once(connection, plan, columns):
        return [APPLIED] * len(columns[-1])
    return [
        refused.get(position) or _one(connection, plan, mode, values)
        for position, values in enumerate(zip(*columns, strict=True))
    ]


def _all_at_once(connection: Connection, plan: Statements, columns: Columns) -> bool:
    """Write every record, or none and return False."""
    rows = list(zip(*(columns[index] for index in plan.order), strict=True))
    attempt = connection.begin_nested()
    if _changed(connection, plan.write, rows) == len(rows):
        attempt.commit()
        return True
    attempt.rollback()
    return False


def _one(connection: Connection, plan: Statements, mode: Mode, values: Sequence[Any]) -> Outcome:
    changed = _changed(connection, plan.write, tuple(values[index] for index in plan.order))
    if isinstance(changed, Outcome):
        return changed
    if changed:
        return APPLIED
    if mode is Mode.INSERT:
        return _EXISTS
    key = tuple(values[index] for index in plan.key)
    if mode is Mode.UPDATE and connection.exec_driver_sql(plan.find, key).first() is None:
        return _MISSING
    return SUPERSEDED


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
