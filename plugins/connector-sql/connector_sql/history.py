"""Hold a database against what the ledger and other pipelines wrote to it before."""

from sqlalchemy.engine import Connection

from connector_sdk.connector import Call
from connector_sdk.errors import ConfigurationError, ConflictError
from connector_sdk.ledger.store import APPLICATION_ID
from connector_sql import checkpoint
from connector_sql.names import quoted


def require_no_ledger(connection: Connection) -> None:
    """Refuse to write records into a ledger, where they would stand in clear beside what proves them."""
    if connection.exec_driver_sql("PRAGMA application_id").scalar_one() == APPLICATION_ID:
        raise ConfigurationError(
            "this database is a ledger of connector-sdk",
            code="sql-is-a-ledger",
            hint="name another file in `url`",
        )


def require_new(call: Call, table: str) -> None:
    """Refuse to make a table anew whose records the ledger holds for written. Raises ConflictError."""
    if call.checkpoint is not None and not call.full_refresh:
        raise _lost(call, table, "lacks the table")


def require_kept(connection: Connection, call: Call, table: str) -> None:
    """Refuse to go on in a database that lacks batches the ledger holds for written. Raises ConflictError."""
    if call.checkpoint is None or call.full_refresh:
        return
    last = checkpoint.written(connection).get((call.pipeline, call.partition), 0)
    if last < call.checkpoint["seq"]:
        raise _lost(call, table, f"ends at batch {last}")


def require_own_versions(connection: Connection, call: Call, table: str) -> None:
    """Refuse a table whose versions were counted by another pipeline: they cannot be compared with ours.

    A pipeline that has a row of its own among the checkpoints is no stranger, unless it comes here anew: then
    that row is about another table. Raises ConflictError.
    """
    own = (call.pipeline, call.partition)
    writers = checkpoint.written(connection)
    comes_anew = call.full_refresh and call.checkpoint is None
    if not writers.keys() - {own} or (own in writers and not comes_anew):
        return
    if not connection.exec_driver_sql(f'SELECT max("_version") FROM {quoted(table)}').scalar():  # noqa: S608 - quoted
        return
    names = ", ".join(sorted({pipeline for pipeline, _ in writers.keys() - {own}}))
    raise ConflictError(
        f"the table holds versions counted by another pipeline ({names}): new records of this one would be "
        "taken for old ones",
        code="sql-table-taken",
        hint="write into a table of its own; to take this one over, set every `_version` in it to 0 first",
        location=table,
    )


def _lost(call: Call, table: str, state: str) -> ConflictError:
    return ConflictError(
        f"the ledger knows of {call.checkpoint['seq']} batches written here, but the database {state}",
        code="sql-target-lost",
        hint="restore the database, or write everything again with `connector-sdk run P --full-refresh`",
        location=table,
    )
