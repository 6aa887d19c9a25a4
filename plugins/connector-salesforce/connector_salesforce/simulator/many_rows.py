"""Up to 200 rows a request: the sObject Collections.

Source: REST API Developer Guide, "sObject Collections" and "Upsert Multiple Records with an External ID".
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from connector_salesforce.simulator.bodies import json_object, values_of
from connector_salesforce.simulator.changes import Changes, Several
from connector_salesforce.simulator.evaluate import fields_of
from connector_salesforce.simulator.ids import canonical
from connector_salesforce.simulator.refusals import Refusal, row_refusal
from connector_salesforce.simulator.rendering import writers, written
from connector_salesforce.simulator.rows import told_errors
from connector_salesforce.simulator.store import Store
from connector_sdk.testing import Request, Response, Route, as_json

MOST = 200
ID_LENGTH = 3
Result = dict[str, Any]
ROLLED_BACK = (
    "Record rolled back because not all records were valid and the request was using AllOrNone header"
)


class ManyRows:
    """The endpoints of collections; results stand in the order of the request."""

    def __init__(self, store: Store, changes: Changes) -> None:
        self._store = store
        self._changes = changes

    def routes(self, base: str) -> list[Route]:
        """Return the endpoints below the path of a version."""
        every = f"{base}/composite/sobjects"
        return [
            Route("POST", every, self._create),
            Route("PATCH", every, self._update),
            Route("DELETE", every, self._delete),
            Route("GET", f"{every}/{{name}}", self._read),
            Route("POST", f"{every}/{{name}}", self._read),
            Route("PATCH", f"{every}/{{name}}/{{field}}", self._upsert),
        ]

    def _create(self, request: Request, version: str) -> Response:  # noqa: ARG002 - a handler
        def create(record: dict[str, Any]) -> Result:
            return _succeeded(self._changes.insert(_type_of(record), values_of(record)))

        return self._each(request, create)

    def _update(self, request: Request, version: str) -> Response:  # noqa: ARG002 - a handler
        def update(record: dict[str, Any]) -> Result:
            values = {name: value for name, value in values_of(record).items() if name.lower() != "id"}
            key = next((record[name] for name in record if name.lower() == "id"), None)
            if not isinstance(key, str):
                raise row_refusal("MISSING_ARGUMENT", "Id not specified in an update call")
            self._changes.update(_type_of(record), key, values)
            return _succeeded(canonical(key) or key)

        return self._each(request, update)

    def _upsert(self, request: Request, version: str, name: str, field: str) -> Response:  # noqa: ARG002 - a handler
        external = self._changes.external_id(self._store.table(name), field).name
        records = _records(json_object(request))
        given = Counter(str(_named(record, external)).casefold() for record in records)

        def upsert(record: dict[str, Any]) -> Result:
            if _type_of(record).lower() != name.lower():
                raise row_refusal("INVALID_TYPE", f"the type in attributes is not {name}")
            value = _named(record, external)
            if value in (None, ""):
                raise row_refusal("MISSING_ARGUMENT", f"{external} not specified")
            if given[str(value).casefold()] > 1:
                raise row_refusal("DUPLICATE_VALUE", f"Duplicate external id specified: {value}", external)
            values = {key: each for key, each in values_of(record).items() if key.lower() != external.lower()}
            try:
                key, created = self._changes.upsert(name, external, value, values)
            except Several as several:
                listed = ", ".join(str(row["Id"]) for row in several.rows)
                message = f"{external}: more than one record found for external id field: [{listed}]"
                raise row_refusal("DUPLICATE_EXTERNAL_ID", message, external) from None
            return {**_succeeded(key), "created": created}

        return self._each(request, upsert, failed={"created": False})

    def _delete(self, request: Request, version: str) -> Response:  # noqa: ARG002 - a handler
        def delete(record: dict[str, Any]) -> Result:
            key = canonical(record["id"])
            if key is None:
                raise row_refusal("MALFORMED_ID", f"malformed id {record['id']}")
            self._changes.delete(self._kind_of(key), key)
            return _succeeded(key)

        listed = [{"id": key} for key in request.query.get("ids", "").split(",") if key]
        return self._run(request, listed, delete, together=request.query.get("allOrNone") == "true")

    def _read(self, request: Request, version: str, name: str) -> Response:
        if request.method == "POST":
            body = json_object(request)
            keys, names = body.get("ids", []), body.get("fields", [])
        else:
            keys, names = request.query.get("ids", "").split(","), request.query.get("fields", "").split(",")
        table = self._store.table(name)
        how = writers(fields_of(self._store, table.kind.name, [each for each in names if each]))
        rows = [table.rows.get(canonical(key) or "") for key in keys]
        shown = [
            None if row is None or row.get("IsDeleted") else written(row, table.kind.name, version, how)
            for row in rows
        ]
        return as_json(shown)

    def _each(
        self, request: Request, change: Callable[[dict[str, Any]], Result], failed: Result | None = None
    ) -> Response:
        body = json_object(request)
        together = body.get("allOrNone", False) is True
        return self._run(request, _records(body), change, together=together, failed=failed)

    def _run(
        self,
        request: Request,
        records: list[dict[str, Any]],
        change: Callable[[dict[str, Any]], Result],
        *,
        together: bool,
        failed: Result | None = None,
    ) -> Response:
        if len(records) > MOST:
            message = f"record limit reached. cannot submit more than {MOST} records into this call"
            raise Refusal(400, "EXCEEDED_ID_LIMIT", message)
        before = {
            name: (dict(table.rows), dict(table.deleted_at)) for name, table in self._store.tables.items()
        }
        at, fault = told_errors(request)
        results: list[Result] = []
        for number, record in enumerate(records):
            try:
                if at is None or number in at:
                    code = fault.get("statusCode", "UNABLE_TO_LOCK_ROW")
                    raise row_refusal(code, fault.get("message", "unable to obtain exclusive access"))
                results.append(change(record))
            except Refusal as refusal:
                if refusal.error_code == "JSON_PARSER_ERROR":
                    self._restore(before)
                    raise
                results.append({**_failed(refusal), **(failed or {})})
        if together and not all(result["success"] for result in results):
            self._restore(before)
            undone = _failed(row_refusal("ALL_OR_NONE_OPERATION_ROLLED_BACK", ROLLED_BACK))
            results = [{**undone, **(failed or {})} if each["success"] else each for each in results]
        return as_json(results)

    def _restore(self, before: dict[str, tuple[dict[str, Any], dict[str, Any]]]) -> None:
        for name, (rows, deleted_at) in before.items():
            self._store.tables[name].reset(rows, deleted_at)

    def _kind_of(self, key: str) -> str:
        for name, table in self._store.tables.items():
            if table.kind.prefix == key[:ID_LENGTH]:
                return name
        raise row_refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")


def _records(body: dict[str, Any]) -> list[dict[str, Any]]:
    records = body.get("records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise Refusal(400, "INVALID_INPUT", "The body needs a list of records")
    return records


def _type_of(record: dict[str, Any]) -> str:
    kind = (record.get("attributes") or {}).get("type")
    if not isinstance(kind, str):
        raise row_refusal("INVALID_INPUT", "Include the type in the attributes of each record")
    return kind


def _named(record: dict[str, Any], field: str) -> Any:
    return next((value for name, value in record.items() if name.lower() == field.lower()), None)


def _succeeded(key: str) -> Result:
    return {"id": key, "success": True, "errors": []}


def _failed(refusal: Refusal) -> Result:
    return {"success": False, "errors": [refusal.row_error()]}
