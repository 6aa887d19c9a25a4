"""`discover`: what a configured system has to offer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from connector_sdk.cli.answer import Answer, Document
from connector_sdk.cli.options import EnvironmentName, JsonFlag

if TYPE_CHECKING:
    from connector_sdk.cli.screen import Screen
    from connector_sdk.connector import Connector


def discover(
    connector: Annotated[
        str, typer.Argument(metavar="CONNECTOR", help="A name that `connectors` lists.", show_default=False)
    ],
    config: Annotated[
        Path,
        typer.Option(
            "--config",
            metavar="FILE",
            help="A YAML file with the connector's settings, or a pipeline that uses it.",
            show_default=False,
        ),
    ],
    stream: Annotated[
        str | None,
        typer.Option("--stream", metavar="NAME", help="Show this stream's fields.", show_default=False),
    ] = None,
    env: EnvironmentName = "dev",
    _json: JsonFlag = False,
) -> Answer:
    """Ask a system which streams and sinks it offers, or which fields a stream has.

    Reads descriptions only, no records. What is shown is what the configured user may see.

    \b
    Example:
      connector-sdk discover salesforce --config pipeline.yaml --stream Contact
    """
    from connector_sdk.connector import Call

    with _connected(connector, config, env) as made:
        if stream is None:
            offers = [asdict(offer) for offer in made.discover(Call())]
            return Answer({"connector": connector, "offers": offers}, lambda screen: _list(screen, offers))
        document = _stream(made, stream)
        return Answer({"connector": connector, **document}, lambda screen: _fields(screen, document))


@contextmanager
def _connected(name: str, path: Path, env: str) -> "Iterator[Connector[Any]]":
    """Configure the connector with a file of its settings, or as a pipeline has it."""
    from connector_sdk.documents import load_leniently

    document = load_leniently(path)
    is_pipeline = isinstance(document.value, dict) and "pipeline" in document.value
    connector = _of_pipeline(name, path, env) if is_pipeline else _of_settings(name, document)
    try:
        yield connector
    finally:
        connector.close()


def _of_settings(name: str, document: Any) -> "Connector[Any]":
    from connector_sdk.plugins.hooks import load_hooks
    from connector_sdk.session import Surroundings, connect

    return connect(name, document, (), Surroundings(hooks=load_hooks([name])))


def _of_pipeline(name: str, path: Path, env: str) -> "Connector[Any]":
    from connector_sdk.errors import ConfigurationError
    from connector_sdk.pipeline.assembly import connected
    from connector_sdk.pipeline.definition import load_pipeline
    from connector_sdk.plugins.hooks import load_hooks

    pipeline = load_pipeline(path, env)
    if pipeline.definition.source.connector == name:
        return connected(pipeline, "source", load_hooks([name]))
    if pipeline.definition.destination.connector == name:
        return connected(pipeline, "destination", load_hooks([name]))
    used = {pipeline.definition.source.connector, pipeline.definition.destination.connector}
    raise ConfigurationError(
        f"this pipeline does not use the connector {name!r}",
        code="connector-not-used",
        hint=f"it uses {' and '.join(sorted(used))}",
        location=str(path),
    )


def _stream(connector: "Connector[Any]", name: str) -> Document:
    from connector_sdk.connector import Call

    schema = connector.stream(name).schema(Call())
    fields = [
        {
            "name": field.name,
            "type": str(field.type),
            "nullable": schema.nullable(field),
            "optional": schema.optional(field),
        }
        for field in schema.fields
    ]
    return {"stream": name, "key": list(schema.key), "cursor": schema.cursor, "fields": fields}


def _list(screen: "Screen", offers: list[Document]) -> None:
    if not offers:
        screen.line(
            "It names nothing: either any name will do, as `describe` says, or this user may see nothing."
        )
        return
    labels = any(offer["label"] for offer in offers)
    head = ["name", *(["label"] if labels else []), "stream", "sink", "fields"]
    rows = [
        [
            offer["name"],
            *([offer["label"]] if labels else []),
            "yes" if offer["readable"] else "",
            "yes" if offer["writable"] else "",
            offer["fields"],
        ]
        for offer in offers
    ]
    shown = [name for name in head if name != "fields" or any(offer["fields"] for offer in offers)]
    screen.table(shown, [row[: len(shown)] for row in rows], right=["fields"])


def _fields(screen: "Screen", document: Document) -> None:
    rows = []
    for field in document["fields"]:
        may = [word for word, is_so in (("null", field["nullable"]), ("absent", field["optional"])) if is_so]
        roles = {document["cursor"]: "cursor", **dict.fromkeys(document["key"], "key")}
        rows.append((field["name"], field["type"], " or ".join(may), roles.get(field["name"], "")))
    screen.table(("field", "type", "may be", "role"), rows)
