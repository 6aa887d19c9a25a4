"""What `verify` says of rows that are not what the log recorded, and of a log that contradicts itself."""

from typing import Any

import pytest

from connector_sdk.ledger.merkle import leaf_hash, root
from tests.ledger.small_ledger import SmallLedger

pytestmark = pytest.mark.req("P11-10a-2", "G1", "G4")

ALL = "dev/dm-to-db/main/all"
SITE = "dev/dm-to-db/main/site/12"


def found(ledger: SmallLedger) -> list[tuple[str, str]]:
    report = ledger.verify()
    assert report.exit_code in {80, 81}
    return [(finding.where, finding.message) for finding in report.findings if finding.kind == "tampering"]


def run(ledger: SmallLedger, query: str, *values: Any) -> None:
    ledger.connection.exec_driver_sql(query, values)


def test_counts_and_dispositions_altered_together_are_found(ledger: SmallLedger) -> None:
    run(
        ledger,
        "UPDATE batch_proof SET dispositions = CAST('aasfaid' AS BLOB) WHERE partition_id = 1 AND seq = 1",
    )
    assert found(ledger) == [(f"batch 1 of {ALL}", "its dispositions are not those of event 5")]


def test_leaves_and_root_altered_together_are_found(ledger: SmallLedger) -> None:
    leaf = leaf_hash(b"another record")
    where = "WHERE partition_id = 7 AND seq = 1"
    run(ledger, f"UPDATE batch_proof SET leaves = ? {where}", leaf)
    run(ledger, f"UPDATE batch SET root = ? {where}", root([leaf]))
    assert [message for _, message in found(ledger)] == [
        "its root is not that of event 10",
        "its leaves do not lead to the root of event 10",
    ]


def test_a_cut_leaf_is_found(ledger: SmallLedger) -> None:
    run(ledger, "UPDATE batch_proof SET leaves = substr(leaves, 2) WHERE partition_id = 1 AND seq = 1")
    assert found(ledger) == [(f"batch 1 of {ALL}", "its leaves are not as many as its records")]


def test_the_columns_that_differ_are_named(ledger: SmallLedger) -> None:
    run(ledger, "UPDATE batch SET epoch = 5, committed = '2026' WHERE partition_id = 1 AND seq = 2")
    [(where, message)] = found(ledger)
    assert (where, message.rsplit(": ", 1)[1]) == (f"batch 2 of {ALL}", "epoch, committed")


def test_a_cursor_set_back_is_found(ledger: SmallLedger) -> None:
    run(ledger, "UPDATE partition SET cursor = '{\"after\": 1}', seq = 2 WHERE id = 1")
    assert found(ledger) == [(f"partition {ALL}", "it does not stand where the log says: seq, cursor")]


def test_a_partition_named_by_other_columns_is_found(ledger: SmallLedger) -> None:
    run(ledger, "UPDATE partition SET flow = 'main/site', name = '12' WHERE id = 7")
    assert found(ledger) == [("partition dev/dm-to-db/main/site/12", "the log does not know it")]


def test_a_partition_that_never_got_to_a_batch_is_missed(ledger: SmallLedger) -> None:
    name = ledger.partition(9, "site/13")
    ledger.take(9, name, 1, "run-3")
    run(ledger, "DELETE FROM partition WHERE id = 9")
    assert found(ledger) == [(f"partition {name}", "it is missing, but the log knows it")]


def test_an_open_batch_with_an_outcome_is_found(ledger: SmallLedger) -> None:
    ledger.take(1, ALL, 3, "run-4")
    ledger.start("run-4")
    ledger.intend(1, ALL, 4, 3, "run-4", 1)
    run(ledger, "INSERT INTO batch_proof VALUES (1, 4, CAST('a' AS BLOB), ?)", bytes(32))
    assert (f"batch 4 of {ALL}", "it has an outcome that no event recorded") in found(ledger)


def test_a_dead_letter_reopened_is_found(ledger: SmallLedger) -> None:
    run(ledger, "UPDATE dead_letter SET state = 'open', closed = NULL, actor = NULL, reason = NULL")
    [(where, message)] = found(ledger)
    assert where == "dead letter dl-1-1-4"
    assert message.endswith("state, closed, actor, reason")


def test_a_dead_letter_of_a_batch_that_opened_none_is_found(ledger: SmallLedger) -> None:
    run(ledger, "UPDATE dead_letter SET partition_id = 7, seq = 1, position = 0 WHERE id = 'dl-1-1-6'")
    assert ("dead letter dl-1-1-6", "the log does not know it") in found(ledger)


def test_a_dead_letter_closed_behind_the_log_is_found(ledger: SmallLedger) -> None:
    run(ledger, "UPDATE dead_letter SET state = 'discarded' WHERE id = 'dl-1-1-6'")
    assert found(ledger) == [("dead letter dl-1-1-6", "it is not what the log says, open: state")]


@pytest.mark.parametrize(
    ("step", "where", "message"),
    [
        (
            lambda one: one.commit(1, ALL, 4, 2, "run-3", "a"),
            f"batch 4 of {ALL}",
            "commits what was never intended",
        ),
        (lambda one: one.intend(1, ALL, 6, 2, "run-3", 1), f"batch 6 of {ALL}", "intends it out of turn"),
        (lambda one: one.resume(1, ALL, 3, 2, "run-3"), f"batch 3 of {ALL}", "resumes what was not open"),
        (lambda one: one.finish("run-3", "aborted"), "run run-3", "ends it, but it never started"),
        (lambda one: one.commit(1, ALL, 4, 2, "run-3", "a"), "run run-3", "is its, but it was not running"),
        (lambda one: one.close(ALL, "dl-1-1-4", "redriven"), "dead letter dl-1-1-4", "closes it again"),
        (lambda one: one.close(ALL, "dl-0", "redriven"), "dead letter dl-0", "it is missing"),
        (
            lambda one: one.append("ledger.created", format="1", ledger="x", created="", keys=""),
            "event 25",
            "begins",
        ),
    ],
)
def test_a_log_that_contradicts_itself_is_found(
    ledger: SmallLedger, step: Any, where: str, message: str
) -> None:
    step(ledger)
    assert any(at == where and message in said for at, said in found(ledger))


def test_a_batch_that_does_not_account_for_every_record_is_found(ledger: SmallLedger) -> None:
    ledger.intend(7, SITE, 2, 1, "run-3", 2)
    ledger.commit(7, SITE, 2, 1, "run-3", "ax")
    messages = [message for _, message in found(ledger)]
    assert "event 26 does not account for every record" in messages


def test_counts_that_are_not_those_of_the_dispositions_are_found(ledger: SmallLedger) -> None:
    ledger.start("run-4")
    ledger.intend(7, SITE, 2, 1, "run-4", 2)
    ledger.commit(7, SITE, 2, 1, "run-4", "af", counted="aa")
    assert found(ledger) == [
        (f"batch 2 of {SITE}", "its dispositions do not add up to the counts of event 27"),
    ]


def test_a_run_that_does_not_add_up_is_found(ledger: SmallLedger) -> None:
    ledger.start("run-4")
    run(ledger, "UPDATE run SET read = 1, applied = 1 WHERE id = 'run-4'")
    ledger.finish("run-4", "succeeded")
    assert found(ledger) == [("run run-4", "event 26 does not add up its batches")]
