"""What the network can do wrong, as our errors: the one border at which foreign errors are translated."""

import socket
import ssl
from typing import Final

import httpx

from connector_sdk.errors import ComplianceError, ConfigurationError, ConnectorError, UnreachableError
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.network import ran_late

NOTHING_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.LocalProtocolError,
    httpx.UnsupportedProtocol,
)
"""After one of these no byte of the request has left."""

_NO_SUCH_NAME: Final = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
_CUT_SHORT: Final = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


def translated(error: httpx.TransportError, exchange: Exchange) -> ConnectorError:
    """Return our error for one of the network's, which may quote a header or a URL and is never shown."""
    cause = _root(error)
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, _CUT_SHORT):
        return _unproven(cause, exchange)
    if isinstance(cause, socket.gaierror) and cause.errno in _NO_SUCH_NAME:
        return ConfigurationError(
            f"there is no host {exchange.host!r}",
            code="host-unknown",
            hint="compare the host in the connector's settings with the vendor's",
        )
    if isinstance(error, httpx.LocalProtocolError):
        return ConfigurationError(
            f"{exchange.method} {exchange.path}: a header of the request is not what HTTP permits",
            code="request-unsendable",
            hint="look for a line break or a space at the end of a setting that goes into a header",
        )
    if isinstance(error, httpx.ProxyError) and str(error).startswith("407"):
        return ConfigurationError(
            "the proxy asks for other credentials",
            code="proxy-refused",
            hint="correct user and password in `http.proxy` of the environment",
        )
    return _unreachable(error, exchange)


def _unproven(cause: ssl.SSLError, exchange: Exchange) -> ComplianceError:
    reason = getattr(cause, "verify_message", "") or cause.reason or "TLS failed"
    return ComplianceError(
        f"{exchange.host}:{exchange.port}: the server's identity is not proven ({reason})",
        code="tls-refused",
        hint="have the server's certificate mended, or name the authority in `http.ca_bundle`",
    )


def _unreachable(error: httpx.TransportError, exchange: Exchange) -> UnreachableError:
    where = f"{exchange.host}:{exchange.port}"
    if isinstance(error, httpx.PoolTimeout):
        return UnreachableError(
            f"{where}: all connections are in use",
            code="connections-busy",
            hint="make fewer calls at a time",
        )
    if isinstance(error, httpx.TimeoutException) and ran_late():
        return UnreachableError(
            f"{exchange.method} {exchange.path}: the answer was not complete in time",
            code="answer-too-slow",
            hint="ask for less at once (a smaller page), or raise `http.timeouts.total` in the environment",
        )
    if isinstance(error, NOTHING_SENT):
        return UnreachableError(
            f"{where} cannot be reached ({type(error).__name__})",
            code="unreachable",
            hint="check that the system is up and that this machine may reach it; nothing is lost, run again",
        )
    return UnreachableError(
        f"{where} did not answer to the end ({type(error).__name__})",
        code="no-answer",
        hint="run again; if it stays, check the system and what lies between",
    )


def _root(error: BaseException) -> BaseException:
    """Return what the network itself raised: httpcore's errors, which httpx raises its own from, hold it.

    What was only being handled meanwhile (`__context__`) has no say.
    """
    while True:
        held = next((each for each in error.args if isinstance(each, BaseException)), None)
        below = error.__cause__ or held
        if below is None:
            return error
        error = below
