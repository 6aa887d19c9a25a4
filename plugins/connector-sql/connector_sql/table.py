"""The table that a schema asks for."""

from connector_sdk.connector import Deletes, Mode, WritePolicy
from connector_sdk.errors import ConfigurationError, ContractError
from connector_sdk.schema import FieldType, Schema
from connector_sql.names import DELETED, VERSION, listed, quoted, require_column_names
from connector_sql.types import STORAGE


def require_tabular(schema: Schema, write: WritePolicy, max_columns: int) -> None:
    """Refuse what a table cannot hold exactly.

    Raises ContractError, or ConfigurationError when `write` asks for what contradicts itself or the source.
    """
    if write.mode is Mode.APPEND and write.deletes is Deletes.DELETE:
        raise ConfigurationError(
            "a table that is only appended to keeps all rows, and cannot lose those of deleted records",
            code="sql-append-deletes",
            hint="set `deletes: mark`, which appends the deletion too, or another mode",
            location="write.deletes",
        )
    if write.mode is not Mode.APPEND and not schema.key:
        raise ConfigurationError(
            f"writing with mode {write.mode.value} needs a key, and the source has none",
            code="sql-key-required",
            hint="set `primary_key` on the source, or `write: {mode: append}`",
        )
    require_column_names(schema)
    own = 2 if write.deletes is Deletes.MARK else 1
    if len(schema.fields) + own > max_columns:
        raise ContractError(
            f"{len(schema.fields)} fields and {own} of our own are more than the {max_columns} columns "
            "of a table",
            code="sql-too-many-columns",
            hint="leave out fields that nobody needs in this table",
        )
    both = [field.name for field in schema.fields if schema.nullable(field) and schema.optional(field)]
    if both:
        raise ContractError(
            f"null and absent would look the same in a column: {', '.join(map(repr, both))}",
            code="sql-null-and-absent",
            hint="allow only one of `nullable` and `optional` for these fields in the contract",
            location=both[0],
        )


def create_table(name: str, schema: Schema, write: WritePolicy) -> str:
    """Write the CREATE TABLE statement.

    Not STRICT: such a file cannot be opened before SQLite 3.37, and BOOLEAN would be lost as a declared type.
    """
    key = () if write.mode is Mode.APPEND else schema.key
    lines = []
    for field in schema.fields:
        line = f"{quoted(field.name)} {STORAGE[field.type].declared}"
        if not (schema.nullable(field) or schema.optional(field)):
            line += " NOT NULL"
        if field.type is FieldType.BOOLEAN:
            line += f" CHECK ({quoted(field.name)} IN (0, 1))"
        lines.append(line)
    lines.append(f"{quoted(VERSION)} INTEGER NOT NULL")
    if write.deletes is Deletes.MARK:
        # With a default, so that the table still takes rows when deletions are no longer marked.
        lines.append(f"{quoted(DELETED)} BOOLEAN NOT NULL DEFAULT 0 CHECK ({quoted(DELETED)} IN (0, 1))")
    if key:
        lines.append(f"PRIMARY KEY ({listed(key)})")
    return f"CREATE TABLE {quoted(name)} (\n  " + ",\n  ".join(lines) + "\n)"
