"""One row a request: create, read, change, delete, and upsert by external id.

Source: REST API Developer Guide, "sObject Rows" and "sObject Rows by External ID".
"""

from typing import Any

from connector_salesforce.simulator.bodies import json_object, values_of
from connector_salesforce.simulator.changes import Changes, Several
from connector_salesforce.simulator.evaluate import fields_of
from connector_salesforce.simulator.refusals import not_found, row_refusal
from connector_salesforce.simulator.rendering import writers, written
from connector_salesforce.simulator.store import Row, Store, Table
from connector_sdk.testing import Request, Response, Route, as_json

UPSERT_TELLS = 46
"""Since this version an upsert that changed a row says so in a body."""


class Rows:
    """The endpoints of single rows."""

    def __init__(self, store: Store, changes: Changes) -> None:
        self._store = store
        self._changes = changes

    def routes(self, base: str) -> list[Route]:
        """Return the endpoints below the path of a version."""
        one = f"{base}/sobjects/{{name}}/{{key}}"
        by_external_id = f"{base}/sobjects/{{name}}/{{field}}/{{value}}"
        return [
            Route("POST", f"{base}/sobjects/{{name}}", self._create),
            Route("GET", one, self._read),
            Route("PATCH", one, self._update),
            Route("DELETE", one, self._delete),
            Route("GET", by_external_id, self._read_by),
            Route("PATCH", by_external_id, self._upsert),
            Route("DELETE", by_external_id, self._delete_by),
        ]

    def _create(self, request: Request, version: str, name: str) -> Response:  # noqa: ARG002 - a handler
        _fail_as_told(request)
        key = self._changes.insert(name, values_of(json_object(request)))
        return as_json({"id": key, "success": True, "errors": []}, 201)

    def _read(self, request: Request, version: str, name: str, key: str) -> Response:
        table = self._store.table(name)
        return self._shown(request, version, table, self._store.row(table, key))

    def _update(self, request: Request, version: str, name: str, key: str) -> Response:  # noqa: ARG002 - a handler
        _fail_as_told(request)
        self._changes.update(name, key, values_of(json_object(request)))
        return Response(204)

    def _delete(self, request: Request, version: str, name: str, key: str) -> Response:  # noqa: ARG002 - a handler
        self._changes.delete(name, key)
        return Response(204)

    def _read_by(self, request: Request, version: str, name: str, field: str, value: str) -> Response:
        table = self._store.table(name)
        rows = self._found(table, field, value)
        return (
            self._shown(request, version, table, rows[0])
            if len(rows) == 1
            else _several(version, table, rows)
        )

    def _delete_by(self, request: Request, version: str, name: str, field: str, value: str) -> Response:  # noqa: ARG002 - a handler
        table = self._store.table(name)
        rows = self._found(table, field, value)
        if len(rows) > 1:
            return _several(version, table, rows)
        self._changes.delete(name, rows[0]["Id"])
        return Response(204)

    def _upsert(self, request: Request, version: str, name: str, field: str, value: str) -> Response:
        _fail_as_told(request)
        table = self._store.table(name)
        external = self._changes.external_id(table, field)
        values = values_of(json_object(request))
        if any(each.lower() == external.name.lower() for each in values):
            message = f"The {external.name} field should not be specified in the sobject data."
            raise row_refusal("INVALID_FIELD", message, external.name)
        try:
            key, created = self._changes.upsert(name, field, value, values)
        except Several as several:
            return _several(version, table, several.rows)
        if not created and int(version[1:-2]) < UPSERT_TELLS:
            return Response(204)
        answer = {"id": key, "success": True, "errors": [], "created": created}
        return as_json(answer, 201 if created else 200)

    def _found(self, table: Table, field: str, value: str) -> list[Row]:
        external = self._changes.external_id(table, field)
        rows = table.find(external.name, value)
        if not rows:
            raise not_found()
        return rows

    def _shown(self, request: Request, version: str, table: Table, row: Row) -> Response:
        kind = table.kind.name
        names = request.query.get("fields")
        fields = (
            fields_of(self._store, kind, names.split(",")) if names else self._store.fields(kind).values()
        )
        return as_json(written(row, kind, version, writers(fields)))


def told_errors(request: Request) -> tuple[Any, dict[str, Any]]:
    """Return which rows a scripted fault strikes (None: all) and with what."""
    fault = request.faults.get("row_error", {"at": []})
    return fault.get("at"), fault


def _fail_as_told(request: Request) -> None:
    at, fault = told_errors(request)
    if at is None or 0 in at:
        raise row_refusal(
            fault.get("statusCode", "UNABLE_TO_LOCK_ROW"), fault.get("message", "unable to lock")
        )


def _several(version: str, table: Table, rows: list[Row]) -> Response:
    base = f"/services/data/{version}/sobjects/{table.kind.name}"
    return as_json([f"{base}/{row['Id']}" for row in rows], 300)
