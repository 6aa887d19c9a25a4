"""Providers of OpenTelemetry that keep in memory what one process tells."""

from collections.abc import Iterator, Mapping
from typing import Any

from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider, ObservableCounter
from opentelemetry.sdk.metrics.export import AggregationTemporality, InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import format_span_id, format_trace_id

from connector_sdk.conformance.protocol import MetricSeen, SpanSeen


class Telemetry:
    """Set up in each process anew, so that it begins empty; a process can set its providers only once."""

    def __init__(self) -> None:
        self._spans = InMemorySpanExporter()
        # Differences, so that what is told only ever grows at its end.
        self._reader = InMemoryMetricReader(
            preferred_temporality=dict.fromkeys(
                (Counter, ObservableCounter, Histogram), AggregationTemporality.DELTA
            )
        )
        self._metrics: list[MetricSeen] = []

    def begin(self) -> None:
        """Become the process's providers."""
        nobody = Resource({})  # asking who we are would start threads
        tracers = TracerProvider(resource=nobody, shutdown_on_exit=False)
        tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        trace.set_tracer_provider(tracers)
        metrics.set_meter_provider(MeterProvider([self._reader], resource=nobody, shutdown_on_exit=False))

    def spans(self) -> list[SpanSeen]:
        """Return the spans that ended, in order."""
        return [_span(each) for each in self._spans.get_finished_spans()]

    def metrics(self) -> list[MetricSeen]:
        """Return what was measured so far."""
        self._metrics += self._points()
        return self._metrics

    def _points(self) -> Iterator[MetricSeen]:
        data = self._reader.get_metrics_data()
        for resource in data.resource_metrics if data else ():
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    for point in metric.data.data_points:
                        value = getattr(point, "value", getattr(point, "sum", 0))
                        count = getattr(point, "count", 1)
                        plain = _plain(point.attributes)
                        yield MetricSeen(metric.name, metric.unit or "", plain, float(value), count)


def _span(span: ReadableSpan) -> SpanSeen:
    context, scope = span.context, span.instrumentation_scope
    return SpanSeen(
        id=format_span_id(context.span_id) if context else "",
        parent=format_span_id(span.parent.span_id) if span.parent else "",
        trace=format_trace_id(context.trace_id) if context else "",
        name=span.name,
        kind=span.kind.name,
        status=span.status.status_code.name,
        attributes={**_plain(span.attributes), **_described(span)},
        events=[f"{event.name} {_plain(event.attributes)}" for event in span.events],
        scope=scope.name if scope else "",
        schema_url=(scope.schema_url or "") if scope else "",
    )


def _described(span: ReadableSpan) -> dict[str, Any]:
    """Return what stands beside a status: it is for people, and so may hold anything."""
    text = span.status.description
    return {"status.description": text} if text else {}


def _plain(attributes: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in (attributes or {}).items()
    }
