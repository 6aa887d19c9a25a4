"""What every process of a connector needs, loaded once in the one that they are forked from.

No connector is, and nothing that is loaded here starts a thread or asks anybody.
"""

import threading
from importlib.metadata import entry_points

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider

import connector_sdk
from connector_sdk.decode import Decoder
from connector_sdk.http.client import Http
from connector_sdk.http.policy import HttpPolicy
from connector_sdk.schema import Record, schema_of


class _Example(Record):
    id: str


def preload() -> None:
    """Use everything once; raises RuntimeError where that has started a thread, which no fork survives."""
    for name in connector_sdk.__all__:
        getattr(connector_sdk, name)
    entry_points(group="connector_sdk")
    Decoder(schema_of(_Example), "report").decode_page([b'{"id": "1"}'])
    Http(HttpPolicy("example", "http://127.0.0.1")).close()
    nobody = Resource({})
    TracerProvider(resource=nobody, shutdown_on_exit=False).get_tracer("example").start_span("example").end()
    reader = InMemoryMetricReader()
    meters = MeterProvider([reader], resource=nobody, shutdown_on_exit=False)
    meters.get_meter("example").create_histogram("example").record(1)
    reader.get_metrics_data()
    meters.shutdown()
    if threading.active_count() != 1:
        raise RuntimeError("something that was loaded has started a thread")
