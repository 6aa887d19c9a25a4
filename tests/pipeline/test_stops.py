"""What a run refuses to do, and that it says why and what next."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connector_sdk.connector import Connector, Json, Page, Unreadable
from connector_sdk.errors import ConfigurationError, ConnectorError
from connector_sdk.ledger import dead_letters, runs
from connector_sdk.ledger.store import Store, open_store
from connector_sdk.ledger.tables import partition
from connector_sdk.pipeline.execution import Options
from connector_sdk.pipeline.redrive import redrive
from connector_sdk.pipeline.run import run
from tests.pipeline.fakes import Killed, ListStream, TableSink, assembly, record

OPTIONS = Options(trigger={"kind": "test"})
PAGES = [[record(page * 3 + i) for i in range(3)] for page in range(2)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / ".connector-sdk" / "ledger.db", create=True)) as opened:
        yield opened


def refused(error: BaseException | None) -> str:
    assert isinstance(error, ConnectorError)
    assert error.hint
    return error.code


class Replaced(ListStream):
    """A source that was replaced: it begins anew wherever it is asked to go on."""

    def read(self, call: Any, position: Json) -> Iterator[Page]:
        for page in super().read(call, None):
            yield replace(page, restarted=True)


@pytest.mark.req("G1")
def test_a_replaced_source_is_not_appended_a_second_time(store: Store, tmp_path: Path) -> None:
    sink = TableSink()
    sink.keyed = False  # type: ignore[misc]  # this target appends
    run(assembly(tmp_path, ListStream(PAGES), sink), store, OPTIONS)
    report = run(assembly(tmp_path, Replaced(PAGES), sink), store, OPTIONS)
    assert (report.exit_code, refused(report.error)) == (65, "source-replaced")
    assert report.read == 0
    again = run(assembly(tmp_path, Replaced(PAGES), sink), store, replace(OPTIONS, full_refresh=True))
    assert (again.status, again.read) == ("succeeded", 6)


def test_a_replaced_source_is_read_anew_into_a_keyed_target(store: Store, tmp_path: Path) -> None:
    sink = TableSink()
    run(assembly(tmp_path, ListStream(PAGES), sink), store, OPTIONS)
    report = run(assembly(tmp_path, Replaced(PAGES), sink), store, OPTIONS)
    assert (report.status, report.read, report.applied) == ("succeeded", 6, 6)


def test_an_open_batch_is_not_finished_elsewhere(store: Store, tmp_path: Path) -> None:
    sink = TableSink()

    def die(_: Any) -> None:
        raise Killed

    sink.after = die
    made = assembly(tmp_path, ListStream(PAGES), sink)
    with pytest.raises(Killed):
        run(made, store, OPTIONS)
    sink.after = lambda _: None
    moved = run(replace(made, target="sha256:elsewhere"), store, OPTIONS)
    assert (moved.exit_code, refused(moved.error)) == (65, "open-batch-elsewhere")
    assert run(made, store, OPTIONS).status == "succeeded"


@pytest.mark.req("G1", "NS-1")
def test_records_that_do_not_add_up_are_not_committed(store: Store, tmp_path: Path) -> None:
    made = assembly(tmp_path, ListStream([[b"{}", *PAGES[0]]]), TableSink())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("connector_sdk.pipeline.hand_over.SetAside", lambda **_: SetAsideNowhere())
        report = run(made, store, OPTIONS)
    assert (report.exit_code, refused(report.error)) == (70, "conservation")
    assert report.read == 0


class SetAsideNowhere:
    """Claims to be about a record that the batch does not hold."""

    index = 99


@pytest.mark.req("G1")
def test_a_position_moved_by_hand_is_noticed(store: Store, tmp_path: Path) -> None:
    sink = TableSink()

    def meddle(_: Any) -> None:
        with store.transaction() as connection:
            connection.execute(partition.update().values(cursor="99"))

    sink.after = meddle
    report = run(assembly(tmp_path, ListStream(PAGES), sink), store, OPTIONS)
    assert (report.exit_code, refused(report.error)) == (70, "ledger-moved")


def test_a_batch_that_the_ledger_has_already_is_damage(store: Store, tmp_path: Path) -> None:
    made = assembly(tmp_path, ListStream(PAGES), TableSink())
    run(made, store, OPTIONS)
    with store.transaction() as connection:
        connection.execute(partition.update().values(seq=1, cursor="1"))
    report = run(made, store, OPTIONS)
    assert (report.exit_code, refused(report.error)) == (70, "ledger-damaged")


@pytest.mark.parametrize(
    "given",
    [{"id": "\ud800", "n": 1}, {"id": "a", "n": 10**5000}, {"id": "a", "n": float("nan")}, {"id": {(): 1}}],
    ids=["half a pair", "beyond digits", "no number", "no key"],
)
def test_what_no_json_holds_is_set_aside(store: Store, tmp_path: Path, given: dict[str, Any]) -> None:
    made = assembly(tmp_path, ListStream([[given, record(1)]]), TableSink(), "dead_letters: {max_ratio: 1}")
    report = run(made, store, OPTIONS)
    assert (report.status, report.applied, report.dead_lettered) == ("succeeded", 1, 1)
    with store.snapshot() as connection:
        (letter,) = dead_letters.listed(connection, made.key)
    assert b"id" in dead_letters.payload(store, letter)


def test_a_file_whose_name_is_not_unicode_can_be_told_of(store: Store, tmp_path: Path) -> None:
    class Unreachable(ListStream):
        def read(self, call: Any, position: Json) -> Iterator[Page]:
            name = os.fsdecode(b"caf\xe9.csv")
            raise ConfigurationError(f"no {name}", code="files-not-found", hint="look", location=name)

    report = run(assembly(tmp_path, Unreachable([]), TableSink()), store, OPTIONS)
    assert (report.status, report.exit_code) == ("failed", 2)
    with store.snapshot() as connection:
        assert "caf\\\\udce9" in runs.get(connection, report.run).error


def test_a_connector_that_fails_to_close_still_ends_the_run(store: Store, tmp_path: Path) -> None:
    class Stuck(TableSink):
        def close(self) -> None:
            raise OSError

    report = run(assembly(tmp_path, ListStream(PAGES), Stuck()), store, OPTIONS)
    assert (report.status, report.exit_code, report.read) == ("failed", 1, 6)
    with store.snapshot() as connection:
        assert runs.get(connection, report.run).status == "failed"


def test_what_could_not_be_read_cannot_be_redriven(store: Store, tmp_path: Path) -> None:
    stream = ListStream([[Unreadable(b"1,2,3", "csv-ragged-row", "record 1 has 3 fields")]])
    made = assembly(tmp_path, stream, TableSink())
    run(made, store, OPTIONS)
    with pytest.raises(ConfigurationError) as raised:
        redrive(made, store, [], OPTIONS, actor="qa", reason="try")
    assert refused(raised.value) == "not-redrivable"


def test_an_unknown_dead_letter_is_named(store: Store, tmp_path: Path) -> None:
    made = assembly(tmp_path, ListStream([[b"{}"]]), TableSink())
    run(made, store, OPTIONS)
    with store.snapshot() as connection, pytest.raises(ConfigurationError, match="0000") as raised:
        dead_letters.chosen(connection, made.key, ["0000"])
    assert refused(raised.value) == "unknown-dead-letter"


def test_a_run_told_to_stop_parks_after_a_committed_page(store: Store, tmp_path: Path) -> None:
    sink = TableSink()
    made = assembly(tmp_path, ListStream(PAGES), sink)
    report = run(made, store, replace(OPTIONS, stopping=lambda: True))
    assert (report.status, report.exit_code, refused(report.error)) == ("parked", 75, "stopped")
    assert report.read == 3
    assert run(made, store, OPTIONS).read == 3


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda connector: connector.stream("x"), "unknown-stream"),
        (lambda connector: connector.sink("x"), "unknown-sink"),
        (lambda connector: connector.only_stream(), "stream-not-named"),
        (lambda connector: connector.only_sink(), "sink-not-named"),
    ],
)
def test_a_connector_says_what_it_offers(ask: Callable[[Connector[Any]], object], code: str) -> None:
    class Two(Connector[Any]):
        name = "two"
        first = ListStream([])
        second = ListStream([])

    with pytest.raises(ConfigurationError) as raised:
        ask(Two(None))
    assert refused(raised.value) == code
    if "stream" in code:
        assert "first, second" in raised.value.hint
