"""`simulate`: a vendor's system on this machine."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from connector_sdk.cli.options import JsonFlag

if TYPE_CHECKING:
    from connector_sdk.plugins import Plugin
    from connector_sdk.testing import Simulator

SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LOOK_EVERY = 0.2


def simulate(
    connector: Annotated[
        str, typer.Argument(metavar="CONNECTOR", help="A name that `connectors` lists.", show_default=False)
    ],
    port: Annotated[
        int,
        typer.Option(
            "--port", metavar="PORT", min=0, max=65535, help="Where to listen; 0 takes any free port."
        ),
    ] = 0,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, help="The same seed gives the same data.")
    ] = 0,
    records: Annotated[
        int, typer.Option("--records", metavar="N", min=0, help="How many records to invent.")
    ] = 1000,
    _json: JsonFlag = False,
) -> int:
    """Run a vendor's simulator on this machine, until Ctrl-C.

    One JSON line says when it is ready: its "url", and the "config" that goes into a pipeline, with
    credentials that open nothing else. It listens on 127.0.0.1 alone and holds invented data.

    \b
    Example:
      connector-sdk simulate salesforce --seed 7 --records 500
    """
    from connector_sdk.cli.output import to_json
    from connector_sdk.clock import SYSTEM_CLOCK
    from connector_sdk.plugins import find  # imports the plugin

    simulator = _class_of(find(connector))(seed=seed, records=records, port=port).start()
    try:
        with _asked_to_stop() as asked:
            sys.stdout.write(to_json({"url": simulator.url, "config": simulator.config}) + "\n")
            sys.stdout.flush()
            while not asked:
                SYSTEM_CLOCK.sleep(_LOOK_EVERY)
    finally:
        simulator.close()
    return 0


def _class_of(plugin: "Plugin") -> "type[Simulator]":
    from importlib import import_module

    from connector_sdk.errors import ConfigurationError
    from connector_sdk.redact import redact_text

    named = plugin.connector.simulator if plugin.connector else ""
    if not named:
        raise ConfigurationError(
            f"connector {plugin.name!r} brings no simulator",
            code="no-simulator",
            hint=f"these do: {', '.join(_with_simulator()) or 'none'}",
        )
    module, _, name = named.partition(":")
    try:
        found: Any = getattr(import_module(module), name)
    except Exception as error:  # noqa: BLE001 - a plugin may break itself in any way
        reason = redact_text(f"{type(error).__name__}: {error}".splitlines()[0])
        raise ConfigurationError(
            f"the simulator of connector {plugin.name!r} is broken: {reason}",
            code="broken-connector",
            hint=f"repair or uninstall {plugin.distribution} {plugin.version}",
        ) from None
    return found  # type: ignore[no-any-return]  # the connector promises it


def _with_simulator() -> list[str]:
    from connector_sdk.plugins import installed  # imports every plugin

    return [each.name for each in installed() if each.connector and each.connector.simulator]


@contextmanager
def _asked_to_stop() -> Iterator[list[int]]:
    """Yield a list to which SIGINT and SIGTERM add themselves, instead of ending the process.

    It is looked at, not waited for: a signal that another thread receives does not wake this one, and one
    that meets the handler of another must find no lock taken.
    """
    asked: list[int] = []
    before = {number: signal.signal(number, lambda number, _: asked.append(number)) for number in SIGNALS}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
