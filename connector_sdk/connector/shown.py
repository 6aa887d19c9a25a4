"""The capabilities that a connector's class shows by what it declares, without anybody's word for it."""

from collections.abc import Iterator
from typing import Any

from connector_sdk.connector.base import Connector
from connector_sdk.connector.declared import declared, promised
from connector_sdk.connector.rest.collection import Collection
from connector_sdk.connector.rest.paging import NoPaging
from connector_sdk.connector.sink import Delivery, Sink
from connector_sdk.connector.stream import Stream


def shown(connector: type[Connector[Any]]) -> Iterator[str]:
    """Yield the names, some of them more than once."""
    streams: list[Any] = list(declared(connector, Stream).values())
    if not streams and _differs(connector, "stream", "streams"):
        streams = promised(connector, "stream", Stream)
    sinks: list[Any] = list(declared(connector, Sink).values())
    if not sinks and _differs(connector, "sink", "sinks"):
        sinks = promised(connector, "sink", Sink)
    for stream in streams:
        yield from _of_stream(stream)
    for sink in sinks:
        yield from _of_sink(sink)
    if _differs(connector, "discover"):
        yield "discover"
    if connector.errors.when is not None:
        yield "envelope"


def _differs(connector: type[Connector[Any]], *methods: str) -> bool:
    return any(getattr(connector, name) is not getattr(Connector, name) for name in methods)


def _of_stream(stream: Any) -> Iterator[str]:
    yield "read"
    if getattr(stream, "reports_deletes", False):
        yield "deletes"
    source = getattr(stream, "source", None)
    if not isinstance(source, Collection):
        return
    if source.since:
        yield "incremental"
    if source.lookback:
        yield "lookback"
    if source.total:
        yield "total"
    if not isinstance(source.paging, NoPaging):
        yield "paging"
    if source.paging.explicit:
        yield "next"


def _of_sink(sink: Any) -> Iterator[str]:
    yield "write"
    delivery = getattr(sink, "delivery", None)
    if delivery is not None:
        yield "unsafe_write" if delivery is Delivery.AT_LEAST_ONCE else "idempotent_write"
