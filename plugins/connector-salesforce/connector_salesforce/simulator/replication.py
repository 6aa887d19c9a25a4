"""Which rows were deleted or changed in a span of time.

Source: REST API Developer Guide, "sObject Get Deleted" and "sObject Get Updated".
"""

from datetime import datetime, timedelta
from typing import Any

from connector_salesforce.simulator.refusals import Refusal
from connector_salesforce.simulator.rendering import moment
from connector_salesforce.simulator.settings import Settings
from connector_salesforce.simulator.store import Store, Table
from connector_sdk.testing import Request, Response, Route, SimulatedClock, as_json

SHORTEST = timedelta(minutes=1)


class Replication:
    """The endpoints `deleted` and `updated`."""

    def __init__(self, store: Store, settings: Settings, clock: SimulatedClock) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock

    def routes(self, base: str) -> list[Route]:
        """Return the endpoints below the path of a version."""
        return [
            Route("GET", f"{base}/sobjects/{{name}}/deleted", self._deleted),
            Route("GET", f"{base}/sobjects/{{name}}/updated", self._updated),
        ]

    def _deleted(self, request: Request, version: str, name: str) -> Response:  # noqa: ARG002 - a handler
        table, start, end = self._span(request, name)
        found = sorted((at, key) for key, at in table.deleted_at.items() if start <= at <= end)
        answer: dict[str, Any] = {
            "deletedRecords": [{"id": key, "deletedDate": moment(at)} for at, key in found],
            "earliestDateAvailable": moment(self._earliest()),
            "latestDateCovered": moment(end),
        }
        return as_json(answer)

    def _updated(self, request: Request, version: str, name: str) -> Response:  # noqa: ARG002 - a handler
        table, start, end = self._span(request, name)
        ids = [row["Id"] for row in table.live() if start <= row["SystemModstamp"] <= end]
        return as_json({"ids": ids, "latestDateCovered": moment(end)})

    def _span(self, request: Request, name: str) -> tuple[Table, datetime, datetime]:
        """Return the table and the span that is covered; raises Refusal."""
        table = self._store.table(name)
        if not table.kind.writable:
            raise Refusal(400, "INVALID_TYPE", f"{table.kind.name} is not replicateable")
        start, end = _read(request, "start"), _read(request, "end")
        if end - start <= SHORTEST:
            raise _refused("startDate must be at least one minute before endDate")
        if start < self._earliest():
            raise _refused(f"start date more than {self._settings.deleted_days} days ago")
        covered = self._clock.now() - timedelta(seconds=self._settings.covered_lag_seconds)
        return table, start, min(end, covered.replace(microsecond=0))

    def _earliest(self) -> datetime:
        return self._clock.now().replace(microsecond=0) - timedelta(days=self._settings.deleted_days)


def _read(request: Request, name: str) -> datetime:
    try:
        found = datetime.fromisoformat(request.query[name].replace(" ", "+"))
    except (KeyError, ValueError):
        raise _refused(f"{name} is missing or no moment") from None
    if found.tzinfo is None:
        raise _refused(f"{name} has no zone")
    return found


def _refused(message: str) -> Refusal:
    return Refusal(400, "INVALID_REPLICATION_DATE", message)
