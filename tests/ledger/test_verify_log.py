"""What `verify` says of a log that was tampered with, is incomplete, or is signed by others.

Kill list: an event altered in place, inserted, deleted, moved; the tail cut off; the whole log rewritten with
its head; a checkpoint forged, exchanged, deleted; the ledger rolled back or forked against a retained one.
"""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from connector_sdk.ledger import audit_log, tables
from tests.ledger.forging import alter, bodies, one, rewrite_head, run, said
from tests.ledger.small_ledger import SmallLedger, leave_open

pytestmark = pytest.mark.req("P11-10a-2")


def test_an_untouched_ledger_is_ok(ledger: SmallLedger) -> None:
    report = ledger.verify()
    assert (report.verdict, report.exit_code, report.findings) == ("ok", 0, ())
    assert report.events == report.size == report.covered == len(bodies(ledger))
    assert (report.batches, report.leaves) == (4, 11)
    assert audit_log.head(ledger.connection) == (report.size, bytes.fromhex(report.root))


def test_an_altered_event_is_found_between_two_checkpoints(ledger: SmallLedger) -> None:
    alter(ledger, 3, reason="nothing to see here")
    findings = said(ledger.verify())
    assert ("events 0 to 13", "at least one is not what the checkpoint of 14 events covers") in findings


def test_an_altered_event_after_a_good_checkpoint_is_sought_after_it(ledger: SmallLedger) -> None:
    alter(ledger, 20, reason="nothing to see here")
    where = [where for where, _ in said(ledger.verify())]
    assert where == ["events 14 to 24", "events 14 to 24"]


def test_a_log_rewritten_together_with_its_head_is_found_by_the_signature(ledger: SmallLedger) -> None:
    alter(ledger, 20, reason="nothing to see here")
    rewrite_head(ledger)
    where, message = one(ledger.verify(), 80)
    assert where == "events 14 to 24"
    assert "the head was made to fit" in message


def test_a_deleted_event_is_a_gap(ledger: SmallLedger) -> None:
    run(ledger, "DELETE FROM audit_event WHERE seq = 2")
    report = ledger.verify()
    assert report.exit_code == 80
    assert ("event 2", "it is missing: the next one is 3") in said(report)


def test_a_deleted_event_with_the_rest_moved_up_is_found(ledger: SmallLedger) -> None:
    run(ledger, "DELETE FROM audit_event WHERE seq = 2")
    run(ledger, "UPDATE audit_event SET seq = seq - 1 WHERE seq > 2")
    rewrite_head(ledger)
    assert ("event 2", "it was moved: it says that it is event 3") in said(ledger.verify())


def test_an_inserted_event_is_found(ledger: SmallLedger) -> None:
    later = bodies(ledger)[5]
    run(ledger, "UPDATE audit_event SET seq = -seq WHERE seq >= 5")
    run(ledger, "UPDATE audit_event SET seq = 1 - seq WHERE seq < 0")
    run(ledger, "INSERT INTO audit_event VALUES (5, ?)", later)
    rewrite_head(ledger)
    assert ("event 6", "it was moved: it says that it is event 5") in said(ledger.verify())


def test_two_events_exchanged_are_found(ledger: SmallLedger) -> None:
    first, second = bodies(ledger)[8:10]
    run(ledger, "UPDATE audit_event SET body = ? WHERE seq = 8", second)
    run(ledger, "UPDATE audit_event SET body = ? WHERE seq = 9", first)
    findings = said(ledger.verify())
    assert ("event 8", "it was moved: it says that it is event 9") in findings
    assert ("event 9", "it was moved: it says that it is event 8") in findings


def test_a_body_of_another_type_is_found(ledger: SmallLedger) -> None:
    run(ledger, "UPDATE audit_event SET body = CAST(body AS TEXT) WHERE seq = 4")
    assert ("event 4", "its body is not bytes") in said(ledger.verify())


