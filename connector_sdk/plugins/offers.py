"""What a connector's class tells about its streams and sinks before it is configured."""

from typing import Any

from connector_sdk.connector import Connector, Mode, Sink, Stream
from connector_sdk.connector.declared import declared, promised
from connector_sdk.schema import schema_of

Document = dict[str, Any]


def streams_of(connector: type[Connector[Any]]) -> list[Document]:
    """Return the streams: by name where they are declared, else one without a name for all."""
    if found := declared(connector, Stream):
        return [{"name": name, **_stream(each)} for name, each in found.items()]
    if connector.stream is Connector.stream and connector.streams is Connector.streams:
        return []
    return [{"name": None, **_agreed([_stream(kind) for kind in promised(connector, "stream", Stream)])}]


def sinks_of(connector: type[Connector[Any]]) -> list[Document]:
    """Return the sinks: by name where they are declared, else one without a name for all."""
    if found := declared(connector, Sink):
        return [{"name": name, **_sink(each)} for name, each in found.items()]
    if connector.sink is Connector.sink and connector.sinks is Connector.sinks:
        return []
    return [{"name": None, **_agreed([_sink(kind) for kind in promised(connector, "sink", Sink)])}]


def _stream(found: Any) -> Document:
    record = getattr(found, "record", None)
    fields = [field.name for field in schema_of(record).fields] if record is not None else None
    return {"completeness": getattr(found, "completeness", None), "fields": fields}


def _sink(found: Any) -> Document:
    modes = getattr(found, "modes", tuple(Mode))
    return {
        "delivery": getattr(found, "delivery", None),
        "modes": [str(mode) for mode in modes],
        "keyed": getattr(found, "keyed", None),
        "sends_keys": getattr(found, "sends_keys", None),
    }


def _agreed(offers: list[Document]) -> Document:
    """Keep what all kinds that a connector may return have in common; the rest depends on its settings."""
    first = offers[0]
    return {
        name: value if all(offer[name] == value for offer in offers) else None
        for name, value in first.items()
    }
