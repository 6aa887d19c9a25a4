"""Dead letters on their way again: each once, to the end, whatever dies or fails in between."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from connector_sdk.ledger import dead_letters
from connector_sdk.ledger.store import Store, open_store
from connector_sdk.ledger.verify import verify
from connector_sdk.pipeline.assembly import Assembly
from connector_sdk.pipeline.execution import Options
from connector_sdk.pipeline.outcome import RunReport
from connector_sdk.pipeline.redrive import redrive
from connector_sdk.pipeline.run import run
from tests.pipeline.fakes import Killed, ListStream, TableSink, assembly, record

OPTIONS = Options(trigger={"kind": "test"})
PAGES = [[record(page * 3 + i) for i in range(3)] for page in range(4)]
TOLERANT = "batch_size: 2\ndead_letters: {max_ratio: 1}\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / ".connector-sdk" / "ledger.db", create=True)) as opened:
        yield opened


def with_letters(store: Store, folder: Path, *keys: str) -> tuple[Assembly, TableSink]:
    """Run once into a target that refuses these keys, which it does no longer afterwards."""
    sink = TableSink()
    sink.refuse = dict.fromkeys(keys, "target-says-no")
    made = assembly(folder, ListStream(PAGES), sink, TOLERANT)
    assert run(made, store, OPTIONS).dead_lettered == len(keys)
    sink.refuse = {}
    return made, sink


def again(made: Assembly, store: Store, *ids: str) -> RunReport:
    return redrive(made, store, ids, OPTIONS, actor="qa", reason="repaired in the target")


def open_ids(store: Store, made: Assembly) -> list[str]:
    with store.snapshot() as connection:
        return [row.id for row in dead_letters.listed(connection, made.key)]


def require_verified(store: Store) -> None:
    with store.snapshot() as connection:
        report = verify(connection, verifiers=[store.keys.signing.verifier])
    assert report.verdict == "ok", report.findings


@pytest.mark.req("G1", "G2")
def test_a_redrive_that_was_killed_is_finished_and_not_repeated(store: Store, tmp_path: Path) -> None:
    made, sink = with_letters(store, tmp_path, "00004")

    def die(_: Any) -> None:
        raise Killed

    sink.after = die
    with pytest.raises(Killed):
        again(made, store)
    sink.after = lambda _: None
    report = again(made, store)
    assert (report.status, report.read, report.applied) == ("succeeded", 1, 1)
    assert open_ids(store, made) == []
    require_verified(store)


@pytest.mark.req("G1")
def test_a_letter_named_twice_moves_once(store: Store, tmp_path: Path) -> None:
    made, _ = with_letters(store, tmp_path, "00004")
    (name,) = open_ids(store, made)
    assert again(made, store, name, name).read == 1
    require_verified(store)


@pytest.mark.req("G1")
def test_a_letter_closed_by_somebody_meanwhile_is_closed_once(store: Store, tmp_path: Path) -> None:
    made, sink = with_letters(store, tmp_path, "00004")

    def discard(_: Any) -> None:
        with store.transaction() as connection:
            ids = [row.id for row in dead_letters.listed(connection, made.key)]
            dead_letters.discard(store, connection, made.key, ids, actor="qa", reason="not needed")

    sink.after = discard
    assert again(made, store).applied == 1
    require_verified(store)


def test_one_letter_that_fails_again_does_not_keep_back_the_others(store: Store, tmp_path: Path) -> None:
    _, sink = with_letters(store, tmp_path, "00000", "00003", "00006", "00009")
    sink.refuse = {"00000": "target-says-no"}
    strict = assembly(tmp_path, ListStream(PAGES), sink, "batch_size: 1")
    report = again(strict, store)
    assert (report.exit_code, report.read, report.applied, report.dead_lettered) == (65, 4, 3, 1)
    assert len(open_ids(store, strict)) == 1
    require_verified(store)
