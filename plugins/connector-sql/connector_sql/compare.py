"""Where a table that is already there differs from what a schema asks for."""

from collections.abc import Iterator

from connector_sdk.connector import Deletes, Mode, WritePolicy
from connector_sdk.errors import ContractError
from connector_sdk.schema import Field, Schema
from connector_sql.existing import Column, Table
from connector_sql.names import DELETED, VERSION, folded, quoted
from connector_sql.types import STORAGE, Affinity


def require_same(name: str, table: Table, schema: Schema, write: WritePolicy) -> None:
    """Raise ContractError, naming each difference, when records of `schema` cannot be kept exactly."""
    found = list(_differences(table, schema, write))
    if found:
        raise ContractError(
            f"table {name!r} differs from the contract: {'; '.join(found)}",
            code="sql-table-differs",
            hint="change the table as said, or name a sink that does not exist yet: its table is made to fit",
            location=name,
        )


def _differences(table: Table, schema: Schema, write: WritePolicy) -> Iterator[str]:
    if table.kind != "table":
        yield f"it is a {table.kind} (name a table)"
        return
    for field in schema.fields:
        column = table.columns.get(folded(field.name))
        if column is None:
            declared = f"{quoted(field.name)} {STORAGE[field.type].declared}"
            yield f"column {field.name!r} is missing (ALTER TABLE … ADD COLUMN {declared})"
        else:
            yield from _of_column(column, schema, field)
    yield from _of_our_own(VERSION, table.columns.get(VERSION))
    if marks(table, write):
        yield from _of_our_own(DELETED, table.columns.get(DELETED))
    if write.mode is not Mode.UPDATE:
        yield from _of_others(table, schema)
    if write.mode is not Mode.APPEND and frozenset(map(folded, schema.key)) not in table.unique:
        key = ", ".join(map(repr, schema.key))
        yield f"nothing makes {key} unique, byte by byte (CREATE UNIQUE INDEX … on exactly the key)"
    for trigger in table.triggers:
        yield f"trigger {trigger!r} may change what is stored (drop it, or write into another table)"


def _of_column(column: Column, schema: Schema, field: Field) -> Iterator[str]:
    storage = STORAGE[field.type]
    if column.generated:
        yield f"column {column.name!r} is computed by the database (make it an ordinary column)"
    if column.affinity not in storage.exact_in:
        yield (
            f"column {column.name!r} is declared {column.declared or 'without a type'}, which does not keep "
            f"{field.type.value} values exactly (declare it {storage.declared})"
        )
    if column.not_null and (schema.nullable(field) or schema.optional(field)):
        state = "null" if schema.nullable(field) else "absent"
        yield f"column {column.name!r} is NOT NULL, but the field may be {state} (allow NULL)"


def marks(table: Table | None, write: WritePolicy) -> bool:
    """Return whether rows say that they are deleted.

    They do also where deletions are no longer marked but once were: a record that comes back has to lose it.
    """
    return write.deletes is Deletes.MARK or (table is not None and DELETED in table.columns)


def compares_versions(table: Table, write: WritePolicy) -> bool:
    """Return whether what is written depends on the versions of rows that are there."""
    removes = marks(table, write) or write.deletes is Deletes.DELETE
    return write.mode in {Mode.UPSERT, Mode.UPDATE} or (write.mode is Mode.INSERT and removes)


def _of_our_own(name: str, column: Column | None) -> Iterator[str]:
    exact = {Affinity.INTEGER, Affinity.NUMERIC} if name == DELETED else {Affinity.INTEGER}
    if column is None:
        declared = f"{quoted(name)} INTEGER NOT NULL DEFAULT 0"
        yield f"column {name!r} is missing (ALTER TABLE … ADD COLUMN {declared})"
    elif column.affinity not in exact or not column.not_null or column.generated:
        yield f"column {name!r} is not an ordinary INTEGER NOT NULL (declare it so)"


def _of_others(table: Table, schema: Schema) -> Iterator[str]:
    known = {*map(folded, schema.names), VERSION, DELETED}
    for name, column in table.columns.items():
        if name not in known and not column.fills_itself and not column.generated:
            yield (
                f"column {column.name!r}, which the contract lacks, must have a value "
                "(allow NULL or declare a DEFAULT)"
            )
