"""What a forger does to an audit log, and how tests read what `verify` says of it."""

import json
from typing import Any

import sqlalchemy as sa

from connector_sdk.digest import canonical
from connector_sdk.ledger import tables
from connector_sdk.ledger.merkle import Frontier, leaf_hash
from connector_sdk.ledger.verify import Report
from tests.ledger.small_ledger import SmallLedger


def run(ledger: SmallLedger, query: str, *values: Any) -> None:
    ledger.connection.exec_driver_sql(query, values)


def bodies(ledger: SmallLedger) -> list[bytes]:
    return list(ledger.connection.execute(sa.select(tables.audit_event.c.body).order_by("seq")).scalars())


def alter(ledger: SmallLedger, at: int, /, **parts: Any) -> None:
    """Change an event into another one that is well-formed."""
    document = json.loads(bodies(ledger)[at]) | parts
    run(ledger, "UPDATE audit_event SET body = ? WHERE seq = ?", canonical(document), at)


def rewrite_head(ledger: SmallLedger) -> Frontier:
    """Do what a careful forger does: make the head fit the events."""
    frontier = Frontier()
    for body in bodies(ledger):
        frontier.append(leaf_hash(body))
    run(ledger, "UPDATE audit_head SET size = ?, frontier = ?", frontier.size, frontier.to_bytes())
    return frontier


def said(report: Report) -> list[tuple[str, str]]:
    return [(finding.where, finding.message) for finding in report.findings]


def one(report: Report, code: int) -> tuple[str, str]:
    assert report.exit_code == code, report
    [finding] = said(report)
    return finding
