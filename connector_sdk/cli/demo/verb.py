"""`demo`: the main job, narrated."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connector_sdk.cli.answer import Answer, Document, describe, failure
from connector_sdk.cli.options import JsonFlag
from connector_sdk.errors import ConfigurationError, ConnectorError

if TYPE_CHECKING:
    from connector_sdk.cli.demo.show import Show


def demo(
    directory: Annotated[
        Path | None,
        typer.Option(
            "--dir",
            metavar="D",
            help="Play in this new or empty folder and keep it.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> Answer:
    """See the main job at work, on made-up data.

    A simulated Salesforce into a warehouse: changes and deletions, a storm, an unknown code, a kill, a
    renamed field, the wrong org, silence, an altered audit log. Takes less than a minute and needs no
    account and no network. Each scene runs verbs you could type, and each figure is one query, shown with
    it. Exit codes: 0 every expectation held, 1 one did not.

    \b
    Examples:
      connector-sdk demo
      connector-sdk demo --dir my-demo
    """
    from connector_sdk.cli.demo.show import Show  # as light as any verb's help

    show = Show()
    try:
        _require_plugins()
        return _played(show, directory, as_json=as_json)
    except (ConnectorError, KeyboardInterrupt) as error:
        return failure(error, held=False, scenes=show.scenes)


def _played(show: "Show", directory: Path | None, *, as_json: bool) -> Answer:
    from connector_sdk.cli.demo import closing, scenes
    from connector_sdk.cli.demo.narrator import Narrator
    from connector_sdk.cli.demo.workspace import workspace
    from connector_sdk.clock import SYSTEM_CLOCK

    began = SYSTEM_CLOCK.monotonic()
    narrator = Narrator(None if as_json else sys.stdout)
    with _interrupted_by_signals(), workspace(directory) as folder:
        kept = folder if directory is not None else None
        closing.open_with(narrator, len(scenes.SCENES), folder, kept=kept is not None)
        show.play(scenes.SCENES, folder, narrator, SYSTEM_CLOCK)
    seconds = SYSTEM_CLOCK.monotonic() - began
    steps = closing.next_steps(kept, held=not show.missed, port=show.port)
    document: Document = {
        "held": not show.missed,
        "folder": str(kept) if kept else None,
        "duration_s": round(seconds, 3),
        "scenes": show.scenes,
        "next": [argv for _, argv in steps],
    }
    if show.missed:
        document["error"] = describe(_not_held(show.missed))
    return Answer(
        document,
        lambda _: closing.close(
            narrator, scenes.SCENES, show.scenes, kept=kept, steps=steps, seconds=seconds, missed=show.missed
        ),
        1 if show.missed else 0,
    )


def _require_plugins() -> None:
    from connector_sdk.plugins import find

    for name in ("salesforce", "sql"):
        try:
            find(name)
        except ConfigurationError as error:
            if error.code != "unknown-connector":
                raise
            raise ConfigurationError(
                f"the demo needs the connector {name!r}, which is not installed",
                code="demo-needs-plugins",
                hint="`pip install 'connector-sdk[demo]'` installs what the demo uses",
            ) from None


def _not_held(missed: str) -> ConnectorError:
    return ConnectorError(
        missed,
        code="demo-not-held",
        hint="play it again with `--dir D` and look into that folder with the verbs shown",
    )


@contextmanager
def _interrupted_by_signals() -> Iterator[None]:
    """Let whatever ends this process end its children, too, and remove a temporary workspace."""
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        names = []
    before = {
        number: signal.signal(number, signal.default_int_handler)
        for number in (getattr(signal, name) for name in names)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
