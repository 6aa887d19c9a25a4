"""Deletions among dead letters: applied once that is decided, and as of when they were read."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from connector_sdk.errors import ConnectorError
from connector_sdk.ledger.store import Store, open_store
from connector_sdk.pipeline.redrive import redrive
from tests.pipeline.deleting import (
    OPTIONS,
    PAGES,
    Deleting,
    Simple,
    go,
    gone,
    letters,
    made,
    require_verified,
)
from tests.pipeline.fakes import Killed, ListStream, TableSink, record

pytestmark = pytest.mark.slow


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / ".connector-sdk" / "ledger.db", create=True)) as opened:
        yield opened


@pytest.mark.parametrize("deletes", ["mark", "delete", "ignore"])
def test_a_refused_deletion_is_applied_once_that_is_permitted(
    store: Store, tmp_path: Path, deletes: str
) -> None:
    """Objective: a dead letter keeps that it was a deletion."""
    stream, sink = Deleting(PAGES), TableSink()
    go(store, tmp_path, stream, sink, "refuse")
    report = redrive(made(tmp_path, stream, sink, deletes), store, [], OPTIONS, actor="qa", reason="decided")
    assert (report.status, report.applied, report.filtered) == (
        "succeeded",
        *((0, 3) if deletes == "ignore" else (3, 0)),
    )
    assert {letter.state for letter in letters(store)} == {"redriven"}
    if deletes == "delete":
        assert set(sink.rows) == {"00002", "00003"}
    assert sink.marked == ({"00001", "00004", "00009"} if deletes == "mark" else set())
    require_verified(store)


def test_a_redrive_is_refused_where_the_sink_cannot_delete(store: Store, tmp_path: Path) -> None:
    stream, sink = ListStream(PAGES), Simple()
    go(store, tmp_path, stream, sink, "refuse")
    report = redrive(made(tmp_path, stream, sink, "delete"), store, [], OPTIONS, actor="qa", reason="try")
    assert isinstance(report.error, ConnectorError)
    assert report.error.code == "deletes-unsupported"
    assert [letter.state for letter in letters(store)] == ["open"] * 3


def refusing(sink: TableSink, key: str) -> None:
    sink.refuse = {key: "target-says-no"}


@pytest.mark.req("G3")
@pytest.mark.parametrize("killed", [False, True])
def test_what_was_deleted_later_is_not_brought_back(store: Store, tmp_path: Path, killed: bool) -> None:
    """Objective: a removed row cannot say that an old version is old; the ledger says it."""
    stream, sink = Deleting([[record(1, 1), record(2)]]), TableSink()
    refusing(sink, "00001")
    go(store, tmp_path, stream, sink, "delete")
    sink.refuse = {}
    stream.pages.append([gone(1, 2)])
    go(store, tmp_path, stream, sink, "delete")
    again = made(tmp_path, stream, sink, "delete")
    if killed:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("connector_sdk.pipeline.write_page.batches.commit", _die)
            with pytest.raises(Killed):
                redrive(again, store, [], OPTIONS, actor="qa", reason="again")
        report = go(store, tmp_path, stream, sink, "delete")
    else:
        report = redrive(again, store, [], OPTIONS, actor="qa", reason="again")
    assert (report.applied, report.superseded) == (0, 1)
    assert set(sink.rows) == {"00002"}
    require_verified(store)


def _die(*_: Any) -> None:
    raise Killed


@pytest.mark.req("G3")
def test_a_record_that_came_after_its_deletion_is_redriven(store: Store, tmp_path: Path) -> None:
    stream, sink = Deleting([[gone(1)]]), TableSink()
    go(store, tmp_path, stream, sink, "delete")
    refusing(sink, "00001")
    stream.pages.append([record(1, 5)])
    go(store, tmp_path, stream, sink, "delete")
    sink.refuse = {}
    again = made(tmp_path, stream, sink, "delete")
    assert redrive(again, store, [], OPTIONS, actor="qa", reason="again").applied == 1
    assert sink.rows["00001"][0] == 5


@pytest.mark.req("G3")
def test_named_in_any_order_they_move_in_the_order_they_were_read(store: Store, tmp_path: Path) -> None:
    stream, sink = Deleting([[record(1, 1), gone(1, 2)]]), TableSink()
    refusing(sink, "00001")
    go(store, tmp_path, stream, sink, "delete")
    sink.refuse = {}
    again = made(tmp_path, stream, sink, "delete")
    newest_first = [letter.id for letter in reversed(letters(store))]
    report = redrive(again, store, newest_first, OPTIONS, actor="qa", reason="again")
    assert (report.applied, sink.rows) == (2, {})


@pytest.mark.req("G3")
@pytest.mark.parametrize(
    ("pages", "deletes", "expected"),
    [
        ([record(1, 1), gone(1, 2)], "delete", "superseded"),
        ([gone(1, 1), record(1, 2)], "delete", "applied"),
        ([record(1, 1), gone(1, 2)], "ignore", "applied"),
    ],
    ids=["deleted later", "deleted before", "not deleted at all"],
)
def test_a_redriven_deletion_counts_as_of_when_it_was_read(
    store: Store, tmp_path: Path, pages: list[Any], deletes: str, expected: str
) -> None:
    stream, sink = Deleting([pages]), TableSink()
    refusing(sink, "00001")
    go(store, tmp_path, stream, sink, "mark")
    sink.refuse = {}
    (deletion,) = [letter.id for letter in letters(store) if letter.deleted]
    again = made(tmp_path, stream, sink, deletes)
    redrive(again, store, [deletion], OPTIONS, actor="qa", reason="first")
    report = redrive(again, store, [], OPTIONS, actor="qa", reason="second")
    assert getattr(report, expected) == report.read == 1
    assert bool(sink.rows) == (expected == "applied")


@pytest.mark.req("G3")
def test_a_deletion_that_failed_again_deleted_nothing(store: Store, tmp_path: Path) -> None:
    stream, sink = Deleting([[gone(1, 1), record(1, 2), gone(1, 3)]]), TableSink()
    refusing(sink, "00001")
    go(store, tmp_path, stream, sink, "delete")
    first, alive, last = (letter.id for letter in letters(store))
    again = made(tmp_path, stream, sink, "delete")
    assert redrive(again, store, [last], OPTIONS, actor="qa", reason="too early").dead_lettered == 1
    sink.refuse = {}
    assert redrive(again, store, [first], OPTIONS, actor="qa", reason="the oldest").applied == 1
    assert redrive(again, store, [alive], OPTIONS, actor="qa", reason="was not deleted since").applied == 1
    assert sink.rows["00001"][0] == 2
    assert redrive(again, store, [], OPTIONS, actor="qa", reason="the rest").applied == 1
    assert sink.rows == {}
    require_verified(store)
