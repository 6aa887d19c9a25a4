"""Scene 9: the audit log is verified; one byte of it is changed, in a copy, and found."""

import re
import shutil
from pathlib import Path

from connector_sdk.cli.demo.asking import ask
from connector_sdk.cli.demo.pipelines import LEDGER, PIPELINE
from connector_sdk.cli.demo.scenes.set_aside import ACTOR
from connector_sdk.cli.demo.stage import MissedError, Proof, Stage

TITLE = "One altered byte"
COPY = "altered"
TAMPERING = 80
_ALTERED = "qa.leaf"
_EVENT = f"SELECT body FROM audit_event WHERE instr(body, '{ACTOR}') ORDER BY seq LIMIT 1"  # noqa: S608 - our name
_NUMBER = f"SELECT min(seq) FROM audit_event WHERE instr(body, '{_ALTERED}')"  # noqa: S608 - our name


def play(stage: Stage) -> Proof:
    """Verify the ledger of all scenes, then a copy of it in which one letter of a name is another."""
    stage.say(
        "Everything so far stands in one signed audit log: who redrove the records of scene 4, for example. "
        "It is verified as it is. Then one byte is changed, in a copy of the ledger's folder, never in the "
        f"original: {ACTOR} becomes {_ALTERED}."
    )
    stage.narrator.blank()
    stage.call("audit", "verify", PIPELINE)
    ledger = _copy(stage.folder)
    _alter(ledger, ask(ledger, _EVENT))
    findings = stage.call("audit", "verify", COPY, expect=TAMPERING)["findings"]
    for found in findings:
        stage.narrator.quote(f"{found['where']}: {found['message']}")
    stage.narrator.blank()
    events = stage.figure("events in the log", LEDGER, "SELECT count(*) FROM audit_event")
    copy = ledger.relative_to(stage.folder).as_posix()
    number = stage.figure("number of the event altered in the copy", copy, _NUMBER)
    named = any(re.search(rf"\bevent {number}\b", found["message"]) for found in findings)
    stage.expect(named, f"no finding names event {number}")
    return Proof("verified; one byte changed, found", f"1 of {events} events")


def _copy(folder: Path) -> Path:
    """Copy the pipeline with its ledger and keys; returns the ledger's file."""
    (folder / COPY).mkdir()
    shutil.copy(folder / PIPELINE, folder / COPY)
    shutil.copytree((folder / LEDGER).parent, (folder / COPY / LEDGER).parent)
    return folder / COPY / LEDGER


def _alter(ledger: Path, event: bytes) -> None:
    """Change the event's byte where it stands in the file, behind SQLite's back."""
    content = ledger.read_bytes()
    if content.count(event) != 1:
        raise MissedError("the event does not stand in the copy's file exactly once")
    altered = event.replace(ACTOR.encode(), _ALTERED.encode(), 1)
    ledger.write_bytes(content.replace(event, altered))
