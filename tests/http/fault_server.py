"""A server on loopback that answers with whatever bytes a test writes, well-formed or not.

Ordinary test servers refuse to emit malformed HTTP; this one knows nothing of it but where a request ends.
"""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Script = Callable[[socket.socket, bytes], bool]
"""Answers one request on its connection; returns whether the connection is kept."""


def replied(raw: bytes, *, keep: bool = False) -> Script:
    """Answer with these bytes."""

    def script(connection: socket.socket, _: bytes) -> bool:
        connection.sendall(raw)
        return keep

    return script


def answer(body: bytes = b"{}", status: str = "200 OK", *headers: str) -> Script:
    """Answer as servers should."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return replied("\r\n".join(lines).encode() + b"\r\n\r\n" + body, keep=True)


def dripping(head: bytes, byte: bytes, pause: float, most: int = 200) -> Script:
    """Answer with a head, then one byte at a time; gives up when the client has gone, or after `most`."""

    def script(connection: socket.socket, _: bytes) -> bool:
        connection.sendall(head)
        for _turn in range(most):
            time.sleep(pause)
            connection.sendall(byte)
        return False

    return script


def hanging_up(connection: socket.socket, _: bytes) -> bool:
    """Read the request and close."""
    return False


@dataclass
class FaultServer:
    """Answers the n-th request with the n-th script, the last one again and again."""

    scripts: list[Script]
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def script_for(self, request: bytes) -> Script:
        with self._lock:
            self.requests.append(request)
            return self.scripts[min(len(self.requests), len(self.scripts)) - 1]


@contextmanager
def serving(*scripts: Script) -> Iterator[FaultServer]:
    """Serve until the block ends."""
    server = FaultServer(list(scripts))
    stopped = threading.Event()
    threads: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        listener.settimeout(0.02)
        server.port = listener.getsockname()[1]

        def accept() -> None:
            while not stopped.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                server.connections += 1
                thread = threading.Thread(target=_serve, args=(server, connection, stopped), daemon=True)
                thread.start()
                threads.append(thread)

        acceptor = threading.Thread(target=accept, daemon=True)
        acceptor.start()
        try:
            yield server
        finally:
            stopped.set()
            acceptor.join(5)
            for thread in threads:
                thread.join(5)


@contextmanager
def speaking_first(greeting: bytes) -> Iterator[int]:
    """Send some bytes to whoever connects, whatever they say, and hang up; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)

        def greet() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(greeting)

        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


def _serve(server: FaultServer, connection: socket.socket, stopped: threading.Event) -> None:
    with connection:
        connection.settimeout(0.05)
        try:
            while (request := _read(connection, stopped)) is not None:
                if not server.script_for(request)(connection, request):
                    return
        except OSError:
            return  # the client has gone


def _read(connection: socket.socket, stopped: threading.Event) -> bytes | None:
    """Return one request, or None where the client has gone or the test is over."""
    found = b""
    while not stopped.is_set():
        head, end, body = found.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if end and len(body) >= (int(length[1]) if length else 0):
            return found
        try:
            part = connection.recv(65536)
        except TimeoutError:
            continue
        if not part:
            return None
        found += part
    return None
