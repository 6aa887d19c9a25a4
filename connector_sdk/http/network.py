"""The network below the connections: whom a name really leads to, and no waiting past an attempt's end."""

import math
import ssl
import threading
from collections.abc import Iterable
from typing import Any, Final

import httpcore

from connector_sdk.clock import Clock
from connector_sdk.errors import ComplianceError
from connector_sdk.http.origin import is_local, is_loopback


class _Attempt(threading.local):
    """When the attempt of this thread must be over, in the clock's seconds, and whether it ran into that."""

    until: float = math.inf
    late: bool = False


_ATTEMPT: Final = _Attempt()


def begin_attempt(until: float) -> None:
    """Let no read or write of this thread last longer than until then."""
    _ATTEMPT.until, _ATTEMPT.late = until, False


def ran_late() -> bool:
    """Return whether a timeout of this thread's attempt came from its end, not from a single silence."""
    return _ATTEMPT.late


class Network(httpcore.NetworkBackend):
    """Opens connections; with a proxy, it is the proxy that resolves names."""

    def __init__(self, clock: Clock, *, proxied: bool, inner: httpcore.NetworkBackend | None = None) -> None:
        self._clock = clock
        self._proxied = proxied
        self._inner = inner or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect, and look at the peer before a byte is sent; raises ComplianceError for a wrong one."""
        stream = self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        try:
            if not self._proxied:
                _require_peer(host, stream)
        except BaseException:
            stream.close()
            raise
        return _Stream(stream, self._clock)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._least(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._least(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, timeout), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def _least(self, timeout: float | None, error: type[Exception]) -> float | None:
        left = _ATTEMPT.until - self._clock.monotonic()
        if timeout is not None and timeout < left:
            return timeout
        if left == math.inf:
            return None
        _ATTEMPT.late = True
        if left <= 0:
            raise error("the attempt is over")
        return left


def _require_peer(host: str, stream: httpcore.NetworkStream) -> None:
    """Refuse a name that was made to lead to this machine or its link, and a local name that leads away.

    The guard judges names; what a name stands for can change after it was judged (DNS rebinding).
    """
    try:
        peer = str(stream.get_extra_info("server_addr")[0])
    except OSError as error:
        raise httpcore.ConnectError("the connection was gone at once") from error
    named_local = host == "localhost" or is_local(host)
    if is_local(peer) == named_local and (host != "localhost" or is_loopback(peer)):
        return
    where = "to this machine or its link" if is_local(peer) else "away from this machine"
    raise ComplianceError(
        f"the name {host} leads {where}",
        code="peer-refused",
        hint="somebody changed what the name stands for; ask who runs the name server",
    )
