"""Scene 4: three bad records are set aside, everything else is written, a person decides."""

from typing import Any

from connector_sdk.cli.demo import data
from connector_sdk.cli.demo.pipelines import write_pipeline
from connector_sdk.cli.demo.stage import Proof, Stage

TITLE = "Three bad records"
FOLDER = "labs"
RESULTS = 5_000
BAD = (4_203, 4_718, 4_905)
STOPPED = 65
LEDGER = f"{FOLDER}/.connector-sdk/ledger.db"
TARGET = f"{FOLDER}/target.db"
ROWS = "SELECT count(*) FROM results"
OPEN = "SELECT count(*) FROM dead_letter WHERE state = 'open'"
ACTOR = "qa.lead"
REASON = "sent again by the laboratory"


def play(stage: Stage) -> Proof:
    """Move results of which three are bad; discard them; move their corrections."""
    file = stage.folder / FOLDER / "results.jsonl"
    write_pipeline(file.parent, "results", file.name, "sample")
    data.labs(file, RESULTS)
    stage.say(
        "Laboratory results. After their contract is pinned a delivery comes with one record cut off, one "
        "that states its value twice, and one whose number became a text."
    )
    stage.narrator.blank()
    stage.call("contract", "pin", FOLDER)
    right = data.damage(file, BAD)
    stopped = stage.call("run", FOLDER, expect=STOPPED)
    stage.narrator.quote(stopped["error"]["message"])
    listed = stage.call("dead-letters", "list", FOLDER)
    _show(stage, listed["dead_letters"])
    stage.narrator.blank()
    aside = stage.figure("set aside, encrypted, open", LEDGER, OPEN)
    rows = stage.figure("results in the database", TARGET, ROWS)
    stage.expect(aside == len(BAD), f"{aside} records are set aside, not {len(BAD)}")
    stage.expect(rows == RESULTS - len(BAD), f"{rows} results were written, not {RESULTS - len(BAD)}")
    stage.narrator.blank()
    stage.say(
        "The laboratory sends the three again. A person closes the dead letters, by name and with a reason. "
        "(Had the contract been wrong, `dead-letters redrive` would move the same records once more.)"
    )
    stage.narrator.blank()
    data.append(file, right)
    stage.call("dead-letters", "discard", FOLDER, "--actor", ACTOR, "--reason", REASON)
    stage.call("run", FOLDER)
    stage.narrator.blank()
    closed = stage.figure(
        f"closed by {ACTOR}",
        LEDGER,
        f"SELECT count(*) FROM dead_letter WHERE state = 'discarded' AND actor = '{ACTOR}'",  # noqa: S608 - our name
    )
    rows = stage.figure("results in the database", TARGET, ROWS)
    stage.expect(closed == len(BAD), f"{closed} dead letters are closed, not {len(BAD)}")
    stage.expect(rows == RESULTS, f"{rows} results are in the database, not {RESULTS}")
    return Proof("set aside, decided upon, corrected", f"{aside} of {RESULTS:,}")


def _show(stage: Stage, letters: list[dict[str, Any]]) -> None:
    stage.narrator.rows([(f"record {each['origin']:,}", each["code"], each["message"]) for each in letters])
