"""T0, T1, the write, T2: what stands in ledger and target when a run dies at any border between them."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector_sdk.errors import LeaseHeldError
from connector_sdk.ledger.store import Store, open_store
from connector_sdk.ledger.tables import batch, dead_letter, partition, spool
from connector_sdk.ledger.tables import run as run_table
from connector_sdk.ledger.verify import verify
from connector_sdk.pipeline.execution import Options
from connector_sdk.pipeline.outcome import RunReport
from connector_sdk.pipeline.redrive import redrive
from connector_sdk.pipeline.run import run
from tests.pipeline.fakes import Killed, ListStream, TableSink, Unreadable, assembly, record

pytestmark = pytest.mark.slow

OPTIONS = Options(trigger={"kind": "test"})
PAGES = [[record(page * 3 + i) for i in range(3)] for page in range(4)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / ".connector-sdk" / "ledger.db", create=True)) as opened:
        yield opened


def go(store: Store, folder: Path, stream: ListStream, sink: TableSink, options: str = "") -> RunReport:
    report = run(assembly(folder, stream, sink, f"batch_size: 2\n{options}"), store, OPTIONS)
    if report.exit_code == 1 and report.error is not None:
        raise report.error
    return report


def rows(store: Store, table: sa.Table) -> list[Any]:
    with store.snapshot() as connection:
        return list(connection.execute(sa.select(table)))


def require_guarantee(store: Store, stream: ListStream, sink: TableSink) -> None:
    """Check G1 to G4 without the code under test: every record once, numbered without a gap, verified."""
    records = [text for page in stream.pages for text in page]
    assert [row.state for row in rows(store, batch)] == ["committed"] * len(rows(store, batch))
    arrival = 1
    for row in sorted(rows(store, batch), key=lambda row: row.seq):
        assert row.arrival == arrival
        arrival += row.records
    assert arrival == len(records) + 1
    assert rows(store, spool) == []
    assert sorted(sink.rows) == [f"{number:05d}" for number in range(len(records))]
    totals = Counter[str]()
    for row in rows(store, run_table):
        totals["read"] += row.read
        totals["applied"] += row.applied
    assert totals == {"read": len(records), "applied": len(records)}
    with store.snapshot() as connection:
        report = verify(connection, verifiers=[store.keys.signing.verifier])
    assert report.verdict == "ok", report.findings


@pytest.mark.req("NS-1")
def test_a_clean_run_accounts_for_every_record(store: Store, tmp_path: Path) -> None:
    stream, sink = ListStream(PAGES), TableSink()
    report = go(store, tmp_path, stream, sink)
    assert (report.status, report.exit_code) == ("succeeded", 0)
    assert report.read == report.applied == 12
    assert report.batches == 8
    assert report.cursor == 4
    assert stream.acknowledged == [1, 2, 3, 4]
    assert sink.finished == 1
    assert sink.ledgers == {store.ledger_id}
    require_guarantee(store, stream, sink)


def test_a_second_run_reads_nothing_twice(store: Store, tmp_path: Path) -> None:
    stream, sink = ListStream(PAGES), TableSink()
    go(store, tmp_path, stream, sink)
    report = go(store, tmp_path, stream, sink)
    assert (report.read, report.batches, stream.served) == (0, 0, [0, 1, 2, 3])
    require_guarantee(store, stream, sink)


@pytest.mark.req("G4")
def test_what_a_killed_run_committed_is_acknowledged_by_the_next(store: Store, tmp_path: Path) -> None:
    stream, sink = ListStream(PAGES[:1]), TableSink()

    def die(_: Any) -> None:
        raise Killed

    sink.after = die
    with pytest.raises(Killed):
        go(store, tmp_path, stream, sink)
    assert stream.acknowledged == []
    sink.after = lambda _: None
    go(store, tmp_path, stream, sink)
    assert stream.acknowledged == [1]


def killing(store: Store, at: int, *, before: bool) -> tuple[Store, list[int]]:
    """Return a store that dies before or right after the commit of its transaction number `at`."""
    count = [0]

    class Dying(Store):
        @contextmanager
        def transaction(self) -> Iterator[Any]:
            count[0] += 1
            number = count[0]
            with super().transaction() as connection:
                yield connection
                if number == at and before:
                    raise Killed
            if number == at:
                raise Killed

    return Dying(store.path, store.engine, store.keys, store.ledger_id, store.clock), count


@pytest.mark.req("G1", "G2", "G4", "P11-10e-2")
@pytest.mark.parametrize("before", [True, False], ids=["before commit", "after commit"])
@pytest.mark.parametrize("at", range(1, 20))
def test_killed_at_every_transaction(store: Store, tmp_path: Path, at: int, before: bool) -> None:
    stream, sink = ListStream(PAGES), TableSink()
    dying, count = killing(store, at, before=before)
    with pytest.raises(Killed):
        go(dying, tmp_path, stream, sink)
    assert count[0] == at
    report = go(store, tmp_path, stream, sink)
    assert report.status == "succeeded"
    require_guarantee(store, stream, sink)


def test_the_transactions_of_a_run_are_as_many_as_that_test_kills(store: Store, tmp_path: Path) -> None:
    counting, count = killing(store, 0, before=True)
    go(counting, tmp_path, ListStream(PAGES), TableSink())
    # start, contract, two for each of 8 batches, end
    assert count[0] == 19


@pytest.mark.req("G1", "G2", "G4")
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("seq", range(1, 9))
def test_killed_around_every_write(store: Store, tmp_path: Path, seq: int, moment: str) -> None:
    stream, sink = ListStream(PAGES), TableSink()

    def die(written: Any) -> None:
        if written.seq == seq:
            raise Killed

    setattr(sink, moment, die)
    with pytest.raises(Killed):
        go(store, tmp_path, stream, sink)
    setattr(sink, moment, lambda _: None)
    served = len(stream.served)
    report = go(store, tmp_path, stream, sink)
    assert report.status == "succeeded"
    assert report.retries is not None
    require_guarantee(store, stream, sink)
    assert stream.served.count(stream.served[served - 1]) == 1, "recovery asked the source for the page again"


@pytest.mark.req("G1")
def test_killed_again_during_recovery(store: Store, tmp_path: Path) -> None:
    stream, sink = ListStream(PAGES), TableSink()

    def die(_: Any) -> None:
        raise Killed

    sink.after = die
    for _ in range(5):
        with pytest.raises(Killed):
            go(store, tmp_path, stream, sink)
    sink.after = lambda _: None
    go(store, tmp_path, stream, sink)
    require_guarantee(store, stream, sink)


@pytest.mark.req("G5")
def test_a_run_taken_over_in_mid_write_commits_nothing(store: Store, tmp_path: Path) -> None:
    stream, sink = ListStream(PAGES), TableSink()

    def take_over(written: Any) -> None:
        if written.seq == 3:
            with store.transaction() as connection:
                connection.execute(partition.update().values(epoch=partition.c.epoch + 1))

    sink.after = take_over
    report = go(store, tmp_path, stream, sink)
    assert (report.status, report.exit_code) == ("fenced", 76)
    assert [row.seq for row in rows(store, batch) if row.state == "committed"] == [1, 2]


@pytest.mark.req("G4", "G5")
def test_a_run_whose_lease_expired_ends_once_on_record(store: Store, tmp_path: Path) -> None:
    stream, sink, other = ListStream(PAGES), TableSink(), TableSink()

    def expire(written: Any) -> None:
        if written.seq == 2:
            with store.transaction() as connection:
                connection.execute(partition.update().values(lease_expires="2000-01-01T00:00:00.000000Z"))
            assert go(store, tmp_path, ListStream(PAGES), other).status == "succeeded"

    sink.after = expire
    report = go(store, tmp_path, stream, sink)
    assert (report.status, report.exit_code) == ("fenced", 76)
    with store.snapshot() as connection:
        verified = verify(connection, verifiers=[store.keys.signing.verifier])
    assert verified.verdict == "ok", verified.findings


@pytest.mark.req("G5")
def test_two_runs_at_once_are_one_too_many(store: Store, tmp_path: Path) -> None:
    sink = TableSink()
    errors = []

    def second(_: Any) -> None:
        try:
            go(store, tmp_path, ListStream(PAGES), TableSink())
        except LeaseHeldError as error:
            errors.append(error.code)

    sink.before = second
    assert go(store, tmp_path, ListStream(PAGES[:1]), sink).status == "succeeded"
    assert errors == ["lease-held"] * 2


POISON = [[record(0), b'{"id":"00001","n":"x"}', record(2), Unreadable(b"\xff", "csv-ragged-row", "row 4")]]


def test_by_default_no_dead_letter_is_tolerated(store: Store, tmp_path: Path) -> None:
    stream, sink = ListStream([*POISON, [record(4)]]), TableSink()
    first = go(store, tmp_path, stream, sink)
    assert (first.status, first.exit_code) == ("data_stop", 65)
    assert (first.read, first.applied, first.dead_lettered) == (2, 1, 1)
    second = go(store, tmp_path, stream, sink)
    assert (second.status, second.read) == ("data_stop", 0)
    assert sorted(sink.rows) == ["00000"], "what was committed before the stop stands"


def test_tolerated_dead_letters_are_set_aside_and_the_rest_moves(store: Store, tmp_path: Path) -> None:
    stream, sink = ListStream([*POISON, [record(4)]]), TableSink()
    report = go(store, tmp_path, stream, sink, "dead_letters: {max_ratio: 0.5}")
    assert (report.status, report.read, report.applied, report.dead_lettered) == ("succeeded", 5, 3, 2)
    letters = rows(store, dead_letter)
    assert [(row.stage, row.code, row.origin) for row in letters] == [
        ("decode", "field-type", 2),
        ("read", "csv-ragged-row", 4),
    ]
    with store.snapshot() as connection:
        assert verify(connection, verifiers=[store.keys.signing.verifier]).verdict == "ok"


def test_too_many_in_a_row_stop_the_run(store: Store, tmp_path: Path) -> None:
    stream = ListStream([[b"{}"] * 4, [record(9)]])
    report = go(store, tmp_path, stream, TableSink(), "dead_letters: {max_ratio: 1, max_consecutive: 3}")
    assert (report.status, report.read) == ("data_stop", 4)


def test_the_dead_letters_payload_is_nowhere_in_clear(store: Store, tmp_path: Path) -> None:
    canary = b"Canary-7731"
    stream = ListStream([[b'{"id":"%s","n":"%s"}' % (canary, canary)]])
    go(store, tmp_path, stream, TableSink())
    for file in (tmp_path / ".connector-sdk").rglob("*"):
        assert file.is_dir() or canary not in file.read_bytes()


def test_redrive_gives_a_refused_record_a_new_disposition(store: Store, tmp_path: Path) -> None:
    stream, sink = ListStream(PAGES), TableSink()
    sink.refuse = {"00004": "target-says-no"}
    assert go(store, tmp_path, stream, sink).exit_code == 65
    sink.refuse = {}
    made = assembly(tmp_path, stream, sink, "batch_size: 2")
    report = redrive(made, store, [], OPTIONS, actor="qa", reason="repaired in the target")
    assert (report.status, report.read, report.applied) == ("succeeded", 2, 2), (
        "the page's rest, and the letter"
    )
    (letter,) = rows(store, dead_letter)
    assert (letter.state, letter.actor, letter.reason) == ("redriven", "qa", "repaired in the target")
    assert go(store, tmp_path, stream, sink).status == "succeeded"
    assert sorted(sink.rows) == [f"{number:05d}" for number in range(12)]
    with store.snapshot() as connection:
        assert verify(connection, verifiers=[store.keys.signing.verifier]).verdict == "ok"


@pytest.mark.req("G3")
def test_a_redriven_record_never_overwrites_a_newer_one(store: Store, tmp_path: Path) -> None:
    stream, sink = ListStream([[record(1, value=1)]]), TableSink()
    sink.refuse = {"00001": "target-says-no"}
    tolerant = "dead_letters: {max_ratio: 1}"
    go(store, tmp_path, stream, sink, tolerant)
    sink.refuse = {}
    stream.pages.append([record(1, value=2)])
    go(store, tmp_path, stream, sink, tolerant)
    made = assembly(tmp_path, stream, sink, f"batch_size: 2\n{tolerant}")
    report = redrive(made, store, [], OPTIONS, actor="qa", reason="again")
    assert (report.applied, report.superseded) == (0, 1)
    assert sink.rows["00001"][0] == 2


@pytest.mark.req("G1", "NS-2")
def test_a_sink_that_forgets_an_answer_is_not_believed(store: Store, tmp_path: Path) -> None:
    stream, sink = ListStream(PAGES), TableSink()
    sink.answers = lambda outcomes: outcomes[:-1]
    report = go(store, tmp_path, stream, sink)
    assert (report.exit_code, getattr(report.error, "code", "")) == (65, "outcome-missing")
    sink.answers = lambda outcomes: outcomes
    go(store, tmp_path, stream, sink)
    require_guarantee(store, stream, sink)


def test_a_plugin_that_fails_in_its_own_way_is_told_without_its_words(store: Store, tmp_path: Path) -> None:
    sink = TableSink()

    def fail(_: Any) -> None:
        raise ValueError("Canary-7731")

    sink.before = fail
    with pytest.raises(ValueError, match="Canary"):
        go(store, tmp_path, ListStream(PAGES), sink)
    (row,) = rows(store, run_table)
    assert "internal" in row.error
    assert "Canary" not in row.error
