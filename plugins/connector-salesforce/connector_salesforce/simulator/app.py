"""The simulated org: its endpoints, and what goes round every one of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from connector_salesforce.simulator import versions
from connector_salesforce.simulator.auth import Sessions
from connector_salesforce.simulator.catalog import Catalog
from connector_salesforce.simulator.changes import Changes
from connector_salesforce.simulator.data import fill
from connector_salesforce.simulator.many_rows import ManyRows
from connector_salesforce.simulator.objects import OBJECTS
from connector_salesforce.simulator.query import Queries
from connector_salesforce.simulator.refusals import Refusal, not_found
from connector_salesforce.simulator.replication import Replication
from connector_salesforce.simulator.rows import Rows
from connector_salesforce.simulator.settings import Settings
from connector_salesforce.simulator.store import Store
from connector_sdk.testing import Request, Response, Route, SimulatedClock, Simulator, change, moment

BASE = "/services/data/{version}"
TOKEN = "/services/oauth2/token"  # noqa: S105 - a path
LIMITS = {
    "TotalRequests": "TotalRequests Limit exceeded.",
    "ConcurrentRequests": "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
}


class SalesforceSimulator(Simulator):
    """A Salesforce org with invented contacts.

    Faults of its own: `{"expire_session": true}` ends every session before the request is looked at,
    `{"limit_exceeded": "TotalRequests" | "ConcurrentRequests"}` refuses it, and `{"row_error": {"at": [0],
    "statusCode": "UNABLE_TO_LOCK_ROW", "message": "…"}}` refuses rows of a write, all of them without `at`.
    """

    fault_names: ClassVar[frozenset[str]] = frozenset({"expire_session", "limit_exceeded", "row_error"})

    def __init__(
        self,
        *,
        seed: int = 0,
        records: int = 1000,
        port: int = 0,
        now: datetime | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.store = Store(OBJECTS)
        fill(self.store, seed, records)
        user = next(iter(self.store.tables["User"].rows))
        clock = SimulatedClock(now)
        self.changes = Changes(self.store, clock, user)
        """Writes rows directly, past HTTP: what happens in the org while nobody looks."""
        self.sessions = Sessions(seed, self.organization, user, clock, self.settings)
        self._catalog = Catalog(self.store, self.settings)
        self._endpoints = (
            Queries(self.store, self.settings, seed),
            self._catalog,
            Replication(self.store, self.settings, clock),
            ManyRows(self.store, self.changes),
            Rows(self.store, self.changes),
        )
        super().__init__(seed=seed, records=records, port=port, clock=clock)

    @property
    def organization(self) -> str:
        """The id of the org, 18 characters."""
        return next(iter(self.store.tables["Organization"].rows))

    @property
    def config(self) -> dict[str, Any]:
        """What goes into a pipeline's `config`."""
        return {
            "base_url": self.url,
            "client_id": self.sessions.client_id,
            "client_secret": self.sessions.client_secret,
        }

    def routes(self) -> Iterable[Route]:
        """Return the endpoints."""
        return [
            Route("POST", TOKEN, lambda request: self.sessions.token(request, self.url)),
            *self._catalog.open_routes(),
            *(route for endpoints in self._endpoints for route in endpoints.routes(BASE)),
        ]

    def controls(self) -> Mapping[str, Callable[[Any], Any]]:
        """Return the controls: `settings`, `fields` and `rows`."""
        return {
            "settings": partial(change, self.settings),
            "fields": self._change_field,
            "rows": self._change_row,
        }

    def respond(self, route: Route, request: Request, values: Mapping[str, str]) -> Response:
        """Check version, session and limit, and say on every answer how much of the limit is used."""
        if "version" not in values:
            return super().respond(route, request, values)
        headers: dict[str, str] = {}
        try:
            headers = versions.warning(versions.check(values["version"]))
            if "expire_session" in request.faults:
                self.sessions.expire()
            self.sessions.check(request)
            self._count(request)
            response = super().respond(route, request, values)
        except Refusal as refusal:
            response = refusal.response()
        return replace(response, headers={**headers, **self._catalog.headers(), **response.headers})

    def nowhere(self, request: Request, allowed: tuple[str, ...]) -> Response:
        """Answer as the vendor does: an array of one error."""
        if not allowed:
            return not_found().response()
        message = f"HTTP Method '{request.method}' not allowed. Allowed are {','.join(allowed)}"
        response = Refusal(405, "METHOD_NOT_ALLOWED", message).response()
        return replace(response, headers={"Allow": ",".join(allowed)})

    def _count(self, request: Request) -> None:
        self._catalog.used += 1
        kind = request.faults.get("limit_exceeded")
        if self._catalog.used > self.settings.daily_requests:
            kind = "TotalRequests"
        if kind is not None:
            raise Refusal(403, "REQUEST_LIMIT_EXCEEDED", LIMITS.get(kind, LIMITS["TotalRequests"]))

    def _change_field(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Hide, show or rename a field: `{"object", "field", "hidden": true | "rename": "New__c"}`."""
        kind, name = document["object"], document["field"]
        if "rename" in document:
            self.store.rename(kind, name, document["rename"])
        else:
            self.store.hide(kind, name, hidden=bool(document["hidden"]))
        return dict(document)

    def _change_row(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Write past the API: `{"object", "values", "modified"?}` creates a row, `{"object", "id", "values",
        "modified"?}` changes one, `{"object", "id", "purge": true}` empties it out of the recycle bin."""
        kind, key = document["object"], document.get("id")
        modified = moment(document["modified"]) if "modified" in document else None
        try:
            if document.get("purge"):
                self.changes.purge(kind, document["id"])
            elif key is None:
                key = self.changes.insert(kind, document["values"], modified)
            else:
                self.changes.update(kind, key, document["values"], modified)
        except Refusal as refusal:
            raise ValueError(f"{refusal.error_code}: {refusal.message}") from None
        return {"id": key}
