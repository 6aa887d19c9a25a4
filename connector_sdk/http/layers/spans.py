"""Spans: one a call, with one child an attempt. Names and figures only; a query is never in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx
from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, StatusCode

from connector_sdk.errors import ConnectorError
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.layer import EXCHANGE, Layer, Send

TRACER: Final = "connector_sdk"


def call_span(connector: str) -> Layer:
    """Return the layer around a whole call: what a connector's author thinks of as one request."""
    tracer = trace.get_tracer(TRACER)

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        exchange: Exchange = request.extensions[EXCHANGE]
        with (
            tracer.start_as_current_span(
                f"{exchange.method} {exchange.path}",
                kind=SpanKind.INTERNAL,
                attributes={"connector_sdk.connector": connector, **_described(exchange)},
                record_exception=False,
                set_status_on_exception=False,
            ) as span,
            _ended(span, exchange),
        ):
            return send(request)

    return layer


def attempt_span() -> Layer:
    """Return the layer around one attempt: an HTTP client span (OpenTelemetry semantic conventions)."""
    tracer = trace.get_tracer(TRACER)

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        exchange: Exchange = request.extensions[EXCHANGE]
        with (
            tracer.start_as_current_span(
                exchange.method,
                kind=SpanKind.CLIENT,
                attributes={**_described(exchange), "http.request.resend_count": exchange.attempts},
                record_exception=False,
                set_status_on_exception=False,
            ) as span,
            _ended(span, exchange),
        ):
            return send(request)

    return layer


def _described(exchange: Exchange) -> dict[str, str | int]:
    return {
        "http.request.method": exchange.method,
        "server.address": exchange.host,
        "server.port": exchange.port,
        "url.scheme": exchange.scheme,
        "url.template": exchange.path,
    }


@contextmanager
def _ended(span: Span, exchange: Exchange) -> Iterator[None]:
    """Say how it ended, without the text of an exception."""
    try:
        yield
    except BaseException as error:
        kind = error.code if isinstance(error, ConnectorError) else type(error).__name__
        span.set_attribute("error.type", kind)
        span.set_status(StatusCode.ERROR)
        raise
    finally:
        if span.is_recording() and exchange.status is not None:
            span.set_attribute("http.response.status_code", exchange.status)
