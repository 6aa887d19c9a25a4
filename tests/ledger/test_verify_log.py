"""What `verify` says of a log that was tampered with, is incomplete, or is signed by others.

Kill list: an event altered in place, inserted, deleted, moved; the tail cut off; the whole log rewritten with
its head; a checkpoint forged, exchanged, deleted; the ledger rolled back or forked against a retained one.
"""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from connector_sdk.digest import canonical
from connector_sdk.ledger import audit_log, tables
from connector_sdk.ledger.checkpoints import Checkpoint
from connector_sdk.ledger.merkle import Frontier, leaf_hash
from connector_sdk.ledger.verify import Report, verify
from connector_sdk.signing import sign_note
from tests.ledger.small_ledger import ORIGIN, SIGNER, STRANGER, SmallLedger, build, leave_open, small_ledger

pytestmark = pytest.mark.req("P11-10a-2")


@pytest.fixture
def ledger() -> Iterator[SmallLedger]:
    with small_ledger() as built:
        yield built


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


def test_a_tail_cut_off_is_found_by_the_checkpoint(ledger: SmallLedger) -> None:
    run(ledger, "DELETE FROM audit_event WHERE seq > 18")
    rewrite_head(ledger)
    findings = said(ledger.verify())
    assert (
        "events 19 to 24",
        "they are missing: the checkpoint of 25 events covers more than the 19 in the log",
    ) in findings


def test_a_tail_cut_off_with_its_checkpoint_is_found_by_the_retained_one(ledger: SmallLedger) -> None:
    retained = audit_log.latest_checkpoint(ledger.connection)
    with small_ledger() as shorter:
        report = shorter.verify()  # the same history, but of another moment: a fork
        assert report.exit_code == 0
        assert shorter.verify(retained).exit_code == 80
    run(ledger, "DELETE FROM audit_event WHERE seq > 13")
    run(ledger, "DELETE FROM checkpoint WHERE size > 14")
    rewrite_head(ledger)
    findings = said(ledger.verify(retained))
    assert (
        "events 14 to 24",
        "they are missing: the retained checkpoint covers more than the 14 in the log",
    ) in findings


def test_retained_checkpoints_older_and_equal_agree(ledger: SmallLedger) -> None:
    notes = list(ledger.connection.execute(sa.select(tables.checkpoint.c.note)).scalars())
    assert [ledger.verify(note).exit_code for note in notes] == [0, 0]


def test_a_retained_checkpoint_can_cover_what_no_stored_one_does(ledger: SmallLedger) -> None:
    leave_open(ledger)
    size, root = audit_log.head(ledger.connection)
    newer = sign_note(Checkpoint(ORIGIN, size, root).text(), SIGNER)
    assert (ledger.verify().covered, ledger.verify(newer).covered) == (25, 28)


def test_a_history_signed_anew_by_the_key_holder_is_found_by_the_retained_checkpoint(
    ledger: SmallLedger,
) -> None:
    retained = audit_log.latest_checkpoint(ledger.connection)
    alter(ledger, 20, reason="nothing to see here")
    frontier = rewrite_head(ledger)
    note = sign_note(Checkpoint(ORIGIN, frontier.size, frontier.root()).text(), SIGNER)
    run(ledger, "UPDATE checkpoint SET note = ? WHERE size = 25", note)
    assert ledger.verify().exit_code == 0
    where, message = one(ledger.verify(retained), 80)
    assert "the retained checkpoint" in message
    assert where == "events 14 to 24"


def test_two_checkpoints_that_contradict_each_other_are_found(ledger: SmallLedger) -> None:
    retained = audit_log.latest_checkpoint(ledger.connection)
    other = sign_note(Checkpoint(ORIGIN, 25, bytes(32)).text(), SIGNER)
    run(ledger, "UPDATE checkpoint SET note = ? WHERE size = 25", other)
    assert one(ledger.verify(retained), 80) == (
        "checkpoint of 25 events",
        "it contradicts another one over as many events",
    )


def test_a_forged_checkpoint_is_tampering(ledger: SmallLedger) -> None:
    run(ledger, "UPDATE checkpoint SET note = replace(note, '14', '15') WHERE size = 14")
    where, message = said(ledger.verify())[0]
    assert where == "checkpoint of 14 events"
    assert "does not fit the text" in message


