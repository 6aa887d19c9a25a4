"""Spans: one a call, with one child an attempt, which is measured too. Names and figures only.

Attributes are those of OpenTelemetry's conventions for HTTP client spans
(https://opentelemetry.io/docs/specs/semconv/http/http-spans/), without `url.full`: it would hold values.
"""

import httpx
from opentelemetry import trace
from opentelemetry.trace import SpanKind, Tracer

from connector_sdk.clock import Clock
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.layer import EXCHANGE, Layer, Send
from connector_sdk.telemetry import SCOPE, error_type, failed, request_finished


def call_span(connector: str) -> Layer:
    """Return the layer around a whole call: what a connector's author thinks of as one request."""
    tracer = trace.get_tracer(SCOPE)

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        exchange: Exchange = request.extensions[EXCHANGE]
        attributes = {"connector_sdk.connector": connector, **_described(exchange)}
        return _within(tracer, SpanKind.INTERNAL, attributes, request, send)

    return layer


def attempt_span(clock: Clock) -> Layer:
    """Return the layer around one attempt: an HTTP client span, and the histogram of durations."""
    tracer = trace.get_tracer(SCOPE)

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        exchange: Exchange = request.extensions[EXCHANGE]
        attributes = _described(exchange)
        if exchange.attempts:
            attributes["http.request.resend_count"] = exchange.attempts
        exchange.status = None  # that of the attempt before: this one may end before it is sent
        began = clock.monotonic()
        code = None
        try:
            return _within(tracer, SpanKind.CLIENT, attributes, request, send)
        except BaseException as error:
            code = error_type(error)
            raise
        finally:
            request_finished(
                method=exchange.method,
                host=exchange.host,
                port=exchange.port,
                path=exchange.path,
                status=exchange.status,
                error=code,
                duration=clock.monotonic() - began,
            )

    return layer


def _within(
    tracer: Tracer, kind: SpanKind, attributes: dict[str, str | int], request: httpx.Request, send: Send
) -> httpx.Response:
    exchange: Exchange = request.extensions[EXCHANGE]
    span = tracer.start_span(f"{exchange.method} {exchange.path}", kind=kind, attributes=attributes)
    if not span.get_span_context().is_valid:  # nobody traces
        return send(request)
    with trace.use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            return send(request)
        except BaseException as error:
            failed(span, error)
            raise
        finally:
            if exchange.status is not None:
                span.set_attribute("http.response.status_code", exchange.status)


def _described(exchange: Exchange) -> dict[str, str | int]:
    return {
        "http.request.method": exchange.method,
        "server.address": exchange.host,
        "server.port": exchange.port,
        "url.scheme": exchange.scheme,
        "url.template": exchange.path,
    }
