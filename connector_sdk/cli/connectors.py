"""`connectors`: what is installed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connector_sdk.cli.answer import Answer, Document
from connector_sdk.cli.options import JsonFlag

if TYPE_CHECKING:
    from connector_sdk.cli.screen import Screen
    from connector_sdk.plugins import Plugin


def connectors(
    lock: Annotated[
        bool, typer.Option("--lock", help="Write down what is installed, as what pipelines shall run with.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="With --lock: where to, by default ./connectors.lock.",
            show_default=False,
        ),
    ] = None,
    _json: JsonFlag = False,
) -> Answer:
    """List the installed connectors, broken ones with the reason.

    Connectors are Python packages: install one with pip and it is here, uninstall it and it is gone. A file
    connectors.lock beside pipelines is part of what people approve; `check` tells what differs from it. A
    tier is shown where evidence of a trusted key is kept about the very code that is installed.

    \b
    Examples:
      connector-sdk connectors
      connector-sdk connectors --lock --output pipelines/connectors.lock
    """
    if lock:
        return _lock(output)
    if output is not None:
        raise typer.BadParameter("--output goes with --lock")
    return _list()


def _lock(output: Path | None) -> Answer:
    from connector_sdk.pipeline.lock import EDITABLE, FILE, installed_lock, write_lock  # imports every plugin

    path = output or Path(FILE)
    made = installed_lock()
    write_lock(made, path)
    document: Document = {"lock": str(path), "digest": made.digest, **made.document}

    def show(screen: "Screen") -> None:
        columns = ("name", "distribution", "version", "record")
        rows = [
            (name, found.distribution, found.version, found.record[:23])
            for name, found in made.connectors.items()
        ]
        screen.table(columns, rows)
        screen.line()
        screen.facts([("lock", path), ("digest", made.digest)])
        loose = [name for name, found in made.connectors.items() if found.record == EDITABLE]
        if loose:
            screen.line()
            screen.line(f"Installed for editing, so that no record holds them: {', '.join(loose)}.", "warn")

    return Answer(document, show)


def _list() -> Answer:
    from connector_sdk.plugins import installed  # imports every plugin

    found: list[Document] = [
        {
            "name": plugin.name,
            "vendor": plugin.connector.vendor if plugin.connector else "",
            "distribution": plugin.distribution,
            "version": plugin.version,
            "state": "ready" if plugin.connector else "broken",
            "reason": plugin.broken,
            **_certified(plugin),
        }
        for plugin in installed()
    ]
    names = ("name", "vendor", "distribution", "version", "tier", "assurance", "state", "reason")
    shown = [name for name in names if name in {"name", "state"} or any(row[name] for row in found)]

    def show(screen: "Screen") -> None:
        if not found:
            screen.line("No connector is installed. Try: pip install connector-files connector-sql")
            return
        screen.table(shown, [[row[name] for name in shown] for row in found], state="state")

    return Answer({"connectors": found}, show)


def _certified(plugin: "Plugin") -> Document:
    """Return tier and assurance of the installed code, empty where no trusted evidence is kept about it."""
    from connector_sdk.conformance.evidence.places import default_trust, has_evidence

    verdict = None
    if plugin.connector is not None and has_evidence(plugin.name):
        from connector_sdk.clock import SYSTEM_CLOCK
        from connector_sdk.conformance.evidence.store import verdict_of_installed  # cryptography, the rules
        from connector_sdk.conformance.evidence.trust import read_trust

        verdict = verdict_of_installed(
            plugin.name,
            plugin.distribution,
            plugin.version,
            read_trust(default_trust(), must_exist=False),
            SYSTEM_CLOCK.now(),
        )
    if verdict is None:
        return {"tier": "", "assurance": ""}
    return {"tier": verdict.tier.value, "assurance": verdict.assurance.value}
