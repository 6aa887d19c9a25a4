"""What faults make of the book's answer; each function returns a `Change`."""

import gzip
from collections.abc import Callable, Mapping
from typing import Final, Literal

from connector_sdk.conformance.book import Tree, parse, written
from connector_sdk.conformance.player.messages import Change, Reply, Seen
from connector_sdk.testing.wire import Sent, framed

Part = Literal["nothing", "head", "half"]
"""How much of the answer arrives before it breaks off: half is half of its body."""

MAINTENANCE: Final = b"<!DOCTYPE html>\n<html><body><h1>We are down for maintenance.</h1></body></html>\n"
_TRAILER: Final = 8


def answering(status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Change:
    """Answer with this instead."""
    return lambda _seen, _reply: Reply(status, headers or {}, body)


def reset(after: Part = "nothing") -> Change:
    """Break the connection."""
    return lambda _seen, reply: Sent(_first(reply, after), "reset")


def hang(after: Part = "nothing") -> Change:
    """Fall silent, the connection open."""
    return lambda _seen, reply: Sent(_first(reply, after), "hang")


def slow(drip: float) -> Change:
    """Send the body byte by byte, so many seconds apart."""
    return lambda _seen, reply: Sent(framed(reply.status, reply.headers, reply.body), drip=drip)


def cut_length() -> Change:
    """Announce the whole length, send half of it and close."""
    return lambda _seen, reply: Sent(_first(reply, "half"), "close")


def cut_chunks() -> Change:
    """Send all of the body in chunks, but not the one that ends it, and close."""

    def change(_: object, reply: Reply) -> Sent:
        head = _head(reply, {"Transfer-Encoding": "chunked"})
        return Sent(head + b"%x\r\n%b\r\n" % (len(reply.body), reply.body), "close")

    return change


def cut_unframed() -> Change:
    """Announce no length, send half of the body and close: only the end of the connection ends it."""

    def change(_: object, reply: Reply) -> Sent:
        head = _head(reply, {"Connection": "close"})
        return Sent(head + reply.body[: len(reply.body) // 2], "close")

    return change


def cut_gzip() -> Change:
    """Send half of the compressed body, framed as if that were all."""
    return lambda _seen, reply: _compressed(reply, lambda body: body[: len(body) // 2])


def gzip_without_trailer() -> Change:
    """Send the compressed body without its checksum and length, framed as if that were all."""
    return lambda _seen, reply: _compressed(reply, lambda body: body[:-_TRAILER])


def html() -> Change:
    """Answer with status 200 and a page for people."""
    return lambda _seen, _reply: _spoiled(Reply(200, {"Content-Type": "text/html"}, MAINTENANCE))


def empty() -> Change:
    """Answer with the book's status and nothing."""
    return lambda _seen, reply: _spoiled(Reply(reply.status, reply.headers, b""))


def with_body(change: Callable[[Tree], Tree]) -> Change:
    """Answer with the book's JSON as `change` makes it."""
    return with_tree(lambda _seen, tree: change(tree))


def with_tree(change: Callable[[Seen, Tree], Tree]) -> Change:
    """The same, for a `change` that goes by the request as well."""
    return lambda seen, reply: Reply(reply.status, reply.headers, written(change(seen, parse(reply.body))))


def with_bytes(change: Callable[[bytes], bytes]) -> Change:
    """Answer with a body that nobody can make sense of, soundly framed."""
    return lambda _seen, reply: _spoiled(Reply(reply.status, reply.headers, change(reply.body)))


def _spoiled(reply: Reply) -> Sent:
    """Send a sound frame whose content is no answer, so that the exchange is not over."""
    return Sent(framed(reply.status, reply.headers, reply.body))


def _compressed(reply: Reply, cut: Callable[[bytes], bytes]) -> Sent:
    body = cut(gzip.compress(reply.body, mtime=0))
    return Sent(framed(reply.status, {**reply.headers, "Content-Encoding": "gzip"}, body))


def _head(reply: Reply, headers: Mapping[str, str]) -> bytes:
    """Return a head that says nothing of a length."""
    data = framed(reply.status, {**reply.headers, **headers, "Content-Length": "0"}, b"")
    return data.replace(b"Content-Length: 0\r\n", b"")


def _first(reply: Reply, part: Part) -> bytes:
    if part == "nothing":
        return b""
    body = reply.body[: len(reply.body) // 2] if part == "half" else b""
    return framed(reply.status, {**reply.headers, "Content-Length": str(len(reply.body))}, body)
