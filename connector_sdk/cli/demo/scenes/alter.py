"""Scene 5: the audit log is verified; one byte of it is changed, in a copy, and found."""

import re
import shutil
from pathlib import Path

from connector_sdk.cli.demo.asking import ask
from connector_sdk.cli.demo.pipelines import write_pipeline
from connector_sdk.cli.demo.scenes.poison import ACTOR, FOLDER, LEDGER
from connector_sdk.cli.demo.stage import MissedError, Proof, Stage

TITLE = "One altered byte"
COPY = "labs-copy"
TAMPERING = 80
_ALTERED = "qa.leaf"
_EVENT = f"SELECT body FROM audit_event WHERE instr(body, '{ACTOR}') ORDER BY seq LIMIT 1"  # noqa: S608 - our name
_NUMBER = f"SELECT min(seq) FROM audit_event WHERE instr(body, '{_ALTERED}')"  # noqa: S608 - our name


def play(stage: Stage) -> Proof:
    """Verify scene 4's ledger, then a copy of it in which one letter of a name is another."""
    stage.say(
        "The ledger of scene 4 records who discarded three records. It is verified as it is. Then one byte "
        f"is changed, in a copy of the ledger's folder, never in the original: {ACTOR} becomes {_ALTERED}."
    )
    stage.narrator.blank()
    stage.call("audit", "verify", FOLDER)
    ledger = _copy(stage.folder)
    _alter(ledger, ask(ledger, _EVENT))
    findings = stage.call("audit", "verify", COPY, expect=TAMPERING)["findings"]
    for found in findings:
        stage.narrator.quote(f"{found['where']}: {found['message']}")
    stage.narrator.blank()
    stage.figure("events in the log", LEDGER, "SELECT count(*) FROM audit_event")
    copy = ledger.relative_to(stage.folder).as_posix()
    number = stage.figure("number of the event altered in the copy", copy, _NUMBER)
    named = any(re.search(rf"\bevent {number}\b", found["message"]) for found in findings)
    stage.expect(named, f"no finding names event {number}")
    return Proof("verified; one byte changed, found", f"event {number}")


def _copy(folder: Path) -> Path:
    """Copy the ledger with its keys, and write the pipeline that names the copy; returns its file."""
    shutil.copytree(folder / FOLDER / ".connector-sdk", folder / COPY / "ledger")
    source = f"../{FOLDER}/results.jsonl"
    write_pipeline(folder / COPY, "results", source, "sample", ledger="ledger/ledger.db")
    return folder / COPY / "ledger" / "ledger.db"


def _alter(ledger: Path, event: bytes) -> None:
    """Change the event's byte where it stands in the file, behind SQLite's back."""
    content = ledger.read_bytes()
    if content.count(event) != 1:
        raise MissedError("the event does not stand in the copy's file exactly once")
    altered = event.replace(ACTOR.encode(), _ALTERED.encode(), 1)
    ledger.write_bytes(content.replace(event, altered))
