"""The simulated Salesforce as its other users see it: its own REST API, with Python's own HTTP client.

What a scene expects of the SDK is held against what is read here, so nothing of the SDK is used.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

OBJECT = "Contact"
COUNT = "SELECT COUNT() FROM Contact"
_BASE = "/services/data/v67.0"
_ROWS = f"{_BASE}/composite/sobjects"
_CONTROL = "/_simulator"

Row = dict[str, Any]


class Org:
    """One simulated org; `url` is where it listens, `config` what opens it."""

    def __init__(self, url: str, config: Mapping[str, str]) -> None:
        self.url = url
        self.config = config
        self._token = ""

    def count(self) -> int:
        """Return how many contacts there are, those in the recycle bin not counted."""
        answer = self._api("GET", f"{_BASE}/query?q={quote(COUNT)}")
        return int(answer["totalSize"])

    def contacts(self, fields: Iterable[str]) -> list[Row]:
        """Return all contacts, deleted ones too; numbers as their digits."""
        query = f"SELECT {', '.join(fields)} FROM {OBJECT} ORDER BY Id"  # noqa: S608 - our own names
        answer = self._api("GET", f"{_BASE}/queryAll?q={quote(query)}")
        rows: list[Row] = answer["records"]
        while not answer["done"]:
            answer = self._api("GET", answer["nextRecordsUrl"])
            rows += answer["records"]
        return [{name: value for name, value in row.items() if name != "attributes"} for row in rows]

    def create(self, rows: Iterable[Row]) -> list[str]:
        """Create contacts and return their ids."""
        return self._write("POST", _ROWS, rows)

    def change(self, rows: Iterable[Row]) -> list[str]:
        """Change contacts, each named by its `Id`."""
        return self._write("PATCH", _ROWS, rows)

    def delete(self, ids: Sequence[str]) -> list[str]:
        """Move contacts to the recycle bin."""
        return _succeeded(self._api("DELETE", f"{_ROWS}?allOrNone=true&ids={','.join(ids)}"))

    def rename(self, field: str, new: str) -> None:
        """Give a field of the contacts another name, as the org's administrator."""
        self._ask("POST", f"{_CONTROL}/fields", {"object": OBJECT, "field": field, "rename": new})

    def break_down(self, faults: Sequence[Mapping[str, Any]]) -> None:
        """Script what goes wrong with the next requests."""
        self._ask("POST", f"{_CONTROL}/faults", list(faults))
        # Where every session ends, ours does, too.
        self._token = ""

    def answers(self) -> dict[str, int]:
        """Return how many requests were answered so far, by status; `dropped` where a connection broke."""
        found: dict[str, int] = {}
        for endpoint in self._ask("GET", f"{_CONTROL}/requests")["endpoints"].values():
            for status, count in endpoint["answers"].items():
                found[status] = found.get(status, 0) + count
        return found

    def queries(self) -> int:
        """Return how many requests for records were answered so far."""
        endpoints = self._ask("GET", f"{_CONTROL}/requests")["endpoints"]
        return sum(each["requests"] for name, each in endpoints.items() if "queryAll" in name)

    def _write(self, method: str, path: str, rows: Iterable[Row]) -> list[str]:
        records = [{"attributes": {"type": OBJECT}, **row} for row in rows]
        return _succeeded(self._api(method, path, {"allOrNone": True, "records": records}))

    def _api(self, method: str, path: str, body: Any = None) -> Any:
        if not self._token:
            form = {"grant_type": "client_credentials"} | {
                name: self.config[name] for name in ("client_id", "client_secret")
            }
            self._token = self._ask("POST", "/services/oauth2/token", form=form)["access_token"]
        return self._ask(method, path, body, token=self._token)

    def _ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        form: Mapping[str, str] | None = None,
        token: str = "",
    ) -> Any:
        headers = {"Content-Type": "application/x-www-form-urlencoded" if form else "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = urlencode(form) if form else None if body is None else json.dumps(body)
        connection = HTTPConnection(str(urlsplit(self.url).netloc), timeout=30)
        try:
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status >= 300:  # noqa: PLR2004 - HTTP's
            raise RuntimeError(
                f"the simulator answered {method} {path.partition('?')[0]} with {answer.status}"
            )
        return json.loads(text, parse_float=str)


def _succeeded(results: list[dict[str, Any]]) -> list[str]:
    if not all(result["success"] for result in results):
        raise RuntimeError("the simulator refused a change")
    return [result["id"] for result in results]