def test_a_body_in_another_form_is_found_even_if_it_says_the_same(ledger: SmallLedger) -> None:
    loose = json.dumps(json.loads(bodies(ledger)[4])).encode()
    run(ledger, "UPDATE audit_event SET body = ? WHERE seq = 4", loose)
    assert ("event 4", "it was altered: it is not in canonical form") in said(ledger.verify())


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "it is not JSON"),
        (b"\xff", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b'{"a":1.5}', "it is not JSON"),
        (b'{"a":NaN}', "it is not JSON"),
        (b'{"a":1,"a":1}', "it is not in canonical form"),
        (b"[]", "it lacks parts, or has parts that no event has"),
        (b'{"v":1}', "it lacks parts, or has parts that no event has"),
    ],
)
def test_a_body_that_is_no_event_is_found(ledger: SmallLedger, body: bytes, why: str) -> None:
    run(ledger, "UPDATE audit_event SET body = ? WHERE seq = 6", body)
    assert ("event 6", f"it was altered: {why}") in said(ledger.verify())


@pytest.mark.parametrize(
    "parts",
    [
        {"v": 2},
        {"seq": True},
        {"seq": "6"},
        {"ts": 5},
        {"id": "not-a-uuid"},
        {"type": "batch.undone"},
        {"facts": []},
        {"facts": {}},
        {"actor": {"kind": "robot", "name": "R"}},
        {"actor": {"kind": "human", "name": ""}},
        {"actor": "system"},
        {"extra": 1},
        {"run": 7},
    ],
)
def test_an_event_with_a_wrong_part_is_found(ledger: SmallLedger, parts: dict[str, Any]) -> None:
    alter(ledger, 6, **parts)
    assert any(where == "event 6" for where, _ in said(ledger.verify()))


@pytest.mark.parametrize("name", ["partition", "seq", "records", "applied"])
def test_a_fact_of_the_wrong_type_is_found_without_a_crash(ledger: SmallLedger, name: str) -> None:
    seq = next(n for n, body in enumerate(bodies(ledger)) if b'"batch.committed"' in body)
    facts = json.loads(bodies(ledger)[seq])["facts"]
    for value in (None, True, -1, 2**60, [], "x" if name != "partition" else 5):
        alter(ledger, seq, facts=facts | {name: value})
        assert any(where == f"event {seq}" for where, _ in said(ledger.verify()))


def test_tampering_is_told_before_trust_and_trust_before_incompleteness(ledger: SmallLedger) -> None:
    leave_open(ledger)
    assert ledger.verify().exit_code == 81
    assert ledger.verify("scribble").exit_code == 82
    alter(ledger, 3, reason="nothing to see here")
    report = ledger.verify("scribble")
    assert report.exit_code == 80
    kinds = [finding.kind for finding in report.findings]
    assert kinds == sorted(kinds, key=["tampering", "trust", "incomplete"].index)


def test_what_is_not_finished_is_incomplete(ledger: SmallLedger) -> None:
    leave_open(ledger)
    assert [where for where, _ in said(ledger.verify())] == [
        "events 25 to 27",
        "run run-4",
        "batch 4 of dev/dm-to-db/main/all",
    ]


def test_a_log_that_nobody_signed_is_incomplete() -> None:
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        assert one(SmallLedger(connection).verify(), 81) == ("log", "no valid checkpoint covers it")
    engine.dispose()


def test_an_emptied_log_is_tampering(ledger: SmallLedger) -> None:
    for table in ("audit_event", "checkpoint", "audit_head"):
        run(ledger, f"DELETE FROM {table}")
    report = ledger.verify()
    assert report.exit_code == 80
    assert ("log", "it is empty: even its first event, ledger.created, is gone") in said(report)


def test_findings_without_number_are_cut_short(ledger: SmallLedger) -> None:
    for seq in range(1000, 1300):
        run(ledger, "INSERT INTO audit_event VALUES (?, ?)", seq, b"junk")
    findings = [finding for finding in ledger.verify().findings if finding.kind == "tampering"]
    assert len(findings) == 101
    assert "more of this kind" in findings[-1].message


@pytest.mark.parametrize(
    "table", [table.name for table in tables.metadata.sorted_tables if table.name != "spool"]
)
def test_a_dropped_table_is_damage(ledger: SmallLedger, table: str) -> None:
    run(ledger, "PRAGMA foreign_keys=OFF")
    run(ledger, f"DROP TABLE {table}")
    report = ledger.verify()
    assert report.exit_code == 80
    assert any("the database is damaged here" in message for _, message in said(report))