def test_a_deleted_checkpoint_is_missed(ledger: SmallLedger) -> None:
    run(ledger, "DELETE FROM checkpoint WHERE size = 14")
    assert one(ledger.verify(), 80) == (
        "checkpoint of 14 events",
        "it is missing: event 13 says it was signed",
    )


def test_a_checkpoint_put_in_another_row_is_found(ledger: SmallLedger) -> None:
    run(ledger, "UPDATE checkpoint SET size = 17 WHERE size = 14")
    assert ("checkpoint of 17 events", "its note is about 14 events") in said(ledger.verify())


def test_a_stored_checkpoint_of_another_log_is_tampering(ledger: SmallLedger) -> None:
    root = bytes.fromhex(ledger.verify().root)
    foreign = sign_note(Checkpoint("connector-sdk/other", 25, root).text(), SIGNER)
    run(ledger, "UPDATE checkpoint SET note = ? WHERE size = 25", foreign)
    report = ledger.verify()
    assert report.exit_code == 80
    assert ("checkpoint of 25 events", "it is that of another log, connector-sdk/other") in said(report)


def test_a_key_nobody_trusts_is_a_matter_of_trust(ledger: SmallLedger) -> None:
    report = ledger.verify(None, STRANGER)
    assert report.exit_code == 82
    assert report.covered == 0


def test_a_rotated_key_is_found_as_long_as_one_is_known(ledger: SmallLedger) -> None:
    assert ledger.verify(None, STRANGER, SIGNER).exit_code == 0


def test_a_retained_checkpoint_that_proves_nothing_is_a_matter_of_trust(ledger: SmallLedger) -> None:
    retained = audit_log.latest_checkpoint(ledger.connection)
    assert retained is not None
    other = Checkpoint("connector-sdk/other", 25, bytes(32)).text()
    for note in (
        "",
        "scribble",
        retained.replace("25", "24"),
        sign_note(other, SIGNER),
        sign_note(other.replace("25", "99"), SIGNER),
        sign_note(other.replace("25", "0"), SIGNER),
        sign_note("no checkpoint\n", SIGNER),
        sign_note(Checkpoint(ORIGIN, 25, bytes(32)).text(), STRANGER),
    ):
        where, _ = one(ledger.verify(note), 82)
        assert where == "retained checkpoint"


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


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        build(SmallLedger(connection))
    engine.dispose()
    return path


def verify_file(path: Path) -> Report:
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 0})
    try:
        with engine.connect() as connection:
            return verify(connection, verifiers=[SIGNER.verifier])
    finally:
        engine.dispose()


def test_a_damaged_file_is_tampering_without_a_traceback(path: Path) -> None:
    assert verify_file(path).exit_code == 0
    whole = path.read_bytes()
    raw = sqlite3.connect(path)
    pages = dict(
        raw.execute("SELECT name, rootpage FROM sqlite_master WHERE type = 'table' AND name <> 'spool'")
    )
    raw.close()
    assert len(pages) == len(tables.metadata.tables) - 1
    for table, page in pages.items():
        at = (page - 1) * 4096
        path.write_bytes(whole[:at] + bytes(64) + whole[at + 64 :])
        assert verify_file(path).exit_code == 80, table
    path.write_bytes(whole[: len(whole) // 2])
    assert verify_file(path).exit_code == 80


def test_what_a_run_commits_meanwhile_is_not_taken_for_tampering(path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{path}")
    outcomes = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def commit_meanwhile(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM audit_head" in statement:
            other = sqlite3.connect(path, timeout=0)
            try:
                other.execute("UPDATE partition SET seq = seq + 1")
                other.commit()
                outcomes.append("committed")
            except sqlite3.OperationalError:
                outcomes.append("had to wait")
            other.close()

    try:
        with engine.connect() as connection:
            report = verify(connection, verifiers=[SIGNER.verifier])
    finally:
        engine.dispose()
    assert (report.verdict, outcomes) == ("ok", ["had to wait"])


def test_a_locked_ledger_is_not_called_damaged(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(OperationalError, match="locked"):
        verify_file(path)
    other.close()
