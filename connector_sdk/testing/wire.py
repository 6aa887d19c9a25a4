"""A server on loopback that sends whatever bytes it is told to, well-formed or not, over plain sockets.

Ordinary servers refuse to emit malformed HTTP; this one knows nothing of it but where a request ends.
"""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import responses
from types import TracebackType
from typing import Final, Literal, Self

from connector_sdk.testing.wire_listener import LOOPBACK, Listener
from connector_sdk.testing.wire_request import read_request

_HEAD_ENDS: Final = b"\r\n\r\n"
_BODILESS: Final = frozenset({204, 304})
# Linger for no time at all: closing forgets what is unsent and resets the connection.
_RESETS: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes over the wire as an answer, byte for byte, and what becomes of the connection `then`.

    `keep` waits for the next request, `close` ends it in order, `reset` breaks it (TCP RST), `hang` says
    nothing more until the caller leaves. With `drip` the bytes after the head, or all where the head has no
    end, come one at a time, so many real seconds apart.
    """

    data: bytes
    then: Literal["keep", "close", "reset", "hang"] = "keep"
    drip: float | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived; the first is number 0, names of headers are in lower case.

    What cannot be a request, such as a greeting of TLS to a server without it, has an empty `method` and
    `target` and all its bytes in `body`. `at` is monotonic, in seconds.
    """

    number: int
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    at: float


class WireServer:
    """Answers each request with what `answer` returns; a context manager.

    `answer` is called in the connection's thread, and may be called in several at once. What it raises ends
    the connection and is raised again where the `with` block ends, also where that brought about another
    exception. `asked` grows as requests arrive.
    """

    def __init__(self, answer: Callable[[Asked], Sent], tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self._answer = answer
        self._tls = tls
        self._lock = threading.Lock()
        self._broken: list[Exception] = []
        self._listener: Listener | None = None

    def __enter__(self) -> Self:
        self._listener = Listener(self._serve, tls=self._tls)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._running.close()
        if self._broken and (error is None or isinstance(error, Exception)):
            raise self._broken[0]

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._running.port

    @property
    def url(self) -> str:
        """Where it listens, e.g. `http://127.0.0.1:40123`."""
        return f"http{'s' if self._tls else ''}://{LOOPBACK}:{self.port}"

    @property
    def connections(self) -> int:
        """How often somebody has connected."""
        return self._running.connections

    @property
    def _running(self) -> Listener:
        if self._listener is None:
            raise RuntimeError("the server is not running: use it in a with statement")
        return self._listener

    def _serve(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as incoming:
            while (request := read_request(incoming)) is not None:
                with self._lock:
                    asked = Asked(
                        len(self.asked),
                        request.method,
                        request.target,
                        request.headers,
                        request.body,
                        time.monotonic(),
                    )
                    self.asked.append(asked)
                try:
                    sent = self._answer(asked)
                except Exception as error:  # noqa: BLE001 - a script's own error, raised again at the end
                    self._broken.append(error)
                    return
                self._send(connection, sent)
                if sent.then == "hang":
                    while incoming.read1(65536):
                        pass
                if sent.then == "reset":
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESETS)
                if sent.then != "keep" or not asked.method:
                    return

    def _send(self, connection: socket.socket, sent: Sent) -> None:
        if sent.drip is None:
            connection.sendall(sent.data)
            return
        head, end, _ = sent.data.partition(_HEAD_ENDS)
        at_once = len(head + end) if end else 0
        connection.sendall(sent.data[:at_once])
        for place in range(at_once, len(sent.data)):
            if self._running.closing.wait(sent.drip):
                return
            connection.sendall(sent.data[place : place + 1])


def framed(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    """Return the bytes of a sound answer, its body framed by `Content-Length` unless `headers` say it."""
    lines = [f"HTTP/1.1 {status} {responses.get(status, 'Unassigned')}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if status not in _BODILESS and "content-length" not in {name.lower() for name in headers}:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
