"""What signed checkpoints prove of a log: those it holds, and the one an auditor kept."""

import pytest
import sqlalchemy as sa

from connector_sdk.ledger import audit_log, tables
from connector_sdk.ledger.checkpoints import Checkpoint
from connector_sdk.signing import sign_note
from tests.ledger.forging import alter, one, rewrite_head, run, said
from tests.ledger.small_ledger import ORIGIN, SIGNER, STRANGER, SmallLedger, leave_open, small_ledger

pytestmark = pytest.mark.req("P11-10a-2")


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
    lines = [f"char(10) || '{size}' || char(10)" for size in (14, 15)]
    run(ledger, f"UPDATE checkpoint SET note = replace(note, {', '.join(lines)}) WHERE size = 14")
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
