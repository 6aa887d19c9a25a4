"""Records that the source says are deleted: each gets the disposition that `write.deletes` asks for."""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from connector_sdk.cli.findings import examine
from connector_sdk.connector import Deleted, Unreadable
from connector_sdk.errors import ConfigurationError
from connector_sdk.ledger.lookup import Sighting, sightings
from connector_sdk.ledger.partitions import PartitionKey, find
from connector_sdk.ledger.store import Store, open_store
from connector_sdk.pipeline.definition import load_pipeline
from tests.cli_runs import COMMAND
from tests.pipeline.deleting import (
    PAGES,
    Deleting,
    Simple,
    go,
    letters,
    require_verified,
)
from tests.pipeline.fakes import Killed, ListStream, TableSink, record

pytestmark = pytest.mark.slow


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / ".connector-sdk" / "ledger.db", create=True)) as opened:
        yield opened


def seen(store: Store, number: int) -> list[Sighting]:
    with store.snapshot() as connection:
        row = find(connection, PartitionKey("dev", "fake"))
        assert row is not None
        key = b'["%05d"]' % number
        return list(sightings(connection, store.keys.hmac, row.id, key))


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


def test_a_trace_shows_deletions_where_there_are_some(store: Store, tmp_path: Path) -> None:
    go(store, tmp_path, Deleting(PAGES), TableSink(), "mark")
    for key, ends in (("00004", ["deleted", "no", "yes"]), ("00002", ["proof", "event"])):
        command = [*COMMAND, "trace", str(tmp_path / "pipeline.yaml"), "--key", key]
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        lines = [line.split() for line in shown.split("\n\n")[0].splitlines()]
        assert [line[-1] if line[-1].isalpha() else line[-2] for line in lines] == ends


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
