"""Providers that keep what is exported in memory; a process can set its providers only once."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


class Memory:
    """What spans and metrics were told since it was last forgotten."""

    def __init__(self) -> None:
        self._spans = InMemorySpanExporter()
        # Deltas, so that one test does not read what another counted.
        self._metrics = InMemoryMetricReader(
            preferred_temporality=dict.fromkeys(_kinds(), AggregationTemporality.DELTA)
        )
        tracers = TracerProvider(shutdown_on_exit=False)
        tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        trace.set_tracer_provider(tracers)
        metrics.set_meter_provider(MeterProvider([self._metrics], shutdown_on_exit=False))

    @property
    def spans(self) -> list[ReadableSpan]:
        """The spans that have ended, in order."""
        return list(self._spans.get_finished_spans())

    def points(self) -> dict[str, list[tuple[dict[str, Any], Any]]]:
        """Return attributes and value (a histogram's sum) of each point, by instrument, and forget them."""
        data = self._metrics.get_metrics_data()
        found: dict[str, list[tuple[dict[str, Any], Any]]] = {}
        for resource in data.resource_metrics if data else ():
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    found[metric.name] = [
                        (dict(point.attributes or {}), getattr(point, "value", getattr(point, "sum", None)))
                        for point in metric.data.data_points
                    ]
        return found

    def forget(self) -> None:
        """Begin anew."""
        self._spans.clear()
        self.points()


def _kinds() -> list[type]:
    from opentelemetry.sdk.metrics import Counter, Histogram  # noqa: PLC0415 - beside their use

    return [Counter, Histogram]


@lru_cache(maxsize=1)
def _memory() -> Memory:
    return Memory()


@pytest.fixture
def memory() -> Iterator[Memory]:
    """Offer what this test tells, and nothing else."""
    made = _memory()
    made.forget()
    yield made
    made.forget()
