"""`query`, `queryAll` and the pages that follow.

Source: REST API Developer Guide, "Query", "QueryAll" and "Query More Results"; the headers are described
under "Query Options Header".
"""

import re
from collections import OrderedDict
from dataclasses import dataclass
from random import Random
from typing import Any

from connector_salesforce.simulator.evaluate import evaluate, fields_of
from connector_salesforce.simulator.refusals import Refusal
from connector_salesforce.simulator.rendering import Writer, writers, written
from connector_salesforce.simulator.settings import Settings
from connector_salesforce.simulator.soql import parse
from connector_salesforce.simulator.store import Row, Store
from connector_sdk.testing import Request, Response, Route, as_json

LONGEST_PATH = 16_384
SMALLEST, LARGEST = 200, 2000


@dataclass(frozen=True, slots=True)
class Cursor:
    """A result that waits to be read: what was found when the query was asked."""

    kind: str
    rows: list[Row]
    writers: list[tuple[str, Writer]]
    size: int


class Queries:
    """The query endpoints with their open cursors."""

    def __init__(self, store: Store, settings: Settings, seed: int) -> None:
        self._store = store
        self._settings = settings
        self._seed = seed
        self._asked = 0
        self._cursors: OrderedDict[str, Cursor] = OrderedDict()

    def routes(self, base: str) -> list[Route]:
        """Return the endpoints below the path of a version."""
        return [
            Route("GET", f"{base}/query", self._query),
            Route("GET", f"{base}/queryAll", self._query_all),
            Route("GET", f"{base}/query/{{locator}}", self._more),
        ]

    def _query(self, request: Request, version: str) -> Response:
        return self._start(request, version, deleted=False)

    def _query_all(self, request: Request, version: str) -> Response:
        return self._start(request, version, deleted=True)

    def _start(self, request: Request, version: str, *, deleted: bool) -> Response:
        if "q" not in request.query:
            raise Refusal(400, "MALFORMED_QUERY", "A query string has to be specified")
        if len(request.path) + len(request.query["q"]) > LONGEST_PATH:
            raise Refusal(414, "URI_TOO_LONG", "The request URI is too long")
        query = parse(request.query["q"])
        kind = self._store.queried(query.object).kind.name
        fields = fields_of(self._store, kind, query.fields)
        rows = evaluate(self._store, query, deleted=deleted)
        if not query.fields:
            return as_json({"totalSize": len(rows), "done": True, "records": []})
        self._asked += 1
        name = f"01gSm00{Random(f'{self._seed} {self._asked}').randrange(36**8):013d}"  # noqa: S311 - no secret
        cursor = Cursor(kind, rows, writers(fields), self._size(request))
        answer = self._page(name[:18], cursor, 0, version)
        if not answer["done"]:
            self._cursors[name[:18]] = cursor
            while len(self._cursors) > self._settings.open_cursors:
                self._cursors.popitem(last=False)
        return as_json(answer)

    def _more(self, request: Request, version: str, locator: str) -> Response:  # noqa: ARG002 - a handler
        name, _, offset = locator.rpartition("-")
        cursor = self._cursors.get(name)
        if cursor is None or not offset.isdecimal() or int(offset) >= len(cursor.rows):
            raise Refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return as_json(self._page(name, cursor, int(offset), version))

    def _page(self, name: str, cursor: Cursor, offset: int, version: str) -> dict[str, Any]:
        size = cursor.size
        if self._settings.random_pages:
            # The same page however often it is asked for.
            size = Random(f"{self._seed} {name} {offset}").randint(max(1, size // 3), size)  # noqa: S311 - no secret
        end = offset + size
        page: dict[str, Any] = {"totalSize": len(cursor.rows), "done": end >= len(cursor.rows)}
        if not page["done"]:
            page["nextRecordsUrl"] = f"/services/data/{version}/query/{name}-{end}"
        rows = cursor.rows[offset:end]
        page["records"] = [written(row, cursor.kind, version, cursor.writers) for row in rows]
        return page

    def _size(self, request: Request) -> int:
        found = re.search(r"batchSize=(\d+)", request.headers.get("Sforce-Query-Options", ""))
        asked = min(max(int(found[1]), SMALLEST), LARGEST) if found else LARGEST
        return min(asked, self._settings.page_size)
