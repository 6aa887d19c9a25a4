"""The sink: one table of one database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import Connection, Engine

from connector_sdk.connector import Batch, Call, Mode, Outcome, WritePolicy
from connector_sdk.schema import Schema
from connector_sql import checkpoint
from connector_sql.compare import compares_versions, marks, require_same
from connector_sql.engine import loses_commits, max_columns, open_engine, require_writable
from connector_sql.errors import require_folder, translated
from connector_sql.existing import Table, read_table
from connector_sql.history import require_kept, require_new, require_no_ledger, require_own_versions
from connector_sql.names import require_table_name
from connector_sql.offer import TableOffer
from connector_sql.rows import Binder
from connector_sql.statements import Statements, statements
from connector_sql.table import create_table, require_tabular
from connector_sql.writing import write_rows


@dataclass(frozen=True, slots=True)
class _Plan:
    """What `prepare` worked out for all batches of the run."""

    schema: Schema
    mode: Mode
    statements: Statements
    binder: Binder


class SqlSink(TableOffer):
    """Write records as rows of `table`; the checkpoint is committed in the same transaction."""

    def __init__(self, path: Path, table: str) -> None:
        require_table_name(table)
        self._path = path
        self._table = table
        self._engine: Engine | None = None
        self._plan: _Plan | None = None

    def check(self, call: Call, schema: Schema, write: WritePolicy) -> None:
        """Compare the table, where there is one, with the schema; the file is not changed, nor made.

        Raises ConfigurationError, AccessDeniedError, UnavailableError or ContractError.
        """
        require_tabular(schema, write, max_columns())
        with translated(self._path):
            require_folder(self._path)
            missing = not self._path.exists()
        if missing:
            require_new(call, self._table)
            return
        with self._transaction(keep=False) as connection:
            self._require_fit(call, connection, schema, write)

    def prepare(self, call: Call, schema: Schema, write: WritePolicy) -> None:
        """Make the file and the tables where they are missing; raises what `check` raises."""
        require_tabular(schema, write, max_columns())
        with translated(self._path):
            require_folder(self._path)
        with self._transaction(create=True) as connection:
            table = self._require_fit(call, connection, schema, write)
            if table is None:
                connection.exec_driver_sql(create_table(self._table, schema, write))
            connection.exec_driver_sql(checkpoint.CREATE)
        made = statements(self._table, schema, write, marks=marks(table, write))
        self._plan = _Plan(schema, write.mode, made, Binder(schema))

    def write(self, call: Call, batch: Batch) -> list[Outcome]:
        """Write the batch, or recognise that it was written before a crash.

        Raises FencedError when a newer run wrote here, LedgerError when the database was written with another
        ledger, UnavailableError when it cannot be written now. Nothing of the batch is kept then.
        """
        plan = self._plan
        if plan is None or plan.schema != batch.schema:
            raise RuntimeError("the sink was not prepared for this schema")
        with self._transaction() as connection:
            last = checkpoint.read(connection, batch)
            outcomes = checkpoint.written_before(last, batch)
            if outcomes is None and not len(batch):
                outcomes = []
            elif outcomes is None:
                columns = plan.binder.columns(batch)
                refused = plan.binder.refusals(columns)
                outcomes = write_rows(connection, plan.statements, plan.mode, columns, refused)
            checkpoint.save(connection, batch, outcomes, call.clock)
        call.checkpoint = {"seq": batch.seq}
        return outcomes

    def close(self) -> None:
        """Close the file."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    @contextmanager
    def _transaction(self, *, create: bool = False, keep: bool = True) -> Iterator[Connection]:
        if self._engine is None:
            self._engine = open_engine(self._path, create=create)
        with translated(self._path), self._engine.begin() if keep else self._engine.connect() as connection:
            yield connection

    def _require_fit(
        self, call: Call, connection: Connection, schema: Schema, write: WritePolicy
    ) -> Table | None:
        """Return the table that is there, if any; raises ContractError when it does not fit."""
        if loses_commits(connection):
            call.log.warning("the database is in WAL mode, in which this version of SQLite may lose commits")
        require_writable(connection)
        require_no_ledger(connection)
        checkpoint.require_ours(connection)
        table = read_table(connection, self._table)
        if table is not None:
            require_same(self._table, table, schema, write)
        if table is None:
            require_new(call, self._table)
        else:
            require_kept(connection, call, self._table)
        if table is not None and compares_versions(table, write):
            require_own_versions(connection, call, self._table)
        return table
