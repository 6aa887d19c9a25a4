"""A batch repeated after a crash leaves the table as if written once, and an overtaken run writes nothing."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from connector_sql.sink import SqlSink

from connector_sdk.connector import APPLIED, Delivery, Mode
from connector_sdk.errors import FencedError, LedgerError

ROWS = [{"id": key, "v": "1"} for key in "abca"]


def test_the_delivery_class_is_declared() -> None:
    assert SqlSink.delivery is Delivery.EXACTLY_ONCE
    assert SqlSink.keyed


@pytest.mark.req("G2")
@pytest.mark.parametrize("mode", list(Mode))
def test_a_repeated_batch_is_written_once_with_the_same_outcomes(target: Any, mode: Mode) -> None:
    """Objective: class X. The write of the run that recovers changes nothing and answers the same."""
    schema = target.schema("id", "v")
    if mode is not Mode.APPEND:
        before = target.sink(schema)
        target.write(before, schema, [{"id": "b", "v": "0"}], seq=1, versions=[9_000])
        before.close()
    first = target.write(target.sink(schema, mode), schema, ROWS, seq=2)
    content = target.rows()
    assert target.write(target.sink(schema, mode), schema, ROWS, seq=2, epoch=2) == first
    assert target.rows() == content
    assert len({outcome.disposition for outcome in first}) == (1 if mode is Mode.APPEND else 2)


@pytest.mark.req("G2")
def test_a_repeated_batch_does_not_undo_what_others_did_meanwhile(target: Any) -> None:
    schema = target.schema("id", "v")
    sink = target.sink(schema)
    target.write(sink, schema, ROWS)
    target.run("DELETE FROM hcp WHERE id = 'a'", "UPDATE hcp SET v = 'mended' WHERE id = 'b'")
    assert target.write(sink, schema, ROWS) == [APPLIED] * 4
    assert target.rows("id, v") == [("b", "mended"), ("c", "1")]


@pytest.mark.req("G5")
def test_an_overtaken_run_writes_nothing(target: Any) -> None:
    """Objective: once epoch 2 wrote, epoch 1 can neither write a new batch nor repeat an old one."""
    schema = target.schema("id", "v")
    zombie, newer = target.sink(schema), target.sink(schema)
    target.write(zombie, schema, ROWS, seq=1, epoch=1)
    target.write(newer, schema, ROWS, seq=1, epoch=2)
    content = target.rows(), target.rows(table="_connector_checkpoint")
    for seq in (1, 2):
        with pytest.raises(FencedError) as caught:
            target.write(zombie, schema, [{"id": "z", "v": "late"}], seq=seq, epoch=1)
        assert caught.value.code == "sql-fenced"
    assert (target.rows(), target.rows(table="_connector_checkpoint")) == content
    assert target.write(newer, schema, ROWS, seq=2, epoch=2) == [APPLIED] * 4


@pytest.mark.req("G5")
def test_the_epoch_is_looked_at_under_the_write_lock(target: Any) -> None:
    """Objective: between the look at the checkpoint and the write nobody else can begin to write."""
    sink = target.sink(target.schema("id"))
    with closing(sqlite3.connect(target.path, isolation_level=None, timeout=0)) as other:
        with sink._transaction(), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.execute("BEGIN IMMEDIATE")


@pytest.mark.req("G1")
@pytest.mark.parametrize(("seq", "rows"), [(1, ROWS), (2, [{"id": "new", "v": "1"}])])
def test_a_foreign_or_older_ledger_is_recognised(target: Any, seq: int, rows: list[dict[str, str]]) -> None:
    """Objective: another batch under a number that was used is not taken for written, and lost."""
    schema = target.schema("id", "v")
    sink = target.sink(schema)
    for earlier in (1, 2):
        target.write(sink, schema, ROWS, seq=earlier)
    content = target.rows()
    with pytest.raises(LedgerError) as caught:
        target.write(sink, schema, rows, seq=seq)
    assert caught.value.code == "sql-foreign-ledger"
    assert target.rows() == content


@pytest.mark.req("G1")
@pytest.mark.parametrize("epoch", [1, 2])
def test_a_new_ledger_does_not_take_the_old_ones_batch_for_its_own(target: Any, epoch: int) -> None:
    """Objective: ledger and table removed, the checkpoint left behind: nothing is claimed to be written."""
    schema = target.schema("id", "v")
    target.write(target.sink(schema), schema, ROWS)
    target.run("DROP TABLE hcp")
    target.call.checkpoint = None
    with pytest.raises(LedgerError) as caught:
        target.write(target.sink(schema), schema, ROWS, ledger="two", epoch=epoch)
    assert caught.value.code == "sql-foreign-ledger"
    assert "_connector_checkpoint" in caught.value.hint


def test_partitions_and_pipelines_do_not_disturb_each_other(target: Any) -> None:
    schema = target.schema("id", "v")
    sink = target.sink(schema)
    one = target.batch(schema, ROWS, epoch=7, seq=5)
    sink.write(target.call, one)
    for changed in ({"partition": "1"}, {"pipeline": "q"}):
        names = {name: getattr(one, name) for name in one.__dataclass_fields__}
        other = type(one)(**(names | {"epoch": 1, "seq": 1} | changed))
        sink.write(target.call, other)
    found = target.rows("pipeline, partition, epoch, seq, cursor", "_connector_checkpoint")
    assert found == [
        ("p", "0", 7, 5, '{"line":5}'),
        ("p", "1", 1, 1, '{"line":5}'),
        ("q", "0", 1, 1, '{"line":5}'),
    ]


@pytest.mark.req("G1", "G2")
@pytest.mark.slow
@pytest.mark.parametrize("how", ["mark", "delete"])
def test_a_killed_writer_leaves_each_record_exactly_once(target: Any, tmp_path: Path, how: str) -> None:
    """Objective: SIGKILL inside write(), just before and just after its commit; append shows duplicates.

    `mark` appends a fifth of the records as deleted; with `delete` each batch deletes those of the last.
    """
    child = [sys.executable, str(Path(__file__).with_name("killed_writer.py")), str(target.path)]
    kills = 0
    for moment in ("3", "40", "commit", "90", "committed", "70", "commit", "committed", "never"):
        ended = subprocess.run(
            [*child, str(tmp_path / "done"), moment, how], capture_output=True, check=False
        )
        kills += ended.returncode == -9
        assert ended.returncode in (-9, 0), ended.stderr
    assert kills == 8
    if how == "mark":
        found = target.rows("id, _deleted")
        assert found == [(f"{number:07}", int(number % 250 < 50)) for number in range(5000)]
    else:
        assert target.rows("id") == [(f"{number:07}",) for number in range(4750, 4875)]
