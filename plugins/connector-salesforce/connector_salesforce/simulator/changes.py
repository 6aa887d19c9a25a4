"""Rows are created, changed and deleted: the rules that hold however a request brings them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connector_salesforce.simulator.ids import canonical
from connector_salesforce.simulator.metadata import Field
from connector_salesforce.simulator.refusals import Refusal, row_refusal
from connector_salesforce.simulator.store import Row, Store, Table
from connector_salesforce.simulator.values import stored
from connector_sdk.testing import SimulatedClock


class Several(Exception):  # noqa: N818 - an answer, not a failure of ours
    """An external id fits several rows; nothing was written."""

    def __init__(self, rows: list[Row]) -> None:
        super().__init__(len(rows))
        self.rows = rows


class Changes:
    """Writes to the store as the integration's user, at the simulated moment."""

    def __init__(self, store: Store, clock: SimulatedClock, user: str) -> None:
        self._store = store
        self._clock = clock
        self._user = user

    def insert(self, kind: str, values: Mapping[str, Any], modified: datetime | None = None) -> str:
        """Create a row and return its id; `modified` dates it back, as a transaction that commits late."""
        table = self._store.table(kind)
        self._writable(table)
        new = self._stored(table, values, "createable")
        missing = [each.name for each in table.kind.fields if each.required and new.get(each.name) is None]
        if missing:
            message = f"Required fields are missing: [{', '.join(missing)}]"
            raise row_refusal("REQUIRED_FIELD_MISSING", message, *missing)
        self._unique(table, new, None)
        now = self._now(modified)
        key = table.next_id()
        empty = {field.name: _empty(field) for field in table.kind.fields if field.type != "address"}
        stamps = {"CreatedDate": now, "CreatedById": self._user, **self._stamps(now)}
        table.put(_derived({**empty, "Name": key, **new, "Id": key, **stamps}))
        return key

    def update(
        self, kind: str, key: str, values: Mapping[str, Any], modified: datetime | None = None
    ) -> None:
        """Change a row; a field that is not named stays."""
        table = self._store.table(kind)
        self._writable(table)
        row = self._store.row(table, key)
        new = self._stored(table, values, "updateable")
        missing = [
            each.name for each in table.kind.fields if each.required and new.get(each.name, "") is None
        ]
        if missing:
            message = f"Required fields are missing: [{', '.join(missing)}]"
            raise row_refusal("REQUIRED_FIELD_MISSING", message, *missing)
        self._unique(table, new, row["Id"])
        table.put(_derived({**row, **new, **self._stamps(self._now(modified))}))

    def delete(self, kind: str, key: str) -> None:
        """Move a row to the recycle bin."""
        table = self._store.table(kind)
        self._writable(table)
        row = self._store.row(table, key)
        now = self._now(None)
        table.put({**row, "IsDeleted": True, **self._stamps(now)})
        table.deleted_at[row["Id"]] = now

    def purge(self, kind: str, key: str) -> None:
        """Empty a row out of the recycle bin: queries never show it again, the list of deleted rows does."""
        table = self._store.table(kind)
        whole = canonical(key) or ""
        if whole not in table.deleted_at:
            self.delete(kind, key)
        table.reset({key: row for key, row in table.rows.items() if key != whole})

    def upsert(self, kind: str, name: str, value: Any, values: Mapping[str, Any]) -> tuple[str, bool]:
        """Create or change the row with this external id; return its id and whether it is new.

        Raises Several where more than one row has it.
        """
        table = self._store.table(kind)
        field = self.external_id(table, name)
        found = table.find(field.name, value)
        if len(found) > 1:
            raise Several(found)
        if found:
            self.update(kind, found[0]["Id"], values)
            return str(found[0]["Id"]), False
        return self.insert(kind, {**values, field.name: value}), True

    def external_id(self, table: Table, name: str) -> Field:
        """Return a field that identifies rows from outside; raises Refusal."""
        field = self._store.fields(table.kind.name).get(name.lower())
        if field is None or not field.external_id:
            message = f"Provided external ID field does not exist or is not accessible: {name}"
            raise Refusal(404, "NOT_FOUND", message)
        return field

    def _stored(self, table: Table, values: Mapping[str, Any], use: str) -> dict[str, Any]:
        visible = self._store.fields(table.kind.name)
        new: dict[str, Any] = {}
        for name, value in values.items():
            field = visible.get(name.lower())
            if field is None:
                message = f"No such column '{name}' on sobject of type {table.kind.name}"
                raise row_refusal("INVALID_FIELD", message, name)
            if not getattr(field, use):
                message = (
                    f"Unable to create/update fields: {field.name}. Please check the security settings of"
                )
                message += " this field and verify that it is read/write for your profile or permission set."
                raise row_refusal("INVALID_FIELD_FOR_INSERT_UPDATE", message, field.name)
            new[field.name] = stored(self._store, field, value)
        return new

    def _unique(self, table: Table, new: Mapping[str, Any], own: str | None) -> None:
        for field in table.kind.fields:
            value = new.get(field.name)
            if not field.unique or value is None:
                continue
            for row in table.find(field.name, value):
                if row["Id"] != own:
                    message = f"duplicate value found: {field.name} duplicates value on record with id: "
                    raise row_refusal("DUPLICATE_VALUE", message + row["Id"][:15])

    def _writable(self, table: Table) -> None:
        if not table.kind.writable:
            message = f"entity type {table.kind.name} does not support this operation"
            raise Refusal(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message)

    def _now(self, modified: datetime | None) -> datetime:
        return (modified or self._clock.now()).replace(microsecond=0)

    def _stamps(self, now: datetime) -> dict[str, Any]:
        return {"LastModifiedDate": now, "LastModifiedById": self._user, "SystemModstamp": now}


def _empty(field: Field) -> Any:
    return False if field.type == "boolean" else None


def _derived(row: dict[str, Any]) -> Row:
    """Fill in what the org computes: compound names and formulas."""
    if "LastName" in row:
        row["Name"] = " ".join(part for part in (row.get("FirstName"), row["LastName"]) if part)
    if "Region__c" in row:
        country = row.get("MailingCountry")
        row["Region__c"] = country[:2] if country else None
    return row
