"""Scene 2: somebody works in Salesforce; exactly that arrives."""

from connector_sdk.cli.demo.checks import require_same
from connector_sdk.cli.demo.pipelines import PIPELINE, WAREHOUSE
from connector_sdk.cli.demo.stage import Proof, Stage
from connector_sdk.cli.demo.warehouse import keys

TITLE = "Only what changed"
NEW, CHANGED, DELETED = 3, 4, 2
_LATEST = "SELECT max(_version) FROM hcp"
_MARKED = "SELECT count(*) FROM hcp WHERE _deleted"


def play(stage: Stage) -> Proof:
    """Create, change and delete contacts through Salesforce's API, and run again."""
    touched = _work(stage)
    stage.say(
        f"Somebody works in Salesforce, through its own API: {NEW} new contacts, {CHANGED} changed, "
        f"{DELETED} deleted. The next run should move these {len(touched)} and no other; deleted ones are "
        "marked, as the pipeline says (deletes: mark)."
    )
    stage.narrator.blank()
    before = stage.figure("rows written so far", WAREHOUSE, _LATEST)
    stage.narrator.blank()
    run = stage.call("run", PIPELINE)
    stage.narrator.blank()
    read = stage.measured("records read", "run --json", "read", run["read"])
    stage.expect(read == len(touched), f"{read} records were read, {len(touched)} were touched")
    written = f"SELECT hcp_id FROM hcp WHERE _version > {before}"  # noqa: S608 - our figure
    arrived = keys(stage.folder / WAREHOUSE, written)
    stage.measured("rows written, the very ones", WAREHOUSE, written, len(arrived))
    stage.expect(arrived == touched, "the rows written are not those that were touched")
    marked = stage.figure("marked as deleted", WAREHOUSE, _MARKED)
    stage.expect(marked == DELETED, f"{marked} rows are marked as deleted, not {DELETED}")
    require_same(stage)
    return Proof("these and no other", f"{read} records")


def _work(stage: Stage) -> set[str]:
    """Change Salesforce; returns the ids of what was touched."""
    known = sorted(keys(stage.folder / WAREHOUSE, "SELECT hcp_id FROM hcp"))
    changed, deleted = known[:CHANGED], known[-DELETED:]
    org = stage.org
    created = org.create(
        {"LastName": f"Neumann-{number}", "Title": "Oncologist", "MailingPostalCode": "01067"}
        for number in range(NEW)
    )
    org.change({"Id": key, "Title": "Pharmacist"} for key in changed)
    org.delete(deleted)
    return {*created, *changed, *deleted}
