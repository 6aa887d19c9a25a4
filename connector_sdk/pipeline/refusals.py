"""Put a refusal into the ledger at once: whatever becomes of the run, it is known what was not permitted."""

from connector_sdk.compliance import Refusal
from connector_sdk.errors import ComplianceError
from connector_sdk.ledger.calls import append_refusal
from connector_sdk.ledger.store import Store


def record_refusal(store: Store, run: str, refusal: Refusal, side: str) -> None:
    """Commit a refusal in a transaction of its own; raises AuditUnavailableError where that cannot be."""
    with store.transaction() as connection:
        append_refusal(
            connection,
            store.clock,
            run=run,
            side=side,
            code=refusal.code,
            connector=refusal.connector,
            method=refusal.method,
            host=refusal.host,
            path=refusal.path,
        )


def refusal_of(error: ComplianceError) -> Refusal:
    """Describe a refusal that is about no call."""
    return Refusal(error.code, "")
