"""Connections on loopback: a thread for each, a bound on their number, an end that leaves nothing."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

LOOPBACK: Final = "127.0.0.1"
MOST_CONNECTIONS: Final = 64
_PATIENCE: Final = 5.0


class Listener:
    """Accepts connections and gives each to `serve`, which may block on it; the end wakes it.

    `listening` is a socket that listens already; without one, the system chooses a port of loopback. With
    `tls`, the handshake is made before; a caller with whom it fails is not served. `connections` counts
    those who connected, served or not.
    """

    def __init__(
        self,
        serve: Callable[[socket.socket], None],
        *,
        tls: ssl.SSLContext | None = None,
        listening: socket.socket | None = None,
    ) -> None:
        self.connections = 0
        self.closing = threading.Event()
        self._serve_one = serve
        self._tls = tls
        self._slots = threading.Semaphore(MOST_CONNECTIONS)
        self._lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._listener = listening or socket.create_server((LOOPBACK, 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, name="wire", daemon=True)
        self._accepting.start()

    def close(self) -> None:
        """Stop accepting, end every connection and wait for its thread."""
        self.closing.set()
        # Not every system wakes a thread that accepts when its socket is closed: a caller does.
        with suppress(OSError):
            socket.create_connection((LOOPBACK, self.port), timeout=1).close()
        self._accepting.join(_PATIENCE)
        self._listener.close()
        with self._lock:
            waiting = dict(self._open)
        for connection, thread in waiting.items():
            with suppress(OSError):  # it may have ended by itself
                # The plain socket's: that of TLS would take the keys from under the thread that reads.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
            thread.join(_PATIENCE)

    def _accept(self) -> None:
        while not self.closing.is_set():
            if not self._slots.acquire(timeout=0.1):
                continue
            connection = self._accepted()
            if connection is None:
                self._slots.release()
                continue
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,), name="wire", daemon=True)
            with self._lock:
                self._open[connection] = thread
            thread.start()

    def _accepted(self) -> socket.socket | None:
        with suppress(OSError):
            connection, _address = self._listener.accept()
            if self.closing.is_set():
                connection.close()
                return None
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is None:
                return connection
            return self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return None

    def _serve(self, connection: socket.socket) -> None:
        try:
            with suppress(OSError):  # a caller may hang up whenever it likes
                if isinstance(connection, ssl.SSLSocket):
                    connection.do_handshake()
                self._serve_one(connection)
        finally:
            with self._lock:
                self._open.pop(connection, None)
            connection.close()
            self._slots.release()
