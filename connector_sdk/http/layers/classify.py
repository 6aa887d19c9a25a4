"""From a status, and what the vendor says, to the error that tells what to do next."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

import httpx

from connector_sdk.clock import Clock
from connector_sdk.errors import (
    AccessDeniedError,
    AuthenticationError,
    ConflictError,
    ConnectorError,
    IncompleteResponseError,
    InvalidInputError,
    NotFoundError,
    ThrottledError,
    UnavailableError,
)
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.layer import EXCHANGE, Layer, Send
from connector_sdk.http.vendor_errors import VendorError, VendorErrors

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

_BY_STATUS: Final[dict[int, type[ConnectorError]]] = {
    300: ConflictError,
    401: AuthenticationError,
    403: AccessDeniedError,
    404: NotFoundError,
    407: AuthenticationError,
    408: UnavailableError,
    409: ConflictError,
    410: NotFoundError,
    412: ConflictError,
    423: ConflictError,
    425: UnavailableError,
    429: ThrottledError,
    501: InvalidInputError,  # like 405: the system does not do such a thing, today or tomorrow
    505: InvalidInputError,
}

_HINTS: Final[dict[type[ConnectorError], str]] = {
    AuthenticationError: "check the credentials and the address they were issued for",
    AccessDeniedError: "ask who administers the system to permit this to the integration's user",
    NotFoundError: "compare the path and the version with the vendor's documentation",
    ConflictError: "look at the record in the target: it is in another state than expected",
    InvalidInputError: "compare the request with the vendor's documentation",
    ThrottledError: "run again later, or lower the rate limit",
    UnavailableError: "run again later; nothing is lost",
}


def classify(connector: str, errors: VendorErrors, clock: Clock) -> Layer:
    """Return the layer: a response that comes out of it is a success, or a redirect for the layer above."""

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        response = send(request)
        exchange: Exchange = request.extensions[EXCHANGE]
        status = response.status_code
        found = errors.read(status, response.content)
        if found is not None:
            raise _error(found, response)
        if _is_success(request, status) or status in REDIRECTS:
            return response
        if status in _BY_STATUS:
            raise _error(VendorError(""), response)
        raise IncompleteResponseError(
            f"{exchange.method} {exchange.path}: status {status} is no answer to this request",
            code="status-unexpected",
            hint="check the address: a proxy or another service may have answered",
            request_id=exchange.request_id,
        )

    def _error(found: VendorError, response: httpx.Response) -> ConnectorError:
        exchange: Exchange = response.request.extensions[EXCHANGE]
        status = response.status_code
        kind = found.error or _kind(status)
        code = f"{connector}:{found.code}" if found.own and found.code else found.code
        told = f" ({code})" if code else ""
        error = kind(
            f"{exchange.method} {exchange.path}: {found.message or f'the system answered {status}{told}'}",
            code=f"http-{status}",
            hint=found.hint or next((hint for base, hint in _HINTS.items() if issubclass(kind, base)), ""),
            location=f"{exchange.host}:{exchange.port}",
            request_id=exchange.request_id,
            retry_after=retry_after(response.headers, clock),
        )
        error.code = code or error.code
        return error

    return layer


def _is_success(request: httpx.Request, status: int) -> bool:
    """Return whether a status answers the request: a part, or "unchanged", only where that was asked for."""
    if status == HTTPStatus.PARTIAL_CONTENT:
        return "Range" in request.headers
    if status == HTTPStatus.NOT_MODIFIED:
        return "If-None-Match" in request.headers or "If-Modified-Since" in request.headers
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def _kind(status: int) -> type[ConnectorError]:
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return UnavailableError if status >= HTTPStatus.INTERNAL_SERVER_ERROR else InvalidInputError


def retry_after(headers: Mapping[str, str], clock: Clock) -> float | None:
    """Return the seconds an answer asks to wait (RFC 9110 §10.2.3); None where it asks nothing readable.

    A date is taken relative to the answer's own `Date`, so that neither clock need be right.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    until = _moment(text)
    if until is None:
        return None
    now = _moment(headers.get("Date", "")) or clock.now()
    return max(0.0, (until - now).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
