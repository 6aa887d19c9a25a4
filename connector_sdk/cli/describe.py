"""`describe`: what a connector asks for and what it offers."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from connector_sdk.cli.answer import Answer, Document
from connector_sdk.cli.options import JsonFlag

if TYPE_CHECKING:
    from connector_sdk.cli.screen import Screen
    from connector_sdk.plugins import Plugin

DELIVERY = {"X": "exactly once", "E": "effectively once", "D": "at least once"}
COMPLETENESS = {"P": "proven", "T": "terminated", "U": "unproven"}


def describe(
    connector: Annotated[
        str, typer.Argument(metavar="CONNECTOR", help="A name that `connectors` lists.", show_default=False)
    ],
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the settings alone, as a table for its README.")
    ] = False,
    _json: JsonFlag = False,
) -> Answer:
    """Show a connector's settings, streams and sinks.

    Settings go under `config:` in a pipeline; a setting marked secret is written as a reference, such as
    "${env:NAME}".

    \b
    Example:
      connector-sdk describe files
    """
    from connector_sdk.plugins import find  # imports the plugin

    plugin = find(connector)
    document = _document(plugin)
    if markdown:
        return Answer(document, lambda screen: _table(screen, plugin))
    return Answer(document, lambda screen: _show(screen, document))


def _document(plugin: "Plugin") -> Document:
    from connector_sdk.connector.capabilities import capabilities_of
    from connector_sdk.plugins.offers import sinks_of, streams_of
    from connector_sdk.plugins.settings import settings_of

    connector = plugin.connector
    assert connector is not None  # noqa: S101 - `find` raises for a broken plugin
    about = (connector.__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")
    return {
        "name": plugin.name,
        "vendor": connector.vendor,
        "about": about,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "api_versions": list(connector.api_versions),
        "capabilities": sorted(capabilities_of(connector)),
        "config": settings_of(connector.config_type),
        "streams": streams_of(connector),
        "sinks": sinks_of(connector),
    }


def _table(screen: "Screen", plugin: "Plugin") -> None:
    from connector_sdk.scaffold.readme import settings_table

    assert plugin.connector is not None  # noqa: S101 - it was described just before
    # Not broken where a terminal ends: it is copied.
    screen.stream.write(settings_table(plugin.connector.config_type))


def _show(screen: "Screen", document: Document) -> None:
    screen.facts(
        [
            ("connector", document["name"]),
            ("vendor", document["vendor"]),
            ("about", document["about"]),
            ("package", f"{document['distribution']} {document['version']}"),
            ("API", ", ".join(document["api_versions"])),
            ("can", ", ".join(document["capabilities"])),
        ]
    )
    screen.line()
    if document["config"]:
        rows = [_setting(field) for field in document["config"]]
        screen.table(("setting", "type", "default", "meaning"), rows)
    else:
        screen.line("It has no settings.")
    for kind, classes, legend in (("stream", "completeness", COMPLETENESS), ("sink", "delivery", DELIVERY)):
        _offers(screen, document[f"{kind}s"], kind, classes, legend)


def _setting(field: Document) -> tuple[str, str, str, str]:
    default = "required" if field["required"] else _literal(field["default"])
    kind = f"{field['type']}, secret" if field["secret"] else field["type"]
    return field["name"], kind, default, field["description"]


def _literal(value: Any) -> str:
    from connector_sdk.cli.output import to_json

    return "-" if value is None else value if isinstance(value, str) else to_json(value)


def _offers(
    screen: "Screen", offers: list[Document], kind: str, classes: str, legend: dict[str, str]
) -> None:
    if not offers:
        return
    screen.line()
    columns = [kind, classes, *(["modes"] if kind == "sink" else [])]
    rows = []
    for offer in offers:
        letter = offer[classes]
        row = [offer["name"] or "any name", f"{letter} {legend[letter]}" if letter else "as configured"]
        rows.append([*row, ", ".join(offer["modes"] or [])] if kind == "sink" else row)
    screen.table(columns, rows)
