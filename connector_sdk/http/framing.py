"""Where a body ends, and what it holds once inflated (RFC 9112 §6, RFC 1952)."""

import zlib
from collections.abc import Iterator
from typing import Final

import httpx

from connector_sdk.http.exchange import Exchange
from connector_sdk.http.policy import BodyPolicy

_GZIP: Final = 16 + zlib.MAX_WBITS
_SLICE: Final = 2**20


class BrokenBodyError(Exception):
    """A body that is not what it announced; the layer says of which call."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(code)
        self.code = code
        self.what = what


def require_framed(response: httpx.Response) -> None:
    """Raise BrokenBodyError for a body whose end is not announced, or announced in two ways."""
    length = "Content-Length" in response.headers
    coding = response.headers.get("Transfer-Encoding", "").strip().lower()
    if length and coding:
        raise BrokenBodyError("body-ambiguous", "announces its end in two ways, so that one of them is wrong")
    if not length and coding != "chunked":
        raise BrokenBodyError("body-unframed", "has no announced end, so that a cut could not be noticed")


def inflated(response: httpx.Response, exchange: Exchange, policy: BodyPolicy) -> Iterator[bytes]:
    """Yield the body in parts, inflated, to its proven end; `exchange` counts the bytes on the wire.

    Raises BrokenBodyError, and httpx.TransportError for what the wire did.
    """
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("identity", ""):
        return _limited(_counted(response, exchange), exchange, policy)
    if encoding == "gzip":
        return _limited(_gunzip(_counted(response, exchange)), exchange, policy)
    raise BrokenBodyError("body-encoding", "has an encoding other than gzip, which nobody asked for")


def _counted(response: httpx.Response, exchange: Exchange) -> Iterator[bytes]:
    assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101 - the transport is a synchronous one
    for part in response.stream:
        exchange.received += len(part)
        yield part


def _limited(parts: Iterator[bytes], exchange: Exchange, policy: BodyPolicy) -> Iterator[bytes]:
    before, size = exchange.received, 0
    for part in parts:
        size += len(part)
        if size > policy.largest:
            raise BrokenBodyError("body-too-large", f"is larger than {policy.largest} bytes")
        if size > _SLICE and size > policy.ratio * (exchange.received - before):
            raise BrokenBodyError("body-too-large", f"is more than {policy.ratio} times what was sent of it")
        yield part


def _gunzip(raw: Iterator[bytes]) -> Iterator[bytes]:
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
                data = inflate.unconsumed_tail or inflate.unused_data
    except zlib.error:
        raise BrokenBodyError("body-gzip", "is not the gzip it says it is") from None
    if started and not inflate.eof:
        raise BrokenBodyError("body-cut", "ended within its gzip stream")
