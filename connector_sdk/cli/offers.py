"""What a connector's class tells about its streams and sinks before it is configured."""

from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from connector_sdk.cli.answer import Document
from connector_sdk.connector import Connector, Mode, Sink, Stream


def streams_of(connector: type[Connector[Any]]) -> list[Document]:
    """Return the streams: by name where they are declared, else one without a name for all."""
    if declared := _declared(connector, Stream):
        return [{"name": name, **_stream(found)} for name, found in declared.items()]
    if connector.stream is Connector.stream and connector.streams is Connector.streams:
        return []
    return [{"name": None, **_agreed([_stream(kind) for kind in _promised(connector, "stream", Stream)])}]


def sinks_of(connector: type[Connector[Any]]) -> list[Document]:
    """Return the sinks: by name where they are declared, else one without a name for all."""
    if declared := _declared(connector, Sink):
        return [{"name": name, **_sink(found)} for name, found in declared.items()]
    if connector.sink is Connector.sink and connector.sinks is Connector.sinks:
        return []
    return [{"name": None, **_agreed([_sink(kind) for kind in _promised(connector, "sink", Sink)])}]


def _stream(found: Any) -> Document:
    from connector_sdk.schema import schema_of

    record = getattr(found, "record", None)
    fields = [field.name for field in schema_of(record).fields] if record is not None else None
    return {"completeness": getattr(found, "completeness", None), "fields": fields}


def _sink(found: Any) -> Document:
    modes = getattr(found, "modes", tuple(Mode))
    return {"delivery": getattr(found, "delivery", None), "modes": [str(mode) for mode in modes]}


def _agreed(offers: list[Document]) -> Document:
    """Keep what all kinds that a connector may return have in common; the rest depends on its settings."""
    first = offers[0]
    return {
        name: value if all(offer[name] == value for offer in offers) else None
        for name, value in first.items()
    }


def _declared(connector: type[Connector[Any]], kind: Any) -> Document:
    found: Document = {}
    for owner in reversed(connector.__mro__):
        found |= {name: value for name, value in vars(owner).items() if isinstance(value, kind)}
    return found


def _promised(connector: type[Connector[Any]], method: str, kind: Any) -> list[Any]:
    """Return the classes that a method's annotation promises, or an object that tells nothing."""
    try:
        hint = get_type_hints(getattr(connector, method)).get("return")
    except (NameError, TypeError):
        hint = None
    hints = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    # The base class's own defaults say nothing about what will be returned.
    return [part if part is not kind and part is not None else object() for part in hints]
