"""The plainest of clients, to test simulators with: it follows, retries and hides nothing."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from http.client import HTTPConnection
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import msgspec

from connector_sdk.testing.messages import JSON_TYPE

TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, completely read; names of headers are written `Like-This`."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body's JSON, fractions as decimals; raises ValueError."""
        return msgspec.json.Decoder(float_hook=Decimal).decode(self.body)


class Caller:
    """One connection to a simulator, kept open; `headers` go with every request."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self.headers = dict(headers or {})
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT)

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: Any = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request and read its answer to the end; raises OSError and http.client.HTTPException.

        A `body` that is an iterator is sent in chunks.
        """
        sent = {**self.headers, **(headers or {})}
        if json is not None:
            body = msgspec.json.Encoder(decimal_format="number").encode(json)
            sent["Content-Type"] = JSON_TYPE
        target = f"{path}?{urlencode(query)}" if query else path
        self._connection.request(method, target, body, sent)
        with self._connection.getresponse() as response:
            received = response.read()
            found = {name.title(): value for name, value in response.getheaders()}
        if found.get("Content-Encoding") == "gzip":
            received = gzip.decompress(received)
        return Answer(response.status, found, received)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
