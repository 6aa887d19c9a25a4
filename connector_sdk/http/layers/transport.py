"""The innermost step: one request on the wire, foreign errors translated, the connected peer looked at."""

import socket
import ssl
from typing import Any, Final

import httpx

from connector_sdk.errors import ComplianceError, ConfigurationError, ConnectorError, UnreachableError
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.layer import EXCHANGE, Send
from connector_sdk.http.origin import Origin, is_local
from connector_sdk.http.policy import HttpSettings

_BEFORE_SENDING: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


def open_transport(settings: HttpSettings) -> httpx.HTTPTransport:
    """Return the pool of connections: TLS verified, nothing taken from environment variables.

    Raises ConfigurationError for certificate files that cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=settings.ca_bundle and str(settings.ca_bundle))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if settings.client_cert is not None:
            context.load_cert_chain(str(settings.client_cert))
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"a certificate file cannot be used: {error.strerror or type(error).__name__}",
            code="certificate-unusable",
            hint="`http.ca_bundle` and `http.client_cert` name PEM files; the latter holds its key, too",
        ) from None
    proxy = settings.proxy.reveal() if settings.proxy is not None else None
    return httpx.HTTPTransport(verify=context, trust_env=False, proxy=proxy)


def transport(pool: httpx.BaseTransport) -> Send:
    """Return the step that sends."""

    def send(request: httpx.Request) -> httpx.Response:
        exchange: Exchange = request.extensions[EXCHANGE]
        exchange.attempts += 1
        exchange.sent += len(request.content)
        watched = {**request.extensions, "trace": _peer_check(exchange)}
        request.extensions, kept = watched, request.extensions
        try:
            response = pool.handle_request(request)
        except httpx.TransportError as error:
            raise translated(error, exchange) from None
        finally:
            request.extensions = kept
        response.request = request
        exchange.status = response.status_code
        return response

    return send


def translated(error: httpx.TransportError, exchange: Exchange) -> ConnectorError:
    """Return our error for one of the network's, which may quote a URL and is never shown itself."""
    where = f"{exchange.host}:{exchange.port}"
    cause = _root(error)
    if isinstance(cause, ssl.SSLError):
        reason = getattr(cause, "verify_message", "") or cause.reason or "TLS failed"
        return ComplianceError(
            f"{where}: the server's identity is not proven ({reason})",
            code="tls-refused",
            hint="have the server's certificate mended, or name the authority in `http.ca_bundle`",
        )
    if isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_NONAME:
        return ConfigurationError(
            f"there is no host {exchange.host!r}",
            code="host-unknown",
            hint="compare the host in the connector's settings with the vendor's",
        )
    before = isinstance(error, _BEFORE_SENDING)
    what = "cannot be reached" if before else "did not answer to the end"
    return UnreachableError(
        f"{where} {what} ({type(error).__name__})",
        code="unreachable" if before else "no-answer",
        hint="check that the system is up and that this machine may reach it; nothing is lost, run again",
    )


def _peer_check(exchange: Exchange) -> Any:
    """Refuse, before a byte is sent, a name that was made to lead to this machine or its link."""
    named = Origin(exchange.scheme, exchange.host, exchange.port)

    def trace(name: str, info: dict[str, Any]) -> None:
        if name != "connection.connect_tcp.complete" or named.loopback:
            return
        peer = info["return_value"].get_extra_info("server_addr")
        if peer and is_local(str(peer[0])) and not is_local(named.host):
            raise ComplianceError(
                f"the name {named.host} leads to this machine, not to a vendor",
                code="peer-refused",
                hint="somebody changed what the name stands for; ask who runs the name server",
            )

    return trace


def _root(error: BaseException) -> BaseException:
    while error.__cause__ is not None or error.__context__ is not None:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]  # one of them is there
    return error
