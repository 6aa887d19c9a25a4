"""What the demo says at its end: what was proven, and what to try next."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from connector_sdk.cli.answer import Document
from connector_sdk.cli.demo import systems
from connector_sdk.cli.demo.narrator import Narrator
from connector_sdk.cli.demo.pipelines import PIPELINE
from connector_sdk.cli.demo.scenes import Scene
from connector_sdk.cli.demo.scenes.alter import COPY

Step = tuple[str, list[str]]
"""What a command is for, and the command."""

_CONTACT: Final = "003Sm0000000001IAA"
"""The first contact that the simulator invents, whatever its seed; scene 2 changes it."""
_DISCOVER: Final = ["discover", "salesforce", "--config"]


def program() -> list[str]:
    """Return how whoever reads this starts connector-sdk: as they did just now."""
    started = Path(sys.argv[0])
    if started.name == "connector-sdk":
        found = shutil.which("connector-sdk")
        on_path = found is not None and started.exists() and Path(found).samefile(started)
        return ["connector-sdk"] if on_path else [str(started)]
    return [sys.executable, "-m", "connector_sdk"]


def next_steps(kept: Path | None, *, held: bool, port: int | None) -> list[Step]:
    """Return commands worth trying, in the workspace where it was kept; `port` is where Salesforce was."""
    if kept is None:
        steps = [("the same again, in a folder that is kept", ["demo", "--dir", "my-demo"])]
        if held:
            steps += [
                ("what can be connected, and its settings", ["connectors"]),
                ("", ["describe", "salesforce"]),
                ("what an error code means, and what to do", ["explain", "contract-changed"]),
            ]
    elif held:
        pipeline = str(kept / PIPELINE)
        steps = [
            ("one contact: when it moved, and what proves it", ["trace", pipeline, "--key", _CONTACT]),
            ("the killed run, and the one that finished its work", ["runs", pipeline, "--env", "uat"]),
            ("what was set aside, and what became of it", ["dead-letters", "list", pipeline, "--all"]),
            ("the alarm", ["status", pipeline, "--env", "prod"]),
            ("the altered copy, finding by finding", ["audit", "verify", str(kept / COPY)]),
            ("Salesforce again, as it was at first; it runs until Ctrl-C", systems.arguments(port)),
            ("then, in another terminal: what it offers, and all of it once more", [*_DISCOVER, pipeline]),
            ("", ["run", pipeline, "--full-refresh"]),
        ]
    else:
        steps = [("is everything ready that the scenes use?", ["connectors"])]
    return [(what, [*program(), *arguments]) for what, arguments in steps]


def open_with(narrator: Narrator, count: int, folder: Path, *, kept: bool) -> None:
    """Say what is going to be seen, and where."""
    narrator.title("connector-sdk demo", f"{count} scenes, less than a minute")
    narrator.blank()
    narrator.say(
        "Contacts from Salesforce into a warehouse, and what happens when something goes wrong. All data is "
        "made up, and nothing leaves this machine. Every command below is one you can type; every figure is "
        "one query, made at that moment and shown with it."
    )
    narrator.blank()
    fate = "kept" if kept else "removed at the end; --dir D keeps it"
    narrator.say(
        f"Commands run in {folder} ({fate}). There are pipeline.yaml with its mapping, contract and "
        "environments, the warehouse (warehouse.db) and, in .connector-sdk, the ledger (ledger.db).",
        "quiet",
    )


def close(
    narrator: Narrator,
    scenes: Sequence[Scene],
    played: Sequence[Document],
    *,
    kept: Path | None,
    steps: Sequence[Step],
    seconds: float,
    missed: str,
) -> None:
    """Write the last table and what to try next; raises OSError where nothing more could be written."""
    if narrator.unwritable is not None:
        raise narrator.unwritable
    rows: list[tuple[bool | None, str, str, str]] = [
        (each["held"], each["title"], each["proven"] or "did not hold", each["figure"]) for each in played
    ]
    rows += [(None, scene.title, "not played", "") for scene in scenes[len(played) :]]
    held = sum(each["held"] for each in played)
    narrator.heading(f"{held} of {len(scenes)} scenes held, in {seconds:.0f} s")
    narrator.table(rows)
    narrator.blank()
    if missed:
        narrator.say(f"Missed in {missed}.", "bad")
    where = f"The workspace is {kept}." if kept else "The workspace was temporary and is removed."
    narrator.say(f"{where} Try next:")
    narrator.blank()
    narrator.commands(steps)
