"""Systems that fail or answer wrongly: the cursor stays, and the next run goes on."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from connector_sdk.connector import Json, Page
from connector_sdk.errors import (
    AuthenticationError,
    CircuitOpenError,
    ConflictError,
    ConnectorError,
    ContractError,
    IncompleteResponseError,
    OutcomeUnknownError,
    RejectedError,
    ThrottledError,
    UnreachableError,
)
from connector_sdk.ledger import batches
from connector_sdk.ledger.partitions import PartitionKey, find
from connector_sdk.ledger.store import Store, open_store
from connector_sdk.ledger.verify import verify
from connector_sdk.pipeline.execution import Options
from connector_sdk.pipeline.outcome import RunReport
from connector_sdk.pipeline.run import run
from tests.pipeline.fakes import Killed, ListStream, TableSink, assembly, record

pytestmark = pytest.mark.slow

OPTIONS = Options(trigger={"kind": "test"})
PAGES: list[list[Any]] = [[record(page * 3 + i) for i in range(3)] for page in range(3)]
ERRORS = [
    (ThrottledError, "parked", 75),
    (UnreachableError, "parked", 75),
    (CircuitOpenError, "parked", 75),
    (OutcomeUnknownError, "data_stop", 65),
    (ContractError, "data_stop", 65),
    (RejectedError, "aborted", 70),
    (AuthenticationError, "aborted", 70),
    (ConflictError, "aborted", 70),
    (IncompleteResponseError, "aborted", 70),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / ".connector-sdk" / "ledger.db", create=True)) as opened:
        yield opened


def go(store: Store, folder: Path, stream: ListStream, sink: TableSink) -> RunReport:
    return run(assembly(folder, stream, sink, "batch_size: 2"), store, OPTIONS)


def open_batch(store: Store) -> int | None:
    with store.snapshot() as connection:
        row = find(connection, PartitionKey("dev", "fake"))
        assert row is not None
        return batches.open_seq(connection, row.id)


def require_all_moved_once(store: Store, sink: TableSink) -> None:
    assert sorted(sink.rows) == [f"{number:05d}" for number in range(9)]
    with store.snapshot() as connection:
        row = find(connection, PartitionKey("dev", "fake"))
        assert row is not None
        assert (row.arrival, row.cursor) == (9, "3")
        report = verify(connection, verifiers=[store.keys.signing.verifier])
    assert report.verdict == "ok", report.findings


def told(report: RunReport) -> str:
    assert isinstance(report.error, ConnectorError)
    return report.error.code


@pytest.mark.req("G1", "G2")
@pytest.mark.parametrize("moment", ["before", "after"], ids=["not written", "written, and then it failed"])
@pytest.mark.parametrize(("error", "status", "exit_code"), ERRORS)
def test_a_sink_that_fails_leaves_its_batch_open_for_the_next_run(
    store: Store, tmp_path: Path, error: type[ConnectorError], status: str, exit_code: int, moment: str
) -> None:
    """Objective: batch 3 is neither lost nor passed, and the source is asked for nothing twice."""
    stream, sink = ListStream(PAGES), TableSink()

    def fail(batch: Any) -> None:
        if batch.seq == 3:
            raise error("it failed", code="fake:failed", hint="wait")

    setattr(sink, moment, fail)
    report = go(store, tmp_path, stream, sink)
    assert (report.status, report.exit_code, told(report)) == (status, exit_code, "fake:failed")
    assert (report.read, report.cursor, report.batches) == (3, 1, 2)
    assert open_batch(store) == 3
    assert stream.acknowledged == [1]
    setattr(sink, moment, lambda _: None)
    again = go(store, tmp_path, stream, sink)
    assert (again.status, again.read, stream.served) == ("succeeded", 6, [0, 1, 2])
    assert open_batch(store) is None
    require_all_moved_once(store, sink)


@pytest.mark.req("G1")
def test_a_sink_that_fails_in_every_run_never_moves_the_cursor(store: Store, tmp_path: Path) -> None:
    stream, sink = ListStream(PAGES), TableSink()

    def fail(_: Any) -> None:
        raise UnreachableError("no answer", code="fake:down")

    sink.before = fail
    for _ in range(3):
        report = go(store, tmp_path, stream, sink)
        assert (report.exit_code, report.read, report.cursor) == (75, 0, None)
    sink.before = lambda _: None
    assert go(store, tmp_path, stream, sink).read == 9
    require_all_moved_once(store, sink)


class Breaking(ListStream):
    """A source that fails once, at one of its pages: before it, or when it has served it."""

    def __init__(self, pages: list[list[Any]], at: int, error: ConnectorError) -> None:
        super().__init__(pages)
        self.at: int | None = at
        self.error = error

    def read(self, call: Any, position: Json) -> Iterator[Page]:
        for page in super().read(call, position):
            if page.cursor == self.at:
                self.at = None
                raise self.error
            yield page


@pytest.mark.req("G1")
@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize(("error", "status", "exit_code"), ERRORS)
def test_a_source_that_fails_moves_the_cursor_no_further_than_its_whole_pages(
    store: Store, tmp_path: Path, error: type[ConnectorError], status: str, exit_code: int, at: int
) -> None:
    """Objective: what is not proven complete is no data, whatever of it was seen."""
    stream, sink = Breaking(PAGES, at, error("it failed", code="fake:failed", hint="wait")), TableSink()
    report = go(store, tmp_path, stream, sink)
    assert (report.status, report.exit_code, told(report)) == (status, exit_code, "fake:failed")
    assert (report.read, report.cursor) == (3 * (at - 1), at - 1 or None)
    assert len(sink.rows) == report.read
    assert sink.finished == 0
    assert open_batch(store) is None
    assert go(store, tmp_path, stream, sink).status == "succeeded"
    require_all_moved_once(store, sink)


@pytest.mark.req("G1")
def test_a_source_that_cannot_say_its_schema_moves_nothing(store: Store, tmp_path: Path) -> None:
    class Denied(ListStream):
        def schema(self, call: Any) -> Any:
            raise AuthenticationError("who are you?", code="fake:denied")

    sink = TableSink()
    report = go(store, tmp_path, Denied(PAGES), sink)
    assert (report.exit_code, told(report), report.cursor, sink.writes) == (70, "fake:denied", None, [])


class Keyed(TableSink):
    """A target that is sent idempotency keys."""

    sends_keys = True

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[int, list[list[str]]] = {}

    def write(self, call: Any, batch: Any) -> Any:
        assert len(batch.idempotency_keys) == len(batch)
        self.keys.setdefault(batch.seq, []).append(list(batch.idempotency_keys))
        return super().write(call, batch)


@pytest.mark.req("G2")
def test_a_resumed_batch_has_the_keys_it_had(store: Store, tmp_path: Path) -> None:
    """Objective: a target that deduplicates by key recognises what a killed run had sent it."""
    pages = [[PAGES[0][0], b"{}", *PAGES[0][1:]], *PAGES[1:]]
    stream, sink = ListStream(pages), Keyed()

    def die(batch: Any) -> None:
        if batch.seq in (1, 2) and len(sink.keys[batch.seq]) < 3:
            raise Killed

    sink.after = die
    tolerant = "batch_size: 3\ndead_letters: {max_ratio: 1}"
    for _ in range(4):
        with pytest.raises(Killed):
            run(assembly(tmp_path, stream, sink, tolerant), store, OPTIONS)
    assert run(assembly(tmp_path, stream, sink, tolerant), store, OPTIONS).status == "succeeded"
    assert [len(sent) for sent in sink.keys.values()] == [3, 3, 1, 1]
    assert all(each == sent[0] for sent in sink.keys.values() for each in sent)
    distinct = [key for sent in sink.keys.values() for key in sent[0]]
    assert len(set(distinct)) == len(distinct) == 9


def test_a_sink_that_sends_no_keys_is_given_none(store: Store, tmp_path: Path) -> None:
    sink = TableSink()
    given: list[Any] = []
    sink.before = lambda batch: given.append(batch.idempotency_keys)
    go(store, tmp_path, ListStream(PAGES[:1]), sink)
    assert given == [(), ()]
