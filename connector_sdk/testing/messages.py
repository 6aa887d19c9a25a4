"""One request as a simulator sees it, and its answer."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from http.client import responses
from typing import Any
from urllib.parse import parse_qs

import msgspec

JSON_TYPE = "application/json;charset=UTF-8"
WORTH_COMPRESSING = 1024


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived, completely read: chunks are joined, nothing is decoded yet.

    `path` is as it was sent, percent-encoded and without the query; names of headers are written `Like-This`.
    `faults` are the vendor-named faults that fit this request, with their arguments.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    faults: Mapping[str, Any] = field(default_factory=dict)

    def json(self) -> Any:
        """Return the body's JSON, fractions as decimals; raises ValueError."""
        return msgspec.json.Decoder(float_hook=Decimal).decode(self.body)

    def form(self) -> dict[str, str]:
        """Return the fields of a form, the first of equal names; raises ValueError."""
        return one_each(self.body.decode("ascii"))


@dataclass(frozen=True, slots=True)
class Response:
    """What is sent back; `cut` keeps that many bytes of the body and then closes the connection."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None


def as_json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a JSON body; decimals are numbers, digit by digit."""
    body = msgspec.json.Encoder(decimal_format="number").encode(value)
    return Response(status, body, headers=headers or {})


def one_each(query: str) -> dict[str, str]:
    """Return the parameters of a query or a form, the first of equal names."""
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}


def on_the_wire(response: Response, *, accepts_gzip: bool, closing: bool, date: str) -> bytes:
    """Return an answer's bytes, head and body, framed by Content-Length."""
    body, headers = response.body, dict(response.headers)
    if accepts_gzip and len(body) >= WORTH_COMPRESSING:
        body = gzip.compress(body, compresslevel=1, mtime=0)
        headers["Content-Encoding"] = "gzip"
    lines = [f"HTTP/1.1 {response.status} {_reason(response.status)}", f"Date: {date}"]
    if body:
        lines.append(f"Content-Type: {response.content_type}")
    if response.status not in (204, 304):
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if closing:
        lines.append("Connection: close")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin1")
    return head + (body if response.cut is None else body[: response.cut])


def _reason(status: int) -> str:
    return responses.get(status, "Unassigned")
