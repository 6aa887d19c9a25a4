"""The org's rows, and which fields of them the user may see.

A row is a mapping that is never changed, only replaced: a query that is read page by page keeps what it
found. Texts are `str`, numbers `Decimal` or `int`, days `date`, moments `datetime` in UTC with whole seconds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from connector_salesforce.simulator.ids import canonical, record_id
from connector_salesforce.simulator.metadata import Field, SObject
from connector_salesforce.simulator.refusals import Refusal, not_found

Row = Mapping[str, Any]


@dataclass(slots=True)
class Table:
    """An object with its rows by id, deleted ones included, and the moments at which they were deleted."""

    kind: SObject
    rows: dict[str, Row] = field(default_factory=dict)
    deleted_at: dict[str, Any] = field(default_factory=dict)
    created: int = 0
    _by_value: dict[str, dict[str, dict[str, None]]] = field(default_factory=dict)

    def put(self, row: Row) -> None:
        """Add a row, or replace the one with its id."""
        key = row["Id"]
        before = self.rows.get(key)
        self.rows[key] = row
        for name, index in self._by_value.items():
            if before is not None:
                index.get(_folded(before.get(name)), {}).pop(key, None)
            index.setdefault(_folded(row.get(name)), {})[key] = None

    def find(self, name: str, value: Any) -> list[Row]:
        """Return the rows outside the recycle bin with this text in a field, whatever its case."""
        if name not in self._by_value:
            index = self._by_value[name] = {}
            for key, row in self.rows.items():
                index.setdefault(_folded(row.get(name)), {})[key] = None
        found = (self.rows[key] for key in self._by_value[name].get(_folded(value), ()) if value is not None)
        return [row for row in found if not row.get("IsDeleted")]

    def reset(self, rows: dict[str, Row], deleted_at: dict[str, Any] | None = None) -> None:
        """Put all rows back to what they were."""
        self.rows = rows
        self._by_value.clear()
        if deleted_at is not None:
            self.deleted_at = deleted_at

    def next_id(self) -> str:
        """Return an id that was never used."""
        self.created += 1
        return record_id(self.kind.prefix, self.created)

    def live(self) -> Iterator[Row]:
        """Yield the rows that are not in the recycle bin."""
        return (row for row in self.rows.values() if not row.get("IsDeleted"))


class Store:
    """All tables by name; names of objects and fields are found whatever their case."""

    def __init__(self, kinds: tuple[SObject, ...]) -> None:
        self.tables = {kind.name: Table(kind) for kind in kinds}
        self._names = {kind.name.lower(): kind.name for kind in kinds}
        self._hidden: set[tuple[str, str]] = set()

    def table(self, name: str) -> Table:
        """Return a table; raises Refusal as a path that names none."""
        if name.lower() not in self._names:
            raise not_found()
        return self.tables[self._names[name.lower()]]

    def queried(self, name: str) -> Table:
        """Return a table; raises Refusal as a query that names none."""
        if name.lower() not in self._names:
            message = (
                f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be"
            )
            raise Refusal(400, "INVALID_TYPE", f"{message} sure to append the '__c' after the entity name.")
        return self.tables[self._names[name.lower()]]

    def fields(self, kind: str) -> dict[str, Field]:
        """Return the fields that the user may see, by their names in lower case."""
        fields = self.tables[kind].kind.fields
        return {each.name.lower(): each for each in fields if (kind, each.name) not in self._hidden}

    def hide(self, kind: str, name: str, *, hidden: bool = True) -> None:
        """Take the permission to see a field from the user, or give it back; raises KeyError."""
        table = self.table(kind)
        if name not in {each.name for each in table.kind.fields}:
            raise KeyError(name)
        (self._hidden.add if hidden else self._hidden.discard)((table.kind.name, name))

    def rename(self, kind: str, name: str, new: str) -> None:
        """Give a field another API name; raises KeyError."""
        table = self.table(kind)
        if name not in {each.name for each in table.kind.fields}:
            raise KeyError(name)
        fields = tuple(replace(each, name=new) if each.name == name else each for each in table.kind.fields)
        table.kind = replace(table.kind, fields=fields)
        renamed: dict[str, Row] = {
            key: {new if each == name else each: value for each, value in row.items()}
            for key, row in table.rows.items()
        }
        table.reset(renamed)

    def add_field(self, kind: str, new: Field) -> None:
        """Add a field, null in every row."""
        table = self.table(kind)
        table.kind = replace(table.kind, fields=(*table.kind.fields, new))

    def row(self, table: Table, text: str) -> Row:
        """Return a row by its id of 15 or 18 characters; raises Refusal, also for a deleted one."""
        row = table.rows.get(canonical(text) or "")
        if row is None:
            raise not_found()
        if row.get("IsDeleted"):
            raise Refusal(404, "ENTITY_IS_DELETED", "entity is deleted", ())
        return row


def _folded(value: Any) -> str:
    return str(value).casefold()
