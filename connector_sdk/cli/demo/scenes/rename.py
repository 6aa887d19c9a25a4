"""Scene 6: a renamed field is refused before anything is written."""

from connector_sdk.cli.demo.pipelines import LEDGER, PIPELINE, WAREHOUSE
from connector_sdk.cli.demo.stage import Proof, Stage

TITLE = "A renamed field"
FIELD, NEW_NAME = "Title", "Job_Title__c"
LATEST = "SELECT max(_version) FROM hcp"
BATCHES = "SELECT count(*) FROM batch"
REFUSED = 65


def play(stage: Stage) -> Proof:
    """Rename a field in Salesforce, run, and rename it back."""
    stage.say(
        f"Salesforce's administrator renames the field {FIELD} to {NEW_NAME}, and a contact is added. Many a "
        "script would write nulls. The contract pinned in scene 1 forbids it: nothing may be written, and "
        "the refusal names who uses the field, down to the rule of the mapping."
    )
    stage.narrator.blank()
    latest = stage.figure("rows written so far, ever", WAREHOUSE, LATEST)
    batches = stage.figure("batches in the ledger", LEDGER, BATCHES)
    stage.narrator.blank()
    org = stage.org
    org.rename(FIELD, NEW_NAME)
    org.create([{"LastName": "Late", NEW_NAME: "Pharmacist"}])
    ended = stage.call("run", PIPELINE, expect=REFUSED)
    org.rename(NEW_NAME, FIELD)
    message = ended["error"]["message"]
    stage.narrator.quote(message)
    code = ended["error"]["code"]
    stage.expect(code == "contract-changed", f"the run ended with {code}, not because of its contract")
    rule = f"{FIELD} -> profession"
    stage.expect("flow main" in message and rule in message, "the refusal names neither flow nor rule")
    stage.narrator.blank()
    latest_after = stage.figure("rows written so far, ever", WAREHOUSE, LATEST)
    batches_after = stage.figure("batches in the ledger", LEDGER, BATCHES)
    stage.expect(latest_after == latest, f"{latest_after} rows were written, not {latest}")
    stage.expect(batches_after == batches, f"there were {batches} batches before, and {batches_after} after")
    return Proof("refused, naming the rule it hits", f"{batches_after - batches} batches")
