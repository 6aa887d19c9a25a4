"""`connectors`: what is installed."""

from typing import TYPE_CHECKING

from connector_sdk.cli.answer import Answer, Document
from connector_sdk.cli.options import JsonFlag

if TYPE_CHECKING:
    from connector_sdk.cli.screen import Screen


def connectors(_json: JsonFlag = False) -> Answer:
    """List the installed connectors, broken ones with the reason.

    Connectors are Python packages: install one with pip and it is here, uninstall it and it is gone.

    \b
    Example:
      connector-sdk connectors
    """
    from connector_sdk.plugins import installed  # imports every plugin

    found: list[Document] = [
        {
            "name": plugin.name,
            "vendor": plugin.connector.vendor if plugin.connector else "",
            "distribution": plugin.distribution,
            "version": plugin.version,
            "state": "ready" if plugin.connector else "broken",
            "reason": plugin.broken,
        }
        for plugin in installed()
    ]
    names = ("name", "vendor", "distribution", "version", "state", "reason")
    shown = [name for name in names if name in {"name", "state"} or any(row[name] for row in found)]

    def show(screen: "Screen") -> None:
        if not found:
            screen.line("No connector is installed. Try: pip install connector-files connector-sql")
            return
        screen.table(shown, [[row[name] for name in shown] for row in found], state="state")

    return Answer({"connectors": found}, show)
