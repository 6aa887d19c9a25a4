"""Spans and metrics: one span a call, a child an attempt, the conventions' names, never a value."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from connector_sdk.errors import AccessDeniedError, ConnectorError, NotFoundError
from connector_sdk.http.auth import ApiKey, Auth
from connector_sdk.http.layer import BUILDER, Send
from connector_sdk.http.oauth import OAuth2ClientCredentials
from connector_sdk.http.policy import RetryPolicy
from connector_sdk.secrets import Secret
from connector_sdk.telemetry import metrics as instruments
from connector_sdk.telemetry.spans import ATTRIBUTES
from tests.http.connections import connected, reply


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    found, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(found))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    yield found
    provider.shutdown()


def _read(exporter: InMemorySpanExporter) -> list[tuple[str, Any, dict[str, Any], StatusCode, ReadableSpan]]:
    return [
        (span.name, span.kind, dict(span.attributes or {}), span.status.status_code, span)
        for span in exporter.get_finished_spans()
    ]


def test_one_span_a_call_and_one_child_an_attempt(exporter: InMemorySpanExporter) -> None:
    with connected(reply(503), httpx.ReadTimeout("slow"), reply(x_request_id="r")) as (http, _, _ears):
        http.get("/items/{id}", values={"id": "Maria"}, params={"q": "Maria"})
    common = {
        "http.request.method": "GET",
        "server.address": "api.acme.example",
        "server.port": 443,
        "url.scheme": "https",
        "url.template": "/items/{id}",
    }
    *attempts, call = _read(exporter)
    assert call[:4] == (
        "GET /items/{id}",
        SpanKind.INTERNAL,
        {**common, "connector_sdk.connector": "acme", "http.response.status_code": 200},
        StatusCode.UNSET,
    )
    assert [attempt[:4] for attempt in attempts] == [
        (
            "GET /items/{id}",
            SpanKind.CLIENT,
            {**common, "http.response.status_code": 503, "error.type": "http-503"},
            StatusCode.ERROR,
        ),
        (
            "GET /items/{id}",
            SpanKind.CLIENT,
            {**common, "http.request.resend_count": 1, "error.type": "no-answer"},
            StatusCode.ERROR,
        ),
        (
            "GET /items/{id}",
            SpanKind.CLIENT,
            {**common, "http.request.resend_count": 2, "http.response.status_code": 200},
            StatusCode.UNSET,
        ),
    ]
    assert {attempt[4].parent and attempt[4].parent.span_id for attempt in attempts} == {
        call[4].context.span_id
    }
    assert {each[4].context.trace_id for each in [*attempts, call]} == {call[4].context.trace_id}
    assert set().union(*(each[2] for each in [*attempts, call])) <= ATTRIBUTES


def test_a_token_is_obtained_within_the_attempt_that_needs_it(exporter: InMemorySpanExporter) -> None:
    auth = OAuth2ClientCredentials("/token", "me", Secret("hunter2"))
    with connected(reply(json={"access_token": "t"}), reply(), auth=auth) as (http, _, _ears):
        http.get("/x")
    names = [(span[0], span[1]) for span in _read(exporter)]
    assert names == [
        ("POST /token", SpanKind.CLIENT),
        ("POST /token", SpanKind.INTERNAL),
        ("GET /x", SpanKind.CLIENT),
        ("GET /x", SpanKind.INTERNAL),
    ]
    assert len({span[4].context.trace_id for span in _read(exporter)}) == 1


def test_an_error_is_told_by_its_code_and_never_by_its_text(exporter: InMemorySpanExporter) -> None:
    with connected(RuntimeError("Maria")) as (http, _, _ears), pytest.raises(RuntimeError):
        http.get("/x")
    with connected(reply(404)) as (http, _, _ears), pytest.raises(NotFoundError):
        http.get("/x")
    spans = _read(exporter)
    assert [span[2]["error.type"] for span in spans] == ["RuntimeError"] * 2 + ["http-404"] * 2
    assert all(span[4].events == () for span in spans)
    assert all(span[4].status.description is None for span in spans)


def test_an_attempt_that_got_no_answer_has_no_status_of_the_one_before(
    exporter: InMemorySpanExporter,
) -> None:
    class Asking(Auth):
        def apply(self, request: httpx.Request, send: Send) -> None:
            send(request.extensions[BUILDER].request("POST", "/token"))

    replies = (reply(), reply(503), reply(403))
    with connected(*replies, auth=Asking()) as (http, _, _ears), pytest.raises(AccessDeniedError):
        http.get("/x")
    attempts = [span[2] for span in _read(exporter) if span[1] is SpanKind.CLIENT and span[0] == "GET /x"]
    assert [attempt.get("http.response.status_code") for attempt in attempts] == [503, None]
    assert attempts[1]["error.type"] == "http-403"


def test_a_refused_call_has_a_span_and_no_attempt(exporter: InMemorySpanExporter) -> None:
    with connected(reply(), base_url="http://a.example") as (http, _, _ears), pytest.raises(ConnectorError):
        http.get("/x")
    assert [(span[0], span[2]["error.type"]) for span in _read(exporter)] == [("GET /x", "plaintext-http")]


def test_each_attempt_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    made = instruments._Instruments(provider.get_meter("test"))
    monkeypatch.setattr(instruments, "_instruments", lambda: made)
    auth = ApiKey("key", Secret("hunter2"), "query")
    with connected(reply(503), reply(), auth=auth, retry=RetryPolicy()) as (http, _, _ears):
        http.get("/items/{id}", values={"id": "7"})
    data: Any = reader.get_metrics_data()
    found = {
        metric.name: metric
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    points = found["http.client.request.duration"].data.data_points
    common = {
        "http.request.method": "GET",
        "server.address": "api.acme.example",
        "server.port": 443,
        "url.template": "/items/{id}",
    }
    assert [dict(point.attributes) for point in points] == [
        {**common, "http.response.status_code": 503, "error.type": "http-503"},
        {**common, "http.response.status_code": 200},
    ]
    provider.shutdown()
