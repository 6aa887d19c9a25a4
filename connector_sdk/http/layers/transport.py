"""The innermost step: one request on the wire, foreign errors translated."""

import re
import ssl
from collections.abc import Mapping
from typing import Final

import httpx

from connector_sdk.clock import Clock
from connector_sdk.errors import ComplianceError, ConfigurationError, ConnectorError
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.failures import NOTHING_SENT, translated
from connector_sdk.http.layer import EXCHANGE, Send
from connector_sdk.http.network import Network, begin_attempt
from connector_sdk.http.origin import DEFAULT_PORTS
from connector_sdk.http.policy import HttpSettings

_REQUEST_IDS: Final = ("X-Request-Id", "Request-Id", "X-Correlation-Id", "Sfdc-Request-Id")
_ID: Final = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")
_TIMED_OUT, _FIRST_REJECTION, _FIRST_FAILURE, _BUSY = 408, 400, 500, 503


def open_transport(settings: HttpSettings, clock: Clock) -> httpx.HTTPTransport:
    """Return the pool of connections: TLS verified, no proxy taken from environment variables.

    Raises ConfigurationError for certificate files or a proxy that cannot be used.
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
    return _Pool(context, settings, clock)


class _Pool(httpx.HTTPTransport):
    def __init__(self, context: ssl.SSLContext, settings: HttpSettings, clock: Clock) -> None:
        proxy = settings.proxy.reveal() if settings.proxy is not None else None
        try:
            super().__init__(verify=context, trust_env=False, proxy=proxy)
        except (ValueError, httpx.InvalidURL, ImportError):
            raise ConfigurationError(
                "the proxy's address cannot be used",
                code="proxy-unusable",
                hint="`http.proxy` is http://HOST:PORT or https://HOST:PORT, with USER:PASSWORD@ if need be",
            ) from None
        # httpx hands no backend on; a test proves that this one is asked.
        self._pool._network_backend = Network(clock, proxied=proxy is not None)  # noqa: SLF001 - as above


def transport(pool: httpx.BaseTransport, total: float, clock: Clock) -> Send:
    """Return the step that sends; from the first byte sent to the last one read it has `total` seconds."""

    def send(request: httpx.Request) -> httpx.Response:
        exchange: Exchange = request.extensions[EXCHANGE]
        _require_unchanged(request, exchange)
        exchange.attempts += 1
        exchange.sent += len(request.content)
        exchange.status = exchange.request_id = None
        exchange.unclear = True
        begin_attempt(clock.monotonic() + total)
        try:
            response = pool.handle_request(request)
        except httpx.TransportError as error:
            exchange.unclear = not isinstance(error, NOTHING_SENT)
            raise translated(error, exchange) from None
        except ConnectorError:
            exchange.unclear = False  # the peer was refused
            raise
        response.request = request
        exchange.status = response.status_code
        exchange.request_id = _request_id(response.headers)
        exchange.unclear = not _rejects(response.status_code)
        return response

    return send


def _require_unchanged(request: httpx.Request, exchange: Exchange) -> None:
    """Refuse what a layer of a plugin made of a request after the guard let it pass, and records name it."""
    url = request.url
    port = url.port or DEFAULT_PORTS.get(url.scheme, 0)
    there = (request.method, url.scheme, url.raw_host.decode("ascii"), port)
    if there != (exchange.method, exchange.scheme, exchange.host, exchange.port):
        raise ComplianceError(
            f"{exchange.method} {exchange.path}: a layer of a plugin gave the request another method or "
            "origin than was permitted",
            code="layer-refused",
            hint="the layer comes from an installed plugin, and may change headers only; ask who wrote it",
        )


def _rejects(status: int) -> bool:
    """Return whether a status says that nothing was done; a time-out and most failures do not."""
    return (_FIRST_REJECTION <= status < _FIRST_FAILURE and status != _TIMED_OUT) or status == _BUSY


def _request_id(headers: Mapping[str, str]) -> str | None:
    found = next((headers[name] for name in _REQUEST_IDS if name in headers), None)
    return found if found is not None and _ID.fullmatch(found) else None
