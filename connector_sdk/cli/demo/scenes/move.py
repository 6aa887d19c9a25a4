"""Scene 1: contacts from Salesforce into a warehouse, compared value by value."""

from connector_sdk.cli.demo import systems
from connector_sdk.cli.demo.checks import require_same
from connector_sdk.cli.demo.pipelines import MAPPING, PIPELINE, WAREHOUSE, write_documents
from connector_sdk.cli.demo.stage import Proof, Stage

TITLE = "Salesforce to a warehouse"
ROWS = "SELECT count(*) FROM hcp"


def play(stage: Stage) -> Proof:
    """Start Salesforce, pin the contract with it, move everything."""
    stage.say(
        f"A simulator stands in for Salesforce: {systems.CONTACTS:,} contacts behind its real API, with "
        "logins, pages and a limit of requests a day."
    )
    stage.narrator.blank()
    org = stage.simulated_org()
    write_documents(stage.folder, org)
    stage.narrator.blank()
    stage.say(
        f"{PIPELINE} names both ends. {MAPPING} says what becomes of every field; one of which nothing is "
        "said is an error:"
    )
    stage.narrator.rows(
        [
            ("LastName", "last_name", "renamed, no letter changed"),
            ("Title", "profession", 'a code list: Cardiologist = CARD, … "null" = NONE (a text, not a null)'),
            ("Birthdate", "dropped", "personal, and no purpose needs it"),
        ]
    )
    stage.narrator.blank()
    stage.call("contract", "pin", PIPELINE)
    stage.call("check", PIPELINE)
    run = stage.call("run", PIPELINE)
    stage.narrator.blank()
    contacts = stage.measured(
        "contacts in Salesforce", "Salesforce", "SELECT COUNT() FROM Contact", org.count()
    )
    rows = stage.figure("rows in the warehouse", WAREHOUSE, ROWS)
    stage.expect(rows == contacts, f"{contacts} contacts are in Salesforce, {rows} in the warehouse")
    compared = require_same(stage)
    calls = run["calls"]
    stage.measured(
        "API calls per 1,000 records", "run --json", "calls.per_1000_records", calls["per_1000_records"]
    )
    quota = run["quota"]["salesforce"]
    used = f"{quota['used']} of {quota['limit']:,}"
    stage.measured("of the day's requests used", "run --json", "quota.salesforce", used)
    return Proof("every value is what it should be", f"{compared.values:,} values")
