"""HTTP/1.1 on loopback: connections that stay open, bodies of either framing, an end that leaves nothing."""

import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

from connector_sdk.errors import ConfigurationError
from connector_sdk.testing.messages import Request, Response, on_the_wire, one_each
from connector_sdk.testing.wire_listener import LOOPBACK, Listener

MOST_BODY = 64 * 1024 * 1024
IDLE_SECONDS = 60.0

Answering = Callable[[Request], Response | None]
"""None drops the connection without a word."""


class Server:
    """Answers requests with a function, each connection in a thread of its own."""

    def __init__(self, answering: Answering, date: Callable[[], str], port: int = 0) -> None:
        self.answering = answering
        self.date = date
        self._listener = Listener(self._converse, listening=_listening(port))
        self.port = self._listener.port

    def close(self) -> None:
        """Stop accepting, end every connection and wait for its thread."""
        self._listener.close()

    def _converse(self, connection: socket.socket) -> None:
        _Conversation(connection, (LOOPBACK, 0), self)  # type: ignore[arg-type]  # it asks us for nothing


class _Conversation(BaseHTTPRequestHandler):
    """One connection, request after request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS
    server: Any

    def _answer(self) -> None:
        try:
            body = self._body()
        except ValueError:
            self.close_connection = True
            return
        path, _, query = self.path.partition("?")
        headers = {name.title(): value for name, value in self.headers.items()}
        request = Request(self.command, path, one_each(query), headers, body)
        response = self.server.answering(request)
        if response is None or response.cut is not None:
            self.close_connection = True
        if response is not None:
            self.wfile.write(
                on_the_wire(
                    response,
                    accepts_gzip="gzip" in headers.get("Accept-Encoding", ""),
                    closing=self.close_connection and response.cut is None,
                    date=self.server.date(),
                )
            )

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's signature
        """Say nothing: a request may hold credentials."""

    def _body(self) -> bytes:
        """Read the body to its end; raises ValueError where its framing is broken."""
        if "chunked" in (self.headers.get("Transfer-Encoding") or "").lower():
            return self._chunks()
        return self._exactly(_size(self.headers.get("Content-Length") or "0", 10))

    def _chunks(self) -> bytes:
        parts: list[bytes] = []
        while size := _size(self.rfile.readline(1024).partition(b";")[0].decode("ascii"), 16):
            parts.append(self._exactly(size))
            if self.rfile.readline(3) != b"\r\n" or sum(map(len, parts)) > MOST_BODY:
                raise ValueError("a chunk does not end where it should")
        while self.rfile.readline(1024).strip():
            pass  # trailers
        return b"".join(parts)

    def _exactly(self, size: int) -> bytes:
        body = self.rfile.read(size)
        if len(body) != size:
            raise ValueError("the body ends early")
        return body


for _method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"):
    setattr(_Conversation, f"do_{_method}", _Conversation._answer)  # noqa: SLF001 - the names http.server asks for


def _size(text: str, base: int) -> int:
    size = int(text.strip(), base)
    if not 0 <= size <= MOST_BODY:
        raise ValueError("the body is too large")
    return size


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"port {port} of {LOOPBACK} cannot be listened on: {error.strerror}",
            code="simulator-port",
            hint="end the program that holds it, or let the system choose: `--port 0`",
        ) from None
    return listener
