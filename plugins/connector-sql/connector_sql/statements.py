"""The statement that writes one record, for each mode."""

from collections.abc import Mapping
from dataclasses import dataclass

from connector_sdk.connector import Mode, WritePolicy
from connector_sdk.schema import Schema
from connector_sql.names import VERSION, listed, quoted


@dataclass(frozen=True, slots=True)
class Statements:
    """SQL, and which of a record's values (the fields in order, then the version) are its parameters.

    `write` (with `order`) changes one row, or none where the row is newer, exists already (insert) or is
    missing (update). `find` (with `key`) selects the row of a key.
    """

    write: str
    order: tuple[int, ...]
    find: str
    key: tuple[int, ...]


def statements(table: str, schema: Schema, policy: WritePolicy) -> Statements:
    """Make the statements for `table`.

    OR ABORT overrides what the table itself says about conflicts: a constraint declared ON CONFLICT REPLACE
    or IGNORE would remove other rows, or drop ours, without a word (https://sqlite.org/lang_conflict.html).
    """
    positions = {name: index for index, name in enumerate((*schema.names, VERSION))}
    changed = [name for name in positions if name not in schema.key]
    key = tuple(positions[name] for name in schema.key)
    where = " AND ".join(f"{quoted(name)} = ?" for name in schema.key)
    find = " ".join(("SELECT 1 FROM", quoted(table), "WHERE", where))
    if policy.mode is Mode.UPDATE:
        new = dict.fromkeys(changed, "?")
        update = ["UPDATE OR ABORT", quoted(table), "SET", _assigned(new, table, policy)]
        update += ["WHERE", where, "AND", quoted(VERSION), "<= ?"]
        order = (*(positions[name] for name in changed), *key, positions[VERSION])
        return Statements(" ".join(update), order, find, key)
    marks = ", ".join("?" for _ in positions)
    insert = ["INSERT OR ABORT INTO", quoted(table), f"({listed(positions)}) VALUES ({marks})"]
    if policy.mode is Mode.INSERT:
        insert += [f"ON CONFLICT ({listed(schema.key)}) DO NOTHING"]
    if policy.mode is Mode.UPSERT:
        new = {name: f"excluded.{quoted(name)}" for name in changed}
        insert += [f"ON CONFLICT ({listed(schema.key)}) DO UPDATE SET", _assigned(new, table, policy)]
        insert += ["WHERE", new[VERSION], ">=", f"{quoted(table)}.{quoted(VERSION)}"]
    return Statements(" ".join(insert), tuple(positions.values()), find, key)


def _assigned(new: Mapping[str, str], table: str, policy: WritePolicy) -> str:
    """Write the assignments; with `omit_nulls` the present value stays where the new one is null."""
    if policy.omit_nulls:
        new = {name: f"COALESCE({value}, {quoted(table)}.{quoted(name)})" for name, value in new.items()}
    return ", ".join(f"{quoted(name)} = {value}" for name, value in new.items())
