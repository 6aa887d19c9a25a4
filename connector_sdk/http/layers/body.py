"""Read a body to its proven end; what is cut, unframed or too large is an error and never data."""

import zlib
from collections.abc import Iterator
from typing import Final

import httpx

from connector_sdk.clock import Clock
from connector_sdk.errors import IncompleteResponseError, UnreachableError
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.layer import EXCHANGE, Layer, Send
from connector_sdk.http.layers.transport import translated
from connector_sdk.http.policy import BodyPolicy

_BODILESS: Final = frozenset({204, 304})
_GZIP: Final = 16 + zlib.MAX_WBITS
_FAILED: Final = 400


def body(policy: BodyPolicy, total: float, clock: Clock) -> Layer:
    """Return the layer; a whole attempt has `total` seconds, so that a dripping body cannot outlast it."""

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        began = clock.monotonic()
        response = send(request)
        exchange: Exchange = request.extensions[EXCHANGE]
        try:
            content = b"" if _bodiless(request, response) else _read(response, exchange, began)
        except httpx.TransportError as error:
            if isinstance(error, httpx.TimeoutException):
                raise translated(error, exchange) from None
            raise _incomplete(exchange, "body-cut", "ended before its announced end") from None
        finally:
            response.close()
        kept = [(name, value) for name, value in response.headers.multi_items() if name not in _SPENT]
        return httpx.Response(response.status_code, headers=kept, content=content, request=request)

    def _read(response: httpx.Response, exchange: Exchange, began: float) -> bytes:
        failed = response.status_code >= _FAILED
        if not failed:
            _require_framed(response, exchange)
        limit = policy.error if failed else policy.largest
        parts: list[bytes] = []
        size = 0
        for part in _inflated(response, exchange):
            parts.append(part)
            size += len(part)
            if size > limit:
                if failed:
                    break
                raise _incomplete(exchange, "body-too-large", f"is larger than {limit} bytes")
            if clock.monotonic() - began > total:
                raise _too_slow(exchange, total)
        return b"".join(parts)

    return layer


_SPENT: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})


def _bodiless(request: httpx.Request, response: httpx.Response) -> bool:
    return request.method == "HEAD" or response.status_code in _BODILESS


def _require_framed(response: httpx.Response, exchange: Exchange) -> None:
    if "content-length" in response.headers:
        return
    if "chunked" in response.headers.get("transfer-encoding", "").lower():
        return
    raise _incomplete(exchange, "body-unframed", "has no announced end, so that a cut could not be noticed")


def _inflated(response: httpx.Response, exchange: Exchange) -> Iterator[bytes]:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    raw = _counted(response, exchange)
    if encoding in ("identity", ""):
        return raw
    if encoding not in ("gzip", "x-gzip"):
        raise _incomplete(exchange, "body-encoding", f"has the encoding {encoding!r}, which nobody asked for")
    return _gunzip(raw, exchange)


def _gunzip(raw: Iterator[bytes], exchange: Exchange) -> Iterator[bytes]:
    inflate = zlib.decompressobj(_GZIP)
    started = False
    try:
        for part in raw:
            data = part
            while data:
                if inflate.eof:
                    inflate = zlib.decompressobj(_GZIP)
                started = True
                # In slices: a small body must not become a huge one before anybody can object.
                yield inflate.decompress(data, _SLICE)
                data = inflate.unconsumed_tail or (inflate.unused_data if inflate.eof else b"")
    except zlib.error:
        raise _incomplete(exchange, "body-gzip", "is not the gzip it says it is") from None
    if started and not inflate.eof:
        raise _incomplete(exchange, "body-cut", "ended within its gzip stream")


_SLICE: Final = 2**20


def _counted(response: httpx.Response, exchange: Exchange) -> Iterator[bytes]:
    assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101 - the transport is a synchronous one
    for part in response.stream:
        exchange.received += len(part)
        yield part


def _incomplete(exchange: Exchange, code: str, what: str) -> IncompleteResponseError:
    return IncompleteResponseError(
        f"{exchange.method} {exchange.path}: the body of the answer {what}",
        code=code,
        hint="nothing of it was taken for data; run again, and if it stays, ask who runs the system or a "
        "proxy before it",
    )


def _too_slow(exchange: Exchange, total: float) -> UnreachableError:
    return UnreachableError(
        f"{exchange.method} {exchange.path}: the answer was not complete after {total:g} s",
        code="answer-too-slow",
        hint="ask for less at once (a smaller page), or raise `http.timeouts.total` in the environment",
    )
