"""Scene 3: a renamed column is refused before anything is written."""

from connector_sdk.cli.demo import data
from connector_sdk.cli.demo.scenes.move import FOLDER, NOTES, TARGET
from connector_sdk.cli.demo.stage import Proof, Stage

TITLE = "A changed column"
LEDGER = f"{FOLDER}/.connector-sdk/ledger.db"
PIPELINE = f"{FOLDER}/notes.yaml"
ROWS = "SELECT count(*) FROM notes"
BATCHES = "SELECT count(*) FROM batch"
REFUSED = 65


def play(stage: Stage) -> Proof:
    """Deliver the notes again with a column renamed and rows added."""
    data.notes(stage.folder / FOLDER / "notes.csv", NOTES * 2, subject="subject_id")
    stage.say(
        f"The next delivery of notes.csv has {NOTES} more rows, and in it the column subject is called "
        "subject_id. The contract pinned in scene 1 forbids that; the run ends with 65, a data stop."
    )
    stage.narrator.blank()
    rows = stage.figure("notes in the database before", TARGET, ROWS)
    batches = stage.figure("batches in the ledger before", LEDGER, BATCHES)
    stage.narrator.blank()
    ended = stage.call("run", PIPELINE, expect=REFUSED)
    stage.narrator.quote(ended["error"]["message"])
    code = ended["error"]["code"]
    stage.expect(code == "contract-changed", f"the run ended with {code}, not because of its contract")
    stage.narrator.blank()
    rows_after = stage.figure("notes in the database after", TARGET, ROWS)
    batches_after = stage.figure("batches in the ledger after", LEDGER, BATCHES)
    stage.expect(rows_after == rows, f"there were {rows} notes before, and {rows_after} after")
    stage.expect(batches_after == batches, f"there were {batches} batches before, and {batches_after} after")
    return Proof("refused before writing anything", f"{rows_after - rows} rows written")
