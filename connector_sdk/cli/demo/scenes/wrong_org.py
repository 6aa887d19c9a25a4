"""Scene 7: the settings of production lead to another org; refused, and on record."""

from connector_sdk.cli.demo.pipelines import LEDGER, PIPELINE, PROD_WAREHOUSE
from connector_sdk.cli.demo.stage import Proof, Stage

TITLE = "The wrong org"
REFUSED = 77
STATUS = "SELECT status FROM run WHERE environment = 'prod'"
EVENTS = "SELECT count(*) FROM audit_event WHERE instr(body, '\"compliance.refused\"')"


def play(stage: Stage) -> Proof:
    """Run in an environment that expects another org."""
    stage.say(
        "environments/prod.yaml says which org production is. The credentials lead elsewhere, as when a "
        "sandbox's were copied. The org is asked who it is before a record is read; the refusal is itself "
        "recorded, and the exit code is 77."
    )
    stage.narrator.blank()
    queries = stage.org.queries()
    ended = stage.call("run", PIPELINE, "--env", "prod", expect=REFUSED)
    stage.narrator.quote(ended["error"]["message"])
    code = ended["error"]["code"]
    stage.expect(code == "identity-mismatch", f"the run was refused for another reason: {code}")
    stage.narrator.blank()
    asked = stage.measured(
        "requests for records", "simulator", "requests it counted", stage.org.queries() - queries
    )
    stage.expect(asked == 0, f"{asked} requests for records were sent")
    written = stage.measured(
        "databases made for production", "folder", f"files named {PROD_WAREHOUSE}", _made(stage)
    )
    stage.expect(written == 0, "a database was made")
    status = stage.figure("the run, in the ledger", LEDGER, STATUS)
    stage.expect(status == "refused", f"the run is recorded as {status}")
    events = stage.figure("refusal in the audit log", LEDGER, EVENTS)
    stage.expect(events == 1, f"{events} refusals are recorded")
    return Proof("refused before reading, recorded", "exit 77")


def _made(stage: Stage) -> int:
    return sum(1 for _ in stage.folder.glob(PROD_WAREHOUSE))
