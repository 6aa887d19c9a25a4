"""What several scenes look at: is the warehouse what Salesforce says?"""

from connector_sdk.cli.demo.pipelines import WAREHOUSE
from connector_sdk.cli.demo.stage import Stage
from connector_sdk.cli.demo.warehouse import FIELDS, Compared, compare, fingerprint

FINGERPRINT = "SHA-256 of all rows by hcp_id, without _version"


def require_same(stage: Stage) -> Compared:
    """Compare all contacts with the warehouse without the SDK; raises MissedError where a value differs."""
    compared = compare(stage.org.contacts(FIELDS), stage.folder / WAREHOUSE)
    stage.measured(
        f"of {compared.values:,} values differ",
        WAREHOUSE,
        "held against Salesforce's API by json and sqlite3 alone",
        compared.different,
    )
    stage.expect(compared.different == 0, f"{compared.different} values are not what Salesforce says")
    return compared


def fingerprinted(stage: Stage, name: str, database: str = WAREHOUSE) -> str:
    """Show and return the fingerprint of a warehouse."""
    found: str = stage.measured(name, database, FINGERPRINT, fingerprint(stage.folder / database))
    return found
