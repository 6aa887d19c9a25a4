"""A target that counts no versions: a redriven record never replaces a newer one of the same key."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from connector_sdk.ledger.store import Store, open_store
from connector_sdk.pipeline.outcome import RunReport
from connector_sdk.pipeline.redrive import redrive
from connector_sdk.pipeline.run import run
from tests.pipeline.deleting import OPTIONS, letters, require_verified
from tests.pipeline.fakes import ListStream, TableSink, assembly, record

pytestmark = pytest.mark.req("G3")


class Forgetful(TableSink):
    """Upserts whatever comes, as most APIs do."""

    versioned = False


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / ".connector-sdk" / "ledger.db", create=True)) as opened:
        yield opened


class Job:
    """One pipeline from a list to a target, run and redriven."""

    def __init__(self, store: Store, folder: Path, sink: TableSink, mode: str = "upsert") -> None:
        self.stream, self.sink, self.store = ListStream([]), sink, store
        options = f"batch_size: 2\nwrite: {{mode: {mode}}}\ndead_letters: {{max_ratio: 1}}\n"
        self.made = assembly(folder, self.stream, sink, options)

    def serve(self, number: int, value: int, *, refused: bool = False) -> None:
        self.sink.refuse = {f"{number:05d}": "target-says-no"} if refused else {}
        self.stream.pages.append([record(number, value)])
        assert run(self.made, self.store, OPTIONS).dead_lettered == refused
        self.sink.refuse = {}

    def redrive(self, *ids: str) -> RunReport:
        return redrive(self.made, self.store, ids, OPTIONS, actor="qa", reason="again")


@pytest.mark.parametrize("sink", [Forgetful, TableSink])
def test_what_was_written_later_stays(store: Store, tmp_path: Path, sink: type[TableSink]) -> None:
    job = Job(store, tmp_path, sink())
    job.serve(1, 10, refused=True)
    job.serve(1, 20)
    report = job.redrive()
    assert (report.status, report.applied, report.superseded) == ("succeeded", 0, 1)
    assert job.sink.rows["00001"][0] == 20
    require_verified(store)


def test_what_was_written_earlier_gives_way(store: Store, tmp_path: Path) -> None:
    job = Job(store, tmp_path, Forgetful())
    job.serve(1, 10)
    job.serve(1, 20, refused=True)
    job.serve(2, 30)
    report = job.redrive()
    assert (report.applied, report.superseded) == (1, 0)
    assert job.sink.rows["00001"][0] == 20


def test_of_two_letters_the_one_redriven_first_counts_as_of_when_it_was_read(
    store: Store, tmp_path: Path
) -> None:
    job = Job(store, tmp_path, Forgetful())
    job.serve(1, 10, refused=True)
    job.serve(1, 20, refused=True)
    older, newer = (letter.id for letter in letters(store))
    assert job.redrive(newer).applied == 1
    assert job.redrive(older).superseded == 1
    assert job.sink.rows["00001"][0] == 20


def test_where_records_are_appended_none_is_overtaken(store: Store, tmp_path: Path) -> None:
    job = Job(store, tmp_path, Forgetful(), mode="append")
    job.serve(1, 10, refused=True)
    job.serve(1, 20)
    assert job.redrive().applied == 1
