"""Lay an environment's connections over a pipeline's document, and refuse what an environment may not set."""

from collections.abc import Mapping
from typing import Any

from connector_sdk.documents import Document
from connector_sdk.pipeline.environment import Environment
from connector_sdk.pipeline.finding import SIDES, connections_in


def overlay(document: Document, environment: Environment, connections: Mapping[str, str]) -> Document:
    """Return the pipeline's document with the environment's settings in both `config`s.

    `connections` names the connection of each side. Raises DocumentError for a connection that no pipeline
    of the folder has, for one that cannot mean both sides, and for a source whose stream's name would depend
    on the environment.
    """
    other = environment.document
    if other is None:
        return document
    _require_known(document, environment, other, connections)
    _require_apart(document, environment, other, connections)
    for side in SIDES:
        document = document.laid_over((side, "config"), other, ("connections", connections[side]))
    _require_named_stream(document, environment, connections["source"])
    return document


def _require_known(
    document: Document, environment: Environment, other: Document, connections: Mapping[str, str]
) -> None:
    named = [("connections", name) for name in environment.definition.connections]
    named += [("identity", name) for name in environment.identity]
    strange = [at for at in named if at[1] not in connections.values()]
    # An environment serves all the pipelines of its folder.
    known = connections_in(document.path.parent) if strange else set()
    for at in strange:
        if at[1] not in known:
            raise other.error(
                at,
                "connection-unknown",
                f"no pipeline here has a connection {at[1]!r}",
                f"there are: {', '.join(sorted(known))}; a connection is named by `connection` beside its "
                "connector, else by the connector's name",
                on_key=True,
            )


def _require_apart(
    document: Document, environment: Environment, other: Document, connections: Mapping[str, str]
) -> None:
    """Refuse settings for a name that both sides have, unless the sides are one connection anyway."""
    name = connections["source"]
    if name != connections["destination"]:
        return
    source, destination = (document.value[side] for side in SIDES)
    settings = environment.definition.connections.get(name, {})
    if source["connector"] == destination["connector"] and all(
        _config(source).get(key) == _config(destination).get(key) for key in settings
    ):
        return
    raise other.error(
        ("connections", name),
        "connection-ambiguous",
        f"{name!r} names the pipeline's source and its destination, which are not one connection",
        "name one of them in the pipeline: `connection: NAME` beside its connector",
        on_key=True,
    )


def _require_named_stream(document: Document, environment: Environment, name: str) -> None:
    """A stream that is named after a setting, such as a path, would have another contract everywhere."""
    if environment.definition.connections.get(name) and document.value["source"].get("stream") is None:
        raise document.error(
            ("source",),
            "stream-not-named",
            f"environment {environment.name} settles this connection, and the stream has no name of its own",
            "add `stream: NAME`: contracts go by it, and are the same in every environment",
            on_key=True,
        )


def _config(side: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = side.get("config", {})
    return found
