"""The statements that write one record, for each mode."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from connector_sdk.connector import Deletes, Mode, WritePolicy
from connector_sdk.schema import Schema
from connector_sql.names import DELETED, VERSION, listed, quoted


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL, and which of a record's values (fields in order, version, mark of deletion) are its parameters."""

    sql: str
    order: tuple[int, ...]

    def parameters(self, values: Sequence[object]) -> tuple[object, ...]:
        """Pick the statement's parameters from a record's values."""
        return tuple(values[index] for index in self.order)


@dataclass(frozen=True, slots=True)
class Statements:
    """What is run for a record: `write`, or `delete` where the source deleted it.

    Each changes one row, or none where the row is newer, exists already (insert) or is missing (update,
    deletion). `find` selects the row of a key, `live` one that is not marked as deleted.
    """

    write: Statement
    delete: Statement
    find: Statement
    live: Statement


def statements(table: str, schema: Schema, policy: WritePolicy, *, marks: bool) -> Statements:
    """Make the statements for `table`, whose rows have the column of marks or not.

    OR ABORT overrides what the table itself says about conflicts: a constraint declared ON CONFLICT REPLACE
    or IGNORE would remove other rows, or drop ours, without a word (https://sqlite.org/lang_conflict.html).
    """
    make = _Maker(table, schema, policy, marks=marks)
    find = make.find()
    live = replace(find, sql=f"{find.sql} AND {quoted(DELETED)} = 0") if marks else find
    match policy.mode:
        case Mode.UPDATE:
            write = marking = make.update()
        case Mode.INSERT:
            write, marking = make.insert(), make.upsert()
        case Mode.UPSERT:
            write = marking = make.upsert()
        case Mode.APPEND:
            write = marking = make.append()
    return Statements(write, make.delete() if policy.deletes is Deletes.DELETE else marking, find, live)


class _Maker:
    """Writes statements about one table."""

    def __init__(self, table: str, schema: Schema, policy: WritePolicy, *, marks: bool) -> None:
        self._table = quoted(table)
        self._key = schema.key
        self._omit_nulls = policy.omit_nulls
        self._marks = marks
        self._positions = {name: index for index, name in enumerate((*schema.names, VERSION, DELETED))}
        self._columns = (*schema.names, VERSION, DELETED) if marks else (*schema.names, VERSION)
        self._changed = [name for name in self._columns if name not in schema.key]
        self._where = " AND ".join(f"{quoted(name)} = ?" for name in schema.key)

    def append(self) -> Statement:
        marks = ", ".join("?" for _ in self._columns)
        sql = f"INSERT OR ABORT INTO {self._table} ({listed(self._columns)}) VALUES ({marks})"  # noqa: S608 - quoted
        return self._statement(sql, self._columns)

    def upsert(self) -> Statement:
        return self._on_conflict(f"DO UPDATE SET {self._replaced()} WHERE {self._not_newer()}")

    def insert(self) -> Statement:
        if not self._marks:
            return self._on_conflict("DO NOTHING")
        # A row that is marked as deleted is not there for an insert: the record has come back.
        gone = f"{self._table}.{quoted(DELETED)} = 1"
        return self._on_conflict(f"DO UPDATE SET {self._replaced()} WHERE {gone} AND {self._not_newer()}")

    def update(self) -> Statement:
        new = self._assigned(dict.fromkeys(self._changed, "?"))
        sql = f"UPDATE OR ABORT {self._table} SET {new} WHERE {self._where} AND {quoted(VERSION)} <= ?"  # noqa: S608 - quoted
        return self._statement(sql, (*self._changed, *self._key, VERSION))

    def delete(self) -> Statement:
        sql = f"DELETE FROM {self._table} WHERE {self._where} AND {quoted(VERSION)} <= ?"  # noqa: S608 - quoted
        return self._statement(sql, (*self._key, VERSION))

    def find(self) -> Statement:
        return self._statement(f"SELECT 1 FROM {self._table} WHERE {self._where}", self._key)  # noqa: S608 - quoted

    def _on_conflict(self, then: str) -> Statement:
        append = self.append()
        return replace(append, sql=f"{append.sql} ON CONFLICT ({listed(self._key)}) {then}")

    def _not_newer(self) -> str:
        return f"excluded.{quoted(VERSION)} >= {self._table}.{quoted(VERSION)}"

    def _replaced(self) -> str:
        return self._assigned({name: f"excluded.{quoted(name)}" for name in self._changed})

    def _assigned(self, new: Mapping[str, str]) -> str:
        """Write the assignments; where nulls are omitted, a null leaves the present value."""
        if self._omit_nulls:
            new = {name: f"COALESCE({value}, {self._table}.{quoted(name)})" for name, value in new.items()}
        return ", ".join(f"{quoted(name)} = {value}" for name, value in new.items())

    def _statement(self, sql: str, names: Sequence[str]) -> Statement:
        return Statement(sql, tuple(self._positions[name] for name in names))
