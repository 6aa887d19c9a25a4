"""Spans: one a call, with one child an attempt. Names and figures only; a query is never in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx
from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, StatusCode

from connector_sdk import telemetry
from connector_sdk.clock import Clock
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


def attempt_span(clock: Clock) -> Layer:
    """Return the layer around one attempt: an HTTP client span and its duration as a metric (OpenTelemetry
    semantic conventions).
    """
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
            _measured(exchange, clock),
        ):
            return send(request)

    return layer


@contextmanager
def _measured(exchange: Exchange, clock: Clock) -> Iterator[None]:
    began, error = clock.monotonic(), None
    try:
        yield
    except BaseException as raised:
        error = _kind(raised)
        raise
    finally:
        telemetry.request_finished(
            method=exchange.method,
            host=exchange.host,
            port=exchange.port,
            path=exchange.path,
            status=exchange.status,
            error=error,
            duration=clock.monotonic() - began,
        )


def _kind(error: BaseException) -> str:
    return error.code if isinstance(error, ConnectorError) else type(error).__name__


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
        span.set_attribute("error.type", _kind(error))
        span.set_status(StatusCode.ERROR)
        raise
    finally:
        if span.is_recording() and exchange.status is not None:
            span.set_attribute("http.response.status_code", exchange.status)
