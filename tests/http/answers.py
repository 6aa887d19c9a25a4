"""What the server of raw bytes answers in these tests, to the first request, the second, and so on."""

import ssl
from collections.abc import Mapping
from typing import Final

from connector_sdk.testing.wire import Sent, WireServer, framed

HANG_UP: Final = Sent(b"", "close")
SILENCE: Final = Sent(b"", "hang")


def serving(*answers: Sent, tls: ssl.SSLContext | None = None) -> WireServer:
    """Answer the n-th request with the n-th of these, the last one again and again."""
    return WireServer(lambda asked: answers[min(asked.number, len(answers) - 1)], tls)


def answer(body: bytes = b"{}", status: int = 200, headers: Mapping[str, str] | None = None) -> Sent:
    """Answer as servers should."""
    return Sent(framed(status, headers or {}, body))


def replied(raw: bytes, *, keep: bool = False) -> Sent:
    """Answer with these bytes."""
    return Sent(raw, "keep" if keep else "close")


def dripping(head: bytes, byte: bytes, pause: float) -> Sent:
    """Answer with a head, then with more bytes than anybody waits for, one at a time."""
    return Sent(head + byte * 200, "close", drip=pause)
