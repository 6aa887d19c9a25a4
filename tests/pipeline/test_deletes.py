"""Records that the source says are deleted: each gets the disposition that `write.deletes` asks for."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connector_sdk.cli.findings import examine
from connector_sdk.connector import Deleted, Sink, Unreadable
from connector_sdk.errors import ConfigurationError, ConnectorError
from connector_sdk.ledger import dead_letters
from connector_sdk.ledger.lookup import Sighting, sightings
from connector_sdk.ledger.partitions import PartitionKey, find
from connector_sdk.ledger.store import Store, open_store
from connector_sdk.ledger.verify import verify
from connector_sdk.pipeline.definition import load_pipeline
from connector_sdk.pipeline.execution import Options
from connector_sdk.pipeline.outcome import RunReport
from connector_sdk.pipeline.redrive import redrive
from connector_sdk.pipeline.run import run
from tests.pipeline.fakes import Killed, ListStream, TableSink, assembly, record

OPTIONS = Options(trigger={"kind": "test"})


class Deleting(ListStream):
    """A source that reports deletions."""

    reports_deletes = True


class Simple(TableSink):
    """A target that can neither mark nor delete."""

    deletes = frozenset()


def gone(number: int, value: int = 0) -> Deleted:
    return Deleted(record(number, value))


PAGES: list[list[Any]] = [[record(1), record(2), record(3)], [gone(1, 7), record(4), gone(9), gone(4, 8)]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / ".connector-sdk" / "ledger.db", create=True)) as opened:
        yield opened


def go(store: Store, folder: Path, stream: ListStream, sink: Sink, deletes: str, more: str = "") -> RunReport:
    return run(made(folder, stream, sink, deletes, more), store, OPTIONS)


def made(folder: Path, stream: ListStream, sink: Sink, deletes: str, more: str = "") -> Any:
    """Assemble; as in a pipeline, another `write` is another target for an open batch."""
    options = f"batch_size: 2\nwrite: {{deletes: {deletes}}}\ndead_letters: {{max_ratio: 1}}\n{more}"
    return replace(assembly(folder, stream, sink, options), target=f"sha256:{deletes}")


def letters(store: Store) -> list[Any]:
    with store.snapshot() as connection:
        return list(dead_letters.listed(connection, PartitionKey("dev", "fake"), state=None))


def seen(store: Store, number: int) -> list[Sighting]:
    with store.snapshot() as connection:
        row = find(connection, PartitionKey("dev", "fake"))
        assert row is not None
        key = b'["%05d"]' % number
        return list(sightings(connection, store.keys.hmac, row.id, key))


def require_verified(store: Store) -> None:
    with store.snapshot() as connection:
        report = verify(connection, verifiers=[store.keys.signing.verifier])
    assert report.verdict == "ok", report.findings


@pytest.mark.req("G1")
@pytest.mark.parametrize("deletes", ["ignore", "mark", "delete", "refuse"])
def test_each_deletion_has_one_disposition(store: Store, tmp_path: Path, deletes: str) -> None:
    stream, sink = Deleting(PAGES), TableSink()
    report = go(store, tmp_path, stream, sink, deletes)
    assert (report.status, report.read) == ("succeeded", 7)
    aside = 3 if deletes == "refuse" else 0
    ignored = 3 if deletes == "ignore" else 0
    counts = (report.applied, report.superseded, report.filtered, report.dead_lettered, report.in_doubt)
    assert counts == (7 - aside - ignored, 0, ignored, aside, 0)
    keys = {"mark": {1, 2, 3, 4, 9}, "delete": {2, 3}}.get(deletes, {1, 2, 3, 4})
    assert set(sink.rows) == {f"{number:05d}" for number in keys}
    assert sink.marked == ({"00001", "00009", "00004"} if deletes == "mark" else set())
    assert [(letter.code, letter.stage, letter.deleted) for letter in letters(store)] == [
        ("delete-refused", "write", 1)
    ] * aside
    require_verified(store)


def test_a_marked_row_holds_the_last_state(store: Store, tmp_path: Path) -> None:
    sink = TableSink()
    go(store, tmp_path, Deleting(PAGES), sink, "mark")
    assert (sink.rows["00001"][0], sink.rows["00004"][0]) == (7, 8)


def test_a_trace_tells_deletions_from_records(store: Store, tmp_path: Path) -> None:
    go(store, tmp_path, Deleting(PAGES), TableSink(), "mark")
    assert [(each.disposition, each.deletion, each.proven) for each in seen(store, 4)] == [
        ("applied", False, True),
        ("applied", True, True),
    ]


@pytest.mark.req("G1")
def test_a_deletion_is_decoded_as_any_record(store: Store, tmp_path: Path) -> None:
    bad = [
        Deleted(b'{"id":"00001"}'),
        Deleted(Unreadable(b"\xff", "csv-quote", "row 2")),
        Deleted({"id": "00002"}),
    ]
    report = go(store, tmp_path, Deleting([[*bad, Deleted({"id": "00003", "n": 1})]]), TableSink(), "ignore")
    assert (report.filtered, report.dead_lettered) == (1, 3)
    assert [(letter.stage, letter.code, letter.deleted) for letter in letters(store)] == [
        ("decode", "field-missing", 1),
        ("read", "csv-quote", 1),
        ("read", "field-missing", 1),
    ]


@pytest.mark.parametrize("deletes", ["mark", "delete"])
def test_a_sink_that_cannot_is_told_before_anything_is_read(
    store: Store, tmp_path: Path, deletes: str
) -> None:
    stream, sink = Deleting(PAGES), Simple()
    report = go(store, tmp_path, stream, sink, deletes)
    assert isinstance(report.error, ConfigurationError)
    assert (report.exit_code, report.error.code, report.read) == (2, "deletes-unsupported", 0)
    assert "`ignore`, `refuse`" in report.error.hint
    assert (stream.served, sink.writes) == ([], [])


@pytest.mark.parametrize("deletes", ["mark", "delete"])
def test_a_stream_that_never_said_so_cannot_slip_deletions_in(
    store: Store, tmp_path: Path, deletes: str
) -> None:
    """Objective: the sink is never handed a deletion that it would take for a record."""
    sink = Simple()
    report = go(store, tmp_path, ListStream(PAGES), sink, deletes)
    assert isinstance(report.error, ConfigurationError)
    assert (report.error.code, report.read, report.cursor) == ("deletes-unsupported", 3, 1)
    assert len(sink.rows) == 3
    assert go(store, tmp_path, ListStream(PAGES), sink, "ignore").filtered == 3


def test_check_says_that_a_file_can_neither_mark_nor_delete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector_files.jsonl.JsonLinesStream.reports_deletes", True)
    (tmp_path / "in.jsonl").write_bytes(record(1) + b"\n")
    text = (
        "format: 1\npipeline: fake\nsource: {connector: files, config: {path: in.jsonl, primary_key: [id]}}\n"
        "destination: {connector: files, config: {path: %s}}\nwrite: {deletes: %s}\n"
    )
    found = {}
    for path in ("out.jsonl", "out"):
        for deletes in ("mark", "delete", "ignore", "refuse"):
            (tmp_path / "pipeline.yaml").write_text(text % (path, deletes))
            (sink,) = [each for each in examine(load_pipeline(tmp_path)) if each.check == "sink"]
            found[path, deletes] = (sink.state, getattr(sink.error, "code", ""))
    assert set(found.values()) == {("fail", "deletes-unsupported"), ("ok", "")}
    assert {deletes for (_, deletes), (state, _) in found.items() if state == "fail"} == {"mark", "delete"}


@pytest.mark.parametrize("deletes", ["ignore", "refuse"])
def test_every_sink_can_ignore_and_refuse(store: Store, tmp_path: Path, deletes: str) -> None:
    sink = Simple()
    assert go(store, tmp_path, Deleting(PAGES), sink, deletes).status == "succeeded"
    assert len(sink.rows) == 4


@pytest.mark.req("G1", "G2")
@pytest.mark.parametrize("deletes", ["mark", "delete", "ignore", "refuse"])
@pytest.mark.parametrize("seq", range(1, 5))
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_killed_run_finishes_its_deletions(
    store: Store, tmp_path: Path, deletes: str, seq: int, moment: str
) -> None:
    stream, sink, calm = Deleting(PAGES), TableSink(), TableSink()

    def die(batch: Any) -> None:
        if batch.seq == seq:
            raise Killed

    setattr(sink, moment, die)
    died = deletes in ("mark", "delete") or seq < 4
    try:
        go(store, tmp_path, stream, sink, deletes)
    except Killed:
        assert died
    else:
        assert not died, "a batch of nothing but deletions that the sink never sees"
    setattr(sink, moment, lambda _: None)
    assert go(store, tmp_path, stream, sink, deletes).status == "succeeded"
    require_verified(store)
    with closing(open_store(tmp_path / "calm" / "ledger.db", create=True)) as other:
        (tmp_path / "elsewhere").mkdir()
        go(other, tmp_path / "elsewhere", Deleting(PAGES), calm, deletes)
    assert (sink.rows, sink.marked) == (calm.rows, calm.marked)


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
