"""What a table that is already there looks like."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from connector_sql.names import folded
from connector_sql.types import Affinity, affinity


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `fills_itself`: an insert may leave it out."""

    name: str
    declared: str
    affinity: Affinity
    not_null: bool
    generated: bool
    fills_itself: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table, or whatever else has its name (`kind`).

    `columns` by folded name; `unique` holds the sets of folded column names that are unique, compared byte
    by byte.
    """

    kind: str
    columns: dict[str, Column]
    unique: frozenset[frozenset[str]]
    triggers: tuple[str, ...]


def read_table(connection: Connection, name: str) -> Table | None:
    """Look a table up in the database's catalogue."""
    kind = connection.exec_driver_sql(
        "SELECT type FROM sqlite_master WHERE name = ? COLLATE NOCASE AND type <> 'trigger'", (name,)
    ).scalar()
    if kind is None:
        return None
    flags = connection.exec_driver_sql(
        "SELECT type, wr, strict FROM pragma_table_list WHERE schema = 'main' AND name = ? COLLATE NOCASE",
        (name,),
    ).first()
    # Before 3.37 this list is empty, and STRICT tables are unknown.
    kind, without_rowid, strict = flags or (kind, False, False)
    rows = connection.exec_driver_sql(
        'SELECT name, type, "notnull" AS not_null, dflt_value, pk, hidden FROM pragma_table_xinfo(?)', (name,)
    ).all()
    unique = set(_unique_indexes(connection, name))
    columns = {}
    for row in rows:
        # The only INTEGER PRIMARY KEY of an ordinary table is its row id: it numbers itself and has no index.
        alone = row.pk and sum(map(bool, (other.pk for other in rows))) == 1
        row_id = bool(alone and row.type.upper() == "INTEGER" and not without_rowid)
        if row_id:
            unique.add(frozenset({folded(row.name)}))
        columns[folded(row.name)] = Column(
            name=row.name,
            declared=row.type,
            affinity=affinity(row.type, strict=bool(strict)),
            not_null=bool(row.not_null),
            generated=row.hidden != 0,
            fills_itself=row_id or row.dflt_value is not None or not (row.not_null or row.pk),
        )
    triggers = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE", (name,)
    ).scalars()
    return Table(kind, columns, frozenset(unique), tuple(triggers))


def _unique_indexes(connection: Connection, name: str) -> Iterator[frozenset[str]]:
    indexes = connection.exec_driver_sql(
        'SELECT name FROM pragma_index_list(?) WHERE "unique" AND NOT partial', (name,)
    ).scalars()
    for index in indexes.all():
        parts = connection.exec_driver_sql(
            'SELECT name, coll FROM pragma_index_xinfo(?) WHERE "key"', (index,)
        ).all()
        if all(part.name is not None and part.coll == "BINARY" for part in parts):
            yield frozenset(folded(part.name) for part in parts)
