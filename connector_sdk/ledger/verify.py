"""Tell whether a ledger is what was once written: the log against its signatures, every row against the log.

What the log proves, it proves up to its newest checkpoint against whoever lacks the signing key; what came
later, only against those who do not also rewrite the log's end and its head. A checkpoint kept elsewhere
(`retained`) proves the same against whoever has all of the ledger's files.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from connector_sdk.ledger.findings import Finding, Findings, Verdict, readable
from connector_sdk.ledger.verify_batches import Batches, partition_ids
from connector_sdk.ledger.verify_log import Log
from connector_sdk.ledger.verify_rows import DeadLetters, Meta, Runs
from connector_sdk.signing import Verifier

EXIT_CODES: Final = MappingProxyType(
    {Verdict.OK: 0, Verdict.TAMPERING: 80, Verdict.INCOMPLETE: 81, Verdict.TRUST: 82}
)

NOT_AUDITED: Final = MappingProxyType(
    {
        "partition.lease_expires": "renewed every few seconds; it protects a run while it runs",
        "spool.partition_id": "the page's place is sealed into its ciphertext",
        "spool.page": "encrypted and authenticated: altered, it cannot be opened",
        "spool.done": "counts for the recovery of one page, which compares it with the batches committed",
    }
)
"""The columns that no event repeats, and why; every other one is compared."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, and how much was looked at.

    `leaves` are records, `size` and `root` (hex) the log's as recomputed, `covered` the events under
    the newest valid checkpoint.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    events: int
    batches: int
    leaves: int
    size: int
    root: str
    covered: int

    @property
    def exit_code(self) -> int:
        """The exit code of `audit verify`."""
        return EXIT_CODES[self.verdict]


def verify(connection: Connection, *, verifiers: Sequence[Verifier], retained: str | None = None) -> Report:
    """Read the whole ledger, as it stands at one moment, and compare.

    `verifiers` are the trusted keys, `retained` a checkpoint (its note) that was kept elsewhere. A store
    that is busy or out of reach raises what the store raises; a damaged one is a finding.
    """
    # A savepoint opens a transaction where there is none: what a run commits meanwhile is not read by half.
    moment = connection.begin_nested()
    try:
        return _verify(connection, verifiers, retained)
    finally:
        # Nothing was written, and a damaged store may not even be able to end a transaction.
        with suppress(DBAPIError):
            moment.rollback()


def _verify(connection: Connection, verifiers: Sequence[Verifier], retained: str | None) -> Report:
    findings = Findings()
    log = Log(connection, findings, verifiers, retained)
    ids = {}
    with readable(findings, "partition"):
        ids = partition_ids(connection)
    batches = Batches(connection, findings, ids)
    checks = (
        ("meta", Meta(connection, findings)),
        ("run", Runs(connection, findings)),
        ("batch", batches),
        ("dead_letter", DeadLetters(connection, findings, ids)),
    )
    events = 0
    for event in log.events():
        events += 1
        for table, check in checks:
            if table not in findings.damaged:
                with readable(findings, table):
                    check.see(event)
    # Without the whole log there is nothing to compare with.
    finishing = [("audit_head", log.finish), *((table, check.finish) for table, check in checks)]
    for table, finish in finishing if log.complete else ():
        if table not in findings.damaged:
            with readable(findings, table):
                finish()
    return Report(
        verdict=findings.verdict,
        findings=findings.all(),
        events=events,
        batches=batches.count,
        leaves=batches.leaves,
        size=log.size,
        root=log.root.hex(),
        covered=log.covered,
    )
