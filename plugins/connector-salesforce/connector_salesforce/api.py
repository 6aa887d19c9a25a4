"""The calls this connector makes, and what their answers must look like."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from connector_salesforce.describe import SObject, read_describe, unusable
from connector_salesforce.soql import LONGEST
from connector_sdk.errors import ConfigurationError, IncompleteResponseError, NotFoundError
from connector_sdk.http.answers import require_json

if TYPE_CHECKING:
    from httpx import Response  # noqa: TID251 - a type; what it comes from is `http`

    from connector_sdk.http.client import Http

_ORG: Final = re.compile(r"00D[A-Za-z0-9]{15}")


class Api:
    """One version of the REST API; `server_time` is the system's own, as its latest answer told."""

    def __init__(self, http: "Http", version: str) -> None:
        self._http = http
        self._base = f"/services/data/v{version}"
        self.server_time: datetime | None = None

    def objects(self) -> list[Mapping[str, Any]]:
        """Return the objects this user may see, as the global describe lists them."""
        answer = self._plain(self._http.get(f"{self._base}/sobjects"), "sobjects")
        found = answer.get("sobjects")
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise unusable("sobjects")
        return found

    def describe(self, name: str) -> SObject:
        """Return what an object is; raises ConfigurationError where this user can see none of this name."""
        try:
            answer = self._http.get(f"{self._base}/sobjects/{{object}}/describe", values={"object": name})
        except NotFoundError as error:
            raise ConfigurationError(
                f"there is no object {name!r} for this user",
                code="salesforce-object-unknown",
                hint="`connector-sdk discover` lists those there are; names of custom objects end in "
                "__c, and `api_version` must be one that the org serves",
                request_id=error.request_id,
            ) from None
        return read_describe(self._plain(answer, "describe"))

    def query(self, soql: str, rows: int) -> dict[str, Any]:
        """Ask a query, deleted rows included; `rows` is how many an answer should hold."""
        if len(soql) > LONGEST:
            raise ConfigurationError(
                f"the query for all fields has {len(soql)} characters, more than an address can hold",
                code="salesforce-query-too-long",
                hint="name the fields that are needed in `fields`",
            )
        options = {"Sforce-Query-Options": f"batchSize={rows}"}
        return self._plain(
            self._http.get(f"{self._base}/queryAll", params={"q": soql}, headers=options), "queryAll"
        )

    def more(self, url: str, rows: int) -> dict[str, Any]:
        """Return the next rows of a query, from where its last answer says."""
        options = {"Sforce-Query-Options": f"batchSize={rows}"}
        return self._plain(self._http.follow(url, f"{self._base}/query/{{locator}}", options), "query")

    def org(self) -> str:
        """Return the org's id: 18 characters."""
        answer = self._plain(self._http.get(f"{self._base}/query", params={"q": _ORG_QUERY}), "query")
        rows = answer.get("records")
        found = rows[0].get("Id") if isinstance(rows, list) and rows and isinstance(rows[0], dict) else None
        if not isinstance(found, str) or not _ORG.fullmatch(found):
            raise unusable("the query for the org's id")
        return found

    def upsert(self, name: str, key: str, records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Create or update up to 200 records by an external id, each by itself; results in their order.

        Repeating it is harmless: the same key meets the same record.
        """
        answer = self._http.request(
            "PATCH",
            f"{self._base}/composite/sobjects/{{object}}/{{field}}",
            values={"object": name, "field": key},
            json={"allOrNone": False, "records": records},
            repeatable=True,
        )
        results = self._parsed(answer)
        sound = isinstance(results, list) and all(isinstance(each, dict) for each in results)
        if not sound or len(results) != len(records):
            raise IncompleteResponseError(
                f"Salesforce answered for {len(results) if sound else 0} of {len(records)} records",
                code="salesforce-results-missing",
                hint="the batch stays open; run again, and it is written once more under the same keys",
                request_id=answer.headers.get("Sfdc-Request-Id"),
            )
        found: list[dict[str, Any]] = results
        return found

    def _plain(self, response: "Response", what: str) -> dict[str, Any]:
        answer = self._parsed(response)
        if not isinstance(answer, dict):
            raise unusable(what)
        return answer

    def _parsed(self, response: "Response") -> Any:
        self.server_time = _date(response.headers.get("date", ""))
        return require_json(response)


_ORG_QUERY: Final = "SELECT Id FROM Organization"


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
