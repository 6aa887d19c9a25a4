"""What the org tells about itself: versions, resources, limits, objects and their fields.

Source: REST API Developer Guide, "Limits", "Describe Global" and "sObject Describe".
"""

from typing import Any

from connector_salesforce.simulator import versions
from connector_salesforce.simulator.settings import Settings
from connector_salesforce.simulator.store import Store
from connector_sdk.testing import Request, Response, Route, as_json


class Catalog:
    """The endpoints of description; `used` counts requests against the day's limit."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self.used = 0

    def open_routes(self) -> list[Route]:
        """Return what needs no session."""
        return [Route("GET", "/services/data", lambda _request: as_json(versions.listed()))]

    def routes(self, base: str) -> list[Route]:
        """Return the endpoints below the path of a version."""
        return [
            Route("GET", base, self._resources),
            Route("GET", f"{base}/limits", self._limits),
            Route("GET", f"{base}/sobjects", self._objects),
            Route("GET", f"{base}/sobjects/{{name}}", self._basic),
            Route("GET", f"{base}/sobjects/{{name}}/describe", self._describe),
        ]

    def headers(self) -> dict[str, str]:
        """Return how much of the day's limit is used, in the form that is set."""
        form, most = self._settings.limit_header, self._settings.daily_requests
        if form == "none":
            return {}
        usage = f"api-usage={self.used}/{most}"
        if form == "perapp":
            usage += f"; per-app-api-usage={self.used}/250(appName=sample-connected-app)"
        return {"Sforce-Limit-Info": usage}

    def _resources(self, request: Request, version: str) -> Response:  # noqa: ARG002 - a handler
        base = f"/services/data/{version}"
        names = ("sobjects", "query", "queryAll", "limits", "composite")
        return as_json({name: f"{base}/{name}" for name in names})

    def _limits(self, request: Request, version: str) -> Response:  # noqa: ARG002 - a handler
        most = self._settings.daily_requests
        return as_json(
            {
                "DailyApiRequests": {"Max": most, "Remaining": max(0, most - self.used)},
                "DailyBulkV2QueryJobs": {"Max": 10000, "Remaining": 10000},
                "DailyBulkV2QueryFileStorageMB": {"Max": 976562, "Remaining": 976562},
                "DailyBulkApiBatches": {"Max": 15000, "Remaining": 15000},
            }
        )

    def _objects(self, request: Request, version: str) -> Response:  # noqa: ARG002 - a handler
        listed = [table.kind.summary(version) for _, table in sorted(self._store.tables.items())]
        return as_json({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": listed})

    def _basic(self, request: Request, version: str, name: str) -> Response:  # noqa: ARG002 - a handler
        return as_json({"objectDescribe": self._store.table(name).kind.summary(version), "recentItems": []})

    def _describe(self, request: Request, version: str, name: str) -> Response:  # noqa: ARG002 - a handler
        kind = self._store.table(name).kind
        described: dict[str, Any] = kind.summary(version)
        described["fields"] = [field.described() for field in self._store.fields(kind.name).values()]
        described |= {"childRelationships": [], "recordTypeInfos": [], "namedLayoutInfos": []}
        return as_json(described)
